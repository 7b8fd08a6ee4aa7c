"""From the wish to the file that someone else can decide on: start, counselling, declaration, check of free choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.consent import DETAILS
from compass.people.models import Person
from compass.problems import BestInterestsFirst, ConsentMissing, Invalid, WrongState
from compass.returns import destinations, machine
from compass.returns.actions.steps import inside, move, move_on, not_met, open_file, seal
from compass.returns.blocks import stopped
from compass.returns.content import declaration_text
from compass.returns.models import Counselling, Declaration, FreeChoice, Member, Return
from compass.returns.queries import RECORDING_SCOPE, agreed, open_returns
from compass.vault.identifiers import new_id
from compass.vocabulary import code_list, known, label_of, language

#: How long a declaration holds (return-and-reintegration.md 2.6).
DECLARATION_DAYS = timedelta(days=90)
MODES = ("signature", "thumbprint", "witnessed_oral", "recorded_oral")
#: Spoken declarations leave no mark of the person: someone who heard them attests them.
SPOKEN = frozenset({"witnessed_oral", "recorded_oral"})


@dataclass(frozen=True, kw_only=True)
class Begin(Command):
    """A person (`id`) asks about going home; `with_people` are others of the household who would travel too."""

    destination: str
    area: str = ""
    return_type: str = "AVRR"
    detained: bool = False
    with_people: tuple[UUID, ...] = ()


@action("returns.start", Return, purpose=DETAILS)
def start_returns(work: Work, begins: list[Begin]) -> list[Return]:
    """Open a return for each wish. Writes nothing for a child whose best-interests procedure does not allow it.

    Raises BestInterestsFirst (R-CHI-1), WrongState when someone is already on an open return, StandardNotMet R-CHI-4
    for a child of a family who would travel without an adult, Invalid for someone of another household, or for the
    country where the person is, UnknownCode for what is no country, StandardNotMet R-CON-1 unless each adult agreed.
    """
    principals = work.require("returns.start", Person, begins)
    others = {
        p.pk: p
        for p in work.allowed("returns.start", Person)
        .filter(pk__in=[pk for b in begins for pk in b.with_people])
        .order_by("pk")
        # Locked, so that a child asked for by both parents at once is on one return only.
        .select_for_update(of=("self",))
    }
    everyone = [p.pk for p in principals] + list(others)
    if stopped(everyone):
        raise BestInterestsFirst
    if open_returns(everyone):
        raise WrongState
    consented = agreed(everyone, DETAILS, work.now)
    places = destinations.here(p.organisation_id for p in principals)
    avrs, members = [], []
    for person, each in zip(principals, begins, strict=True):
        group = [person, *(others[pk] for pk in each.with_people if pk in others and pk != person.pk)]
        if len(group) != len({person.pk, *each.with_people}) or any(
            p.household_id != person.household_id for p in group
        ):
            raise Invalid(what=person.code)
        if person.is_child and person.uasc_status not in {"unaccompanied", "separated"}:
            raise not_met("R-CHI-4", _("A child of a family returns with a grown person of it: begin with that person"))
        if missing := machine.unagreed(group, person.pk, consented):
            raise missing
        known("return_type", each.return_type)
        destinations.check(each.destination, each.area, places[person.organisation_id])
        avr = Return(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            return_type=each.return_type,
            destination=each.destination,
            area=each.area,
            detained=each.detained,
            state_since=each.occurred_at,
            **stamp(work, each),
        )
        avrs.append(avr)
        members += [
            Member(id=new_id(), avr=avr, person=p, organisation_id=p.organisation_id, **stamp(work, each))
            for p in group
        ]
    Return.objects.bulk_create(avrs)
    Member.objects.bulk_create(members)
    return avrs


@dataclass(frozen=True, kw_only=True)
class Counselled(Command):
    """A neutral talk. `topics` are what was told, not what was planned."""

    topics: tuple[str, ...]
    language: str
    interpreter_mode: str
    time_offered: bool
    days_offered: int = 0
    notes: str = ""


@action("returns.counsel", Return, purpose=DETAILS)
def counsel(work: Work, talks: list[Counselled]) -> list[Return]:
    """Record counselling. Raises WrongState after the declaration, KeyError for unknown codes."""
    files = open_file(work, "counsel", talks)
    rows = []
    for (avr, facts), each in zip(files, talks, strict=True):
        machine.require("counsel", facts)
        for topic in each.topics:
            known("return_information_topic", topic)
        known("interpreter_mode", each.interpreter_mode)
        language(each.language)
        row = Counselling(
            topics=list(each.topics),
            language=each.language,
            interpreter_mode=each.interpreter_mode,
            time_offered=each.time_offered,
            days_offered=each.days_offered,
            **inside(work, avr, each),
        )
        seal(work, row, "notes_sealed", {"notes": each.notes})
        rows.append(row)
    Counselling.objects.bulk_create(rows)
    return move(work, [(avr, "counsel", each) for (avr, _facts), each in zip(files, talks, strict=True)])


@dataclass(frozen=True, kw_only=True)
class Declared(Command):
    """One traveller's declaration (`person_id`), read out in `language` from the text of `text_language`."""

    person_id: UUID
    statements: tuple[str, ...]
    language: str
    text_language: str
    mode: str
    given_by: str = "individual"
    witness: dict[str, str] = field(default_factory=dict)


