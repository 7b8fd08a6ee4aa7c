"""What a page calls optional may stay empty, whatever else is answered: all forms from the wish to the community."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django import forms as fields
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compass.communities.actions import Present
from compass.reintegration import scoring
from compass.reintegration.tests.conftest import PDF
from compass.returns import forms as returns
from compass.returns.content import declaration_text
from compass.ui.forms import BaseForm, YesNoField
from compass.ui.templatetags.ui import optional
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
MORE: dict[str, list[dict[str, Any]]] = {
    "StartForm": [{"where": "NE", "others": [("a", "A")]}],
    "CounsellingForm": [{"where": "NE", "told": {}}],
    "DeclarationForm": [
        {"text": declaration_text("ha"), "own": declaration_text("fr"), "children": kids, "minor": kids, "where": "NE"}
        for kids in (True, False)
    ],
    "ArrivalForm": [{"basis": "consent"}],
    "EligibilityForm": [{"criteria": code_list("eligibility_criterion").values}],
    "MovedForm": [{"reasons": "departure_outcome", "required": needed} for needed in (True, False)],
    "ActionForm": [{"projects": [("01a20220-ebbb-7c7f-b4af-87b856f933f6", "A well")]}],
    "InterviewForm": [{"where": "NG"}],
    "SectionForm": [{"dimension": name} for name in scoring.DIMENSIONS],
    "PlaceForm": [{"country": "NG"}],
    "ChooseForm": [{"options": [("01a20220-ebbb-7c7f-b4af-87b856f933f6", "A well")]}],
    "OptionForm": [{"there": Present(returnees=9, neighbours=9)}],
    "MoveForm": [{"states": ("approved",)}, {"states": ("ongoing", "cancelled")}],
}
ABSTRACT = {"StepForm", "LifeForm", "CommunityForm"}


def forms_of(*rooms: str) -> list[type[BaseForm]]:
    """Every form of these rooms, in whatever module or package it is written."""
    for room in rooms:
        for module in iter_modules(import_module(f"compass.{room}").__path__, f"compass.{room}."):
            if module.name.startswith(f"compass.{room}.forms"):
                import_module(module.name)
    found, waiting = set(), [BaseForm]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith(tuple(f"compass.{room}.forms" for room in rooms)):
                found.add(kind)
    return sorted(found, key=lambda kind: (kind.__module__, kind.__name__))


def every() -> Iterator[tuple[type[BaseForm], dict[str, Any]]]:
    for kind in forms_of("returns", "reintegration", "communities"):
        if kind.__name__ not in ABSTRACT:
            yield from ((kind, more) for more in MORE.get(kind.__name__, [{}]))


def test_a_form_is_walked_also_where_the_forms_of_a_room_are_a_package():
    walked = {kind for kind, _more in every()}

    assert {getattr(returns, name) for name in returns.__all__} <= walked
    assert {kind.__module__.split(".")[1] for kind in walked} == {"returns", "reintegration", "communities"}


def answers(field: fields.Field) -> list[Any]:
    """What one may answer to a field, each once."""
    if isinstance(field, YesNoField):
        return ["yes", "no"]
    if isinstance(field, fields.ChoiceField):
        flat = [row for one in field.choices for row in (one[1] if isinstance(one[1], list | tuple) else [one])]
        codes = [code for code, _text in flat if code]
        return [codes] if isinstance(field, fields.MultipleChoiceField) else codes
    if isinstance(field, fields.DateField):
        return [timezone.localdate().isoformat()]
    if isinstance(field, fields.IntegerField | fields.DecimalField):
        return ["1"]
    return ["on"] if isinstance(field, fields.BooleanField) else ["words"]


@pytest.mark.parametrize(
    ("kind", "more"), [pytest.param(*row, id=f"{row[0].__name__}{n}") for n, row in enumerate(every())]
)
def test_what_is_called_optional_is_never_demanded(kind, more):
    form = kind(**more)
    called = {bound.name for bound in form.visible_fields() if optional(bound)}
    asked = {b.name: answers(b.field) for b in form.visible_fields() if b.name not in called}
    first = {name: given[0] for name, given in asked.items() if given}
    papers = {"file": SimpleUploadedFile("r.pdf", PDF)} if "file" in first else {}

    for name, given in asked.items():
        for one in given:
            sent = kind({**first, name: one}, papers, **more) if papers else kind({**first, name: one}, **more)
            assert not called & set(sent.errors), (name, one, sent.errors)


@pytest.mark.parametrize(
    ("kind", "more"), [pytest.param(*row, id=f"{row[0].__name__}{n}") for n, row in enumerate(every())]
)
def test_a_field_that_other_answers_demand_is_on_the_form(kind, more):
    form = kind(**more)

    assert set(getattr(form, "sometimes", ())) <= set(form.fields)
    assert not any(form.fields[name].required for name in getattr(form, "sometimes", ()))
