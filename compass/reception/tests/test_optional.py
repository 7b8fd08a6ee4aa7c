"""What the server demands is never called optional, and what is not called optional is demanded: every form of an intake."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import override

from compass.access import scope
from compass.people import forms as people
from compass.people.content.consent import notice
from compass.people.copies import Text
from compass.people.forms import copies, elsewhere, erasure, retention, rights, search
from compass.people.forms.consent import CORE_SCOPES, CaregiverForm
from compass.people.models import Consent, DataRequest, Person
from compass.reception import forms as reception
from compass.reception import forms_children
from compass.reception.models import Arrival, Centre
from compass.ui.forms import BaseForm, HouseMixin, RecordForm, SearchForm
from compass.ui.templatetags.ui import lone_box
from compass.vocabulary import code_list

GROWN, BOY = (
    Person(household_id=uuid.uuid4(), age_band=band, languages=["ha"], version=1, occurred_at=timezone.now())
    for band in ("30-39", "5-11")
)
CENTRES = [Centre(id=uuid.uuid4(), name="Zinder"), Centre(id=uuid.uuid4(), name="Agadez")]
TODAY = timezone.localdate().isoformat()
CONSENT = {
    "information": list(code_list("consent_information").values),
    "interpreter_mode": "in_person",
    "interpreter": "Zouera",
    "mode": "verbal_certified",
    "certified": "on",
    **{f"scope_{scope}": "no" for scope in CORE_SCOPES},
}
BESIDE = {"given_by": "other", "adult": "Aunt", "child_agrees": "yes"}
KIN = [(BOY, Consent(scopes={"data_processing": True}))]
WHO = {"version": "1", "sex": "female", "nationality": "NG", "language": "ha"}
NOTE, NUMBER = Text("k", "Contacts", "Note", "Calm"), "1234 5678 9012 3456 7890"
REACH = {"version": "1", "safe_to_carry_paper": "no"}


def consent(step: str, **more: Any) -> Callable[..., BaseForm]:
    return lambda data: people.ConsentForm(data, step=step, worker_notice=notice("fr"), **more)


def household(person: Person, **more: Any) -> Callable[..., BaseForm]:
    return lambda data: people.HouseholdForm(
        data, **{"person": person, "own": [], "others": [], "asked": False, **more}
    )


def attendance(data: Any) -> BaseForm:
    return reception.AttendanceForm(data, people=[GROWN], work=scope.current_work.get())


#: What makes each form, with answers that it takes; several where one answer decides what another form of it demands.
SAMPLES: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (people.RevealForm, {"reason": "present"}),
    (copies.CopyAskedForm, {"talk": "in_person", "checked": "known"}),
    (
        lambda data: copies.CopyGivenForm(data, texts=[NOTE], languages=[("fr", "fr")], paper=True),
        {"talk": "in_person", "checked": "known", "number": NUMBER, "language": "fr", "how": "screen"},
    ),
    (retention.RetentionReviewForm, {"step": "leave"}),
    (retention.RetentionReviewForm, {"step": "keep", "ground": "audit", "until": "2031-11-23"}),
    (retention.RetentionDecideForm, {"answer": "yes"}),
    (rights.RightAskedForm, {"kind": "correction", "concerns": "identity"}),
    (lambda data: rights.RightAskedForm(data, waits=True), {"kind": "correction", "concerns": "identity"}),
    (rights.RightAskedForm, {"kind": "copy"}),
    (rights.RightAskedForm, {"kind": "objection", "concerns": "sharing", "purpose": "photo_audio"}),
    (
        lambda data: rights.RightAnsweredForm(data, asked=DataRequest(kind="correction"), decides=True),
        {"answer": "refused", "ground": "accurate", "reason": "It is right", "told": "yes"},
    ),
    (
        lambda data: rights.RightAnsweredForm(data, asked=DataRequest(kind="copy"), decides=True),
        {"answer": "refused", "ground": "law", "reason": "A court keeps it", "told": "yes"},
    ),
    (rights.RightToldForm, {}),
    (erasure.ErasureAskedForm, {}),
    (erasure.ErasureConfirmForm, {"talk": "in_person", "still": "yes"}),
    (erasure.ErasureCancelForm, {}),
    (erasure.RecordKeptForm, {"ground": "law"}),
    (search.FindForm, {"names": "Amina Issoufou"}),
    (search.FindForm, {"names": "Amina", "birth_year": "1995"}),
    (search.SameForm, {"other": str(uuid.uuid4()), "answer": "same"}),
    (partial(search.MergeForm, person=GROWN, others=[BOY]), {"other": str(BOY.pk), "keep": "this"}),
    (elsewhere.ElsewhereForm, {"hope": "go_on"}),
    (elsewhere.DecideElsewhereForm, {"version": "1", "answer": "confirm"}),
    (search.DecideMergeForm, {"version": "1", "answer": "confirm"}),
    (lambda data: people.IdentityForm(data, country="NE"), WHO),
    (lambda data: people.IdentityForm(data, country="NE"), {**WHO, "birth_year": "1995", "birth_estimated": "no"}),
    (people.ContactForm, REACH),
    (people.ContactForm, {**REACH, "phone": "+227 90 12 34 56", "safe_to_call": "yes"}),
    (people.ContactForm, {**REACH, "safe_contact": "through_trusted_person", "trusted_person": "Zouera, next door"}),
    (people.ContactForm, {**REACH, "interpreter_needed": "yes", "interpreter_language": "ff"}),
    (consent("", children=KIN), CONSENT),
    (consent("", children=KIN), {**CONSENT, "mode": "written", "evidence": "Folder 12, sheet 8"}),
    (consent("6-11"), {**CONSENT, **BESIDE}),
    (
        lambda data: people.WithdrawForm(data, scopes=["data_processing"], organisations=(), children=KIN),
        {"purposes": ["data_processing"]},
    ),
    (household(GROWN), {"version": "1"}),
    (people.DayForm, {"on": "2026-05-01"}),
    (
        household(BOY, own=[GROWN], later=True),
        {
            "version": "1",
            "household": "alone",
            "uasc_status": "separated",
            "authority": "juvenile_court",
            "care": "foster_care",
            "since": "2026-05-01",
            "mistake": "",
        },
    ),
    (household(BOY), {"version": "1", "uasc_status": "separated", "authority": "juvenile_court"}),
    (partial(people.DocumentForm, last=None), {"type": "passport", "possession": "lost"}),
    (partial(people.NumberForm, last=None), {"kind": "unhcr_individual", "number": "835-00012345"}),
    (partial(people.NameForm, last=None), {"kind": "known_as", "words": "Amina"}),
    (
        partial(people.GroupForm, find=lambda codes: dict.fromkeys(codes, BOY), near=[(GROWN, "With her")]),
        {"kind": "travelling", "near": [str(GROWN.pk)]},
    ),
    (people.GuardianForm, {"authority": "juvenile_court"}),
    (people.AppointedForm, {}),
    (people.GuardianMistakenForm, {"why": "Meant for another child"}),
    (
        lambda data: people.PhotoForm(data, {"photo": SimpleUploadedFile("a.jpg", b"ID3")} if data else None),
        {"key": "x"},
    ),
    (people.PhotoRemovedForm, {"version": "1", "why": "wish"}),
    (people.FunctioningForm, dict.fromkeys(code_list("disability_domain").values, "none")),
    (people.FunctioningMistakenForm, {"seen": ""}),
    (
        lambda data: people.VoiceForm(data, {"audio": SimpleUploadedFile("a.mp3", b"ID3")} if data else None),
        {"key": "x"},
    ),
    (
        lambda data: reception.GroupForm(data, centres=CENTRES, country="NE"),
        {"people": "4", "language": "ha", "centre": str(CENTRES[0].pk)},
    ),
    (lambda data: reception.StartForm(data, country="NE"), {"age": "30", "language": "ha"}),
    (lambda data: reception.StartForm(data, country="NE"), {"months": "5", "language": "ha"}),
    (reception.LeftForm, {}),
    (reception.NotThereForm, {"reason": "touched"}),
    (
        lambda data: reception.PutBackForm(data, place=Arrival(status="registered"), beside=[Arrival(number=2)]),
        {"reason": "touched"},
    ),
    (
        lambda data: reception.ActivityForm(data, centres=CENTRES),
        {"kind": "sport", "held_on": TODAY, "centre": str(CENTRES[0].pk)},
    ),
    (attendance, {"present": [str(GROWN.pk)]}),
    (forms_children.FamilyForm, {"same_answers": "yes"}),
    (forms_children.ChildLine, {"age": "3", "unit": "years", "sex": "male", "relation": "child"}),
    (forms_children.ChildLine, {"age": "7", "unit": "years", "sex": "male", "relation": "child", "agrees": "yes"}),
]


#: Demanded when nobody is ticked; the codes of nobody are asked of the records.
UNTICKED = {"codes"}


def sent(make: Callable[..., Any], data: dict[str, Any]) -> forms.BaseForm:
    return make({"key": str(uuid.uuid4()), **data})


def kinds() -> dict[type, list[tuple[Callable[..., Any], dict[str, Any]]]]:
    found: dict[type, list[tuple[Callable[..., Any], dict[str, Any]]]] = {}
    for make, data in SAMPLES:
        found.setdefault(type(sent(make, data)), []).append((make, data))
    return found


def every(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from every(below)


def test_every_form_of_these_rooms_is_here():
    shared = {CaregiverForm, reception.CentreForm, reception.ThereForm, BaseForm, RecordForm, SearchForm}
    rooms = {
        kind for kind in every(HouseMixin) if kind.__module__.startswith(("compass.people.", "compass.reception."))
    }

    missing = {kind for kind in rooms if ".tests." not in kind.__module__} - shared - set(kinds())
    assert missing == set(), "write a line of SAMPLES for each new form: what makes it, and answers that it takes"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_what_is_demanded_is_not_called_optional_and_the_reverse(kind, at):
    demanded, marked, shown = set(), set(), set()
    with at("zinder.social"), override("en"):
        for make, data in kinds()[kind]:
            whole = sent(make, data)
            assert whole.is_valid() or kind in {people.VoiceForm, people.PhotoForm}, whole.errors
            for bound in whole:
                if bound.is_hidden or lone_box(bound):
                    continue
                shown.add(bound.name)
                without = sent(make, {name: told for name, told in data.items() if name != bound.name})
                without.files.pop(bound.name, None)
                if bound.name in without.errors or (without.non_field_errors() and bound.name in data):
                    demanded.add(bound.name)
                if "(optional)" in bound.as_field_group():
                    marked.add(bound.name)

    assert marked & demanded == set(), "called optional, and demanded"
    unsaid = (shown - marked) ^ (demanded | (shown & UNTICKED))
    assert unsaid == set(), "neither called optional nor demanded: add what they need to SAMPLES, or `required=False`"