@action("returns.declare", Return, purpose=DETAILS)
def declare(work: Work, declarations: list[Declared]) -> list[Return]:
    """Record declarations. Raises StandardNotMet: R-INF-1, R-CON-1 before it, R-VOL-1 (a statement not agreed to, a
    language the person does not speak, a spoken one without a witness), R-CHI-4 (a child's declaration not given by the
    guardian). Raises ConsentMissing for a recording of someone who did not agree to be recorded."""
    files = open_file(work, "declare", declarations)
    work.keys.load([d.person_id for d in declarations])
    rows = []
    for (avr, facts), each in zip(files, declarations, strict=True):
        machine.require("declare", facts)
        person = next((p for p in facts.declaring if p.pk == each.person_id), None)
        if person is None or each.mode not in MODES:
            raise Invalid(what=each.mode)
        if each.mode == "recorded_oral" and person.pk not in facts.recordable:
            raise ConsentMissing(scope=label_of("consent_scope", RECORDING_SCOPE))
        _check_declaration(person, each, children=bool(facts.children))
        row = Declaration(
            **{**inside(work, avr, each), "person_id": person.pk, "organisation_id": person.organisation_id},
            given_by=each.given_by,
            statements=list(each.statements),
            text_version=declaration_text(each.text_language).version,
            text_language=each.text_language,
            language=each.language,
            mode=each.mode,
            valid_until=work.day(each.occurred_at) + DECLARATION_DAYS,
        )
        seal(work, row, "witness_sealed", each.witness)
        rows.append(row)
    Declaration.objects.bulk_create(rows)
    return move(work, [(avr, "declare", each) for (avr, _facts), each in zip(files, declarations, strict=True)])


def _check_declaration(person: Person, each: Declared, *, children: bool) -> None:
    wanted = {c.value for c in code_list("declaration_statement") if children or not c.extra.get("children_only")}
    if not wanted <= set(each.statements):
        raise not_met("R-VOL-1", _("There is a declaration only after a yes to every sentence of it"))
    if person.languages and each.language not in person.languages:
        raise not_met("R-VOL-1", _("The declaration is read out in a language on the person’s record"))
    if each.mode in SPOKEN and not each.witness.get("witness", "").strip():
        raise not_met("R-VOL-1", _("A spoken declaration is attested by someone who heard it"))
    if person.is_child and each.given_by != "guardian":
        raise not_met("R-CHI-4", _("For a child the legal guardian declares"))


@dataclass(frozen=True, kw_only=True)
class ChoiceChecked(Command):
    """The counsellor's answers; `evidence` says for each what it rests on."""

    no_pressure: bool
    informed: bool
    capacity_doubted: bool
    detained: bool
    capacity_assessed: bool | None = None
    independent_counsel: bool | None = None
    private_talk: bool | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


@action("returns.check", Return, purpose=DETAILS)
def check_free_choice(work: Work, checks: list[ChoiceChecked]) -> list[Return]:
    """Record the check of free choice. The file goes to the decision only when nothing speaks against free choice;
    otherwise the answers are kept and the return stays where it is (R-VOL-2, R-VOL-3, R-VOL-6)."""
    files = open_file(work, "check", checks)
    rows = []
    for (avr, facts), each in zip(files, checks, strict=True):
        machine.require("check", facts)
        row = FreeChoice(
            no_pressure=each.no_pressure,
            informed=each.informed,
            capacity_doubted=each.capacity_doubted,
            capacity_assessed=each.capacity_assessed,
            detained=each.detained,
            independent_counsel=each.independent_counsel,
            private_talk=each.private_talk,
            **inside(work, avr, each),
        )
        seal(work, row, "evidence_sealed", each.evidence)
        avr.detained = avr.detained or each.detained
        rows.append(row)
    FreeChoice.objects.bulk_create(rows)
    avrs = [avr for avr, _facts in files]
    Return.objects.bulk_update(avrs, ["detained"])
    for avr, each in zip(avrs, checks, strict=True):
        move(work, [(avr, "check", each)])
    return move_on(work, "submit", avrs, checks)
