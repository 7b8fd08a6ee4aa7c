"""Screening: two urgent questions, routing, and the case that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases import screening, standards
from compass.cases.actions.case import CaseOpening, RiskSet, case_key, open_cases, set_risk
from compass.cases.actions.checks import derived
from compass.cases.models import Case, Screening
from compass.cases.sealing import seal_into
from compass.people.consent import HELP
from compass.people.models import Person
from compass.problems import StandardNotMet
from compass.vault.identifiers import new_id
from compass.vocabulary import all_known, known


@dataclass(frozen=True, kw_only=True)
class Screened(Command):
    """A screening of a person (`id`). `answers`: {code of a question: yes}; both urgent ones must be there.

    `added` and `risk_level` are what the worker decided above the computed result.
    """

    answers: Mapping[str, bool]
    triggers: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    risk_level: str = ""
    note: str = ""
    identification_source: str = "self_referral"


@action("cases.screen", Screening, purpose=HELP)
def screen_people(work: Work, screened: list[Screened]) -> list[Screening]:
    """Record screenings; where the result asks for one, a case is opened, or the open case's risk raised.

    Raises StandardNotMet (CM-09) without both urgent answers, UnknownCode.
    """
    people = work.require("cases.screen", Person, screened)
    work.keys.load(person.pk for person in people)
    decided = []
    for each in screened:
        if any(each.answers.get(question.code) is None for question in screening.URGENT):
            raise StandardNotMet(standards=standards.spell("CM-09"))
        all_known("screening_result", each.added)
        all_known("high_risk_trigger", each.triggers)
        if each.risk_level:
            known("risk_level", each.risk_level)
        computed = screening.outcome(each.answers, each.triggers)
        decided.append((computed, screening.with_more(computed, each.added, each.risk_level)))
    cases = _cases(work, people, screened, [last for _, last in decided])
    rows = []
    for person, each, (computed, last) in zip(people, screened, decided, strict=True):
        row = Screening(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            case=cases.get(person.pk),
            medical_now=each.answers["medical_now"],
            danger_now=each.answers["danger_now"],
            computed=list(computed.results),
            results=list(last.results),
            risk_level=last.risk_level,
            basis=each.basis,
            occurred_at=each.occurred_at,
            recorded_at=work.written(),
            recorded_by=work.actor.id,
        )
        kept = {"answers": dict(each.answers), "triggers": list(last.triggers), "note": each.note}
        seal_into(work, row, answers_sealed=kept)
        rows.append(row)
    return Screening.objects.bulk_create(rows)


def _cases(
    work: Work, people: list[Person], screened: list[Screened], decided: list[screening.Outcome]
) -> dict[object, Case]:
    """The cases of those whose result opens one, by person."""
    wanted = [(each, last) for each, last in zip(screened, decided, strict=True) if last.opens_case]
    opened = open_cases(
        work,
        [
            CaseOpening(
                key=case_key(each.key),
                occurred_at=each.occurred_at,
                basis=each.basis,
                id=each.id,
                risk_level=last.risk_level,
                triggered=bool(last.triggers),
                identification_source=each.identification_source,
            )
            for each, last in wanted
        ],
    )
    raised = [
        RiskSet(
            key=derived(each.key, "cases.risk"),
            occurred_at=each.occurred_at,
            basis=each.basis,
            id=case.pk,
            level=last.risk_level,
            triggered=bool(last.triggers),
        )
        for case, (each, last) in zip(opened, wanted, strict=True)
        if case.risk_level == "not_assessed" or screening.RANK[last.risk_level] > screening.RANK[case.risk_level]
    ]
    changed = {case.pk: case for case in set_risk(work, raised)}
    return {case.person_id: changed.get(case.pk, case) for case in opened}
