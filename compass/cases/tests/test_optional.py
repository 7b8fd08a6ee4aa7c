"""What a page of this room calls optional may stay empty, whatever else is answered; a day that is planned lies ahead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django import forms as fields
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from compass.access.models import Organisation
from compass.cases import closing, forms, forms_best_interests, forms_referral
from compass.reintegration.tests.test_optional import answers, forms_of
from compass.ui.days import PastDay, PlannedDay
from compass.ui.forms import BaseForm
from compass.ui.templatetags.ui import optional

pytestmark = pytest.mark.django_db
MORE: dict[str, list[dict[str, Any]]] = {
    "ScreeningForm": [{"step": step, "child": True, "age_band": "0-4"} for step in (1, 2, 3)],
    "PlanForm": [{"severe": severe} for severe in ((), ("safety_security",), ("food_nutrition", "education"))],
    "ClosureForm": [{"aims": closing.Aims([], [])}],
    "AgreementForm": [{"child": both} for both in (True, False)],
    "AssignForm": [{"colleagues": [("a", "A")]}],
    "ReferralForm": [
        {"names": ["symptoms_as_consented", "pregnancy"], "covered": both, "called": both} for both in (True, False)
    ],
    **{kind: [{"speaks": both} for both in (True, False)] for kind in ("HearForm", "WithParentForm")},
    "OfferForm": [{"offices": [Organisation(country="NG")], "expected": {"NE"}}],
}
ABSTRACT = {"KeptForm", "ChildForm", "SpeakingForm"}
#: What the actions demand beyond their forms.
DEMANDED = {
    "RiskForm": {"reason"}, "ActionForm": {"note"}, "FollowUpForm": {"note"}, "DecisionForm": {"remark"},
    "DeclineForm": {"note"}, "AnswerForm": {"reason"}, "OutcomeForm": {"delivered_on"},
}  # fmt: skip


def every() -> Iterator[tuple[type[BaseForm], dict[str, Any]]]:
    for kind in forms_of("cases"):
        if kind.__name__ not in ABSTRACT:
            yield from ((kind, more) for more in MORE.get(kind.__name__, [{}]))


ALL = [pytest.param(*row, id=f"{row[0].__name__}{n}") for n, row in enumerate(every())]


@pytest.mark.parametrize(("kind", "more"), ALL)
def test_what_is_called_optional_is_never_demanded(kind, more):
    form = kind(**more)
    called = {bound.name for bound in form.visible_fields() if optional(bound)}
    asked = {b.name: answers(b.field) for b in form.visible_fields() if b.name not in called}
    first = {name: given[0] for name, given in asked.items() if given}

    for name, given in asked.items():
        for one in given:
            sent = kind({**first, name: one}, **more)
            assert not called & set(sent.errors), (name, one, sent.errors)
        sent = kind({key: value for key, value in first.items() if key != name}, **more)
        assert not called & set(sent.errors), (name, sent.errors)


@pytest.mark.parametrize(("kind", "more"), ALL)
def test_a_field_that_other_answers_demand_is_on_the_form(kind, more):
    form = kind(**more)
    sometimes = set(getattr(form, "sometimes", ()))

    assert sometimes <= set(form.fields) and DEMANDED.get(kind.__name__, set()) <= sometimes
    assert not any(form.fields[name].required for name in sometimes)


@pytest.mark.parametrize(
    ("kind", "more", "name"),
    [(forms.PlanForm, {"severe": ()}, "g1_target"), (forms_best_interests.JourneyForm, {}, "first_visit_on")],
)
def test_a_planned_day_has_an_example_that_lies_ahead(kind, more, name):
    with override("en"):
        (message,) = kind({name: "nonsense"}, **more).errors[name]
    day, month, year = map(int, str(message).rstrip(".").split("example ")[1].split())

    assert date(year, month, day) > timezone.localdate()


@pytest.mark.parametrize(("kind", "more"), ALL)
def test_every_day_says_whether_it_has_come_or_is_planned(kind, more):
    days = [field for field in kind(**more).fields.values() if isinstance(field, fields.DateField)]

    assert all(isinstance(field, PastDay | PlannedDay) for field in days)


def test_the_outcome_asks_for_the_file_again_where_it_was_chosen():
    def sent(**said):
        form = forms_referral.OutcomeForm(said, {"photo": SimpleUploadedFile("p.jpg", b"x")})
        form.is_valid()
        form.choose_again()
        return form

    assert {"outcome", "photo"} <= set(sent().errors)
    assert "delivered_on" in sent(outcome="service_completed").errors
    assert "delivered_on" not in sent(outcome="not_given").errors
