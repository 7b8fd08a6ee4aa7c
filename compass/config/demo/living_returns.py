"""Journeys home that are under way when the demonstration opens, each at another step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compass.cases.models import Case, Handover
from compass.config.demo.population import no_return
from compass.people.consent import DETAILS
from compass.people.models import CHILD_BANDS, Person
from compass.returns import actions as returns
from compass.returns.queries import open_returns
from compass.vocabulary import code_list

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.config.demo.living import Desk

STEPS = ("ask", "counsel", "declare", "check", "approve", "prepare")
#: How many steps each journey of an office has behind it: Zinder shows all of them. The furthest is begun first, so that
#: there is a journey to prepare where few people may go home.
FAR = {"zinder.social": (6, 4, 2, 1), "zinder.cases": (5, 4, 3, 2)}
ELSEWHERE = (4, 1)
#: How many days ago those were counselled who came that far.
COUNSELLED = 10
#: Who may have somebody from Nigeria who goes on there without an assisted return.
OFFERING = ("zinder.social", "zinder.cases", "ly.cases", "ml.cases", "dz.cases")
EVIDENCE = {"fr": "Vérifié au dossier.", "en": "Seen in the file.", "ar": "تم التحقق منه في الملف."}
FREE = {"fr": "Choix libre et informé.", "en": "A free and informed choice.", "ar": "اختيار حر وعن علم."}


def household_of(work: Work, person: Person) -> list[Person]:
    """Who else is registered with this person."""
    return list(work.allowed("people.view", Person).filter(household_id=person.household_id).exclude(pk=person.pk))


def going_on(work: Work, desk: Desk) -> list[Case]:
    """The cases of grown people from Nigeria without family here who agreed that an office there goes on with them."""
    return [
        case
        for case in desk.agreed(desk.cases(work), 1.1, "return_country_sharing")
        if case.person.nationality == "NG" and case.person.age_band not in CHILD_BANDS
        and not household_of(work, case.person)
    ]  # fmt: skip


def offered() -> bool:
    """Whether this office sees an offer that waits for its answer."""
    return Handover.objects.filter(status="offered").exists()


def begin(desk: Desk) -> None:
    """Begin journeys for grown people without family here who may go home, as far as `FAR` says."""
    for number, steps in enumerate(FAR.get(desk.worker, ELSEWHERE)):
        # Before the counselling, for which one comes.
        asked = max(14 - steps, COUNSELLED + 0.5)
        with desk.at() as work:
            case = next(iter(_able(work, desk, asked, number)), None)
            if case is None:
                return
            told = desk.told(asked, "return", number, id=case.person_id)
            (row,) = returns.start_returns(work, [returns.Begin(**told, destination=case.person.nationality)])
            # A repeated step gives the journey it began before, which may be another person's.
            person = row.person
        for step in STEPS[1:steps]:
            _STEPS[step](desk, number, row.pk, person)


def _able(work: Work, desk: Desk, asked: float, number: int) -> list[Case]:
    """Who may have asked to go home so many days ago.

    One person is left for an offer to the office at home: only the first journey takes this person, if there is no other.
    """
    cases = [
        case
        for case in desk.away(work)
        if case.person.age_band not in CHILD_BANDS and case.person.relation == "principal"
        and case.person.nationality not in {case.country, "", *no_return()}
    ]  # fmt: skip
    busy = open_returns(case.person_id for case in cases)
    able = [
        case
        for case in desk.agreed(cases, asked, DETAILS)
        if case.person_id not in busy and not household_of(work, case.person)
    ]
    left = [case.pk for case in going_on(work, desk)[-1:]] if desk.worker in OFFERING and not offered() else []
    others = [case for case in able if case.pk not in left]
    return others if number else others + [case for case in able if case.pk in left]


def _counsel(desk: Desk, number: int, pk: UUID, person: Person) -> None:
    told = desk.told(COUNSELLED, "counsel", number, id=pk)
    with desk.at() as work:
        returns.counsel(
            work,
            [
                returns.Counselled(
                    **told, topics=tuple(code_list("return_information_topic").values), language=_language(person),
                    interpreter_mode="in_person", time_offered=True, days_offered=3,
                )
            ],
        )  # fmt: skip


def _declare(desk: Desk, number: int, pk: UUID, person: Person) -> None:
    with desk.at() as work:
        returns.declare(
            work,
            [
                returns.Declared(
                    **desk.told(6, "declare", number, id=pk), person_id=person.pk, language=_language(person),
                    statements=tuple(code_list("declaration_statement").values), mode="thumbprint",
                    text_language=desk.language,
                )
            ],
        )  # fmt: skip


def _check(desk: Desk, number: int, pk: UUID, person: Person) -> None:
    answers: dict[str, Any] = {"no_pressure": True, "informed": True, "capacity_doubted": False, "detained": False}
    with desk.at() as work:
        returns.check_free_choice(work, [returns.ChoiceChecked(**desk.told(5, "check", number, id=pk), **answers)])
    with desk.at(_counsellor(desk)) as work:
        returns.check_eligibility(
            work,
            [
                returns.EligibilityChecked(
                    **desk.told(4, "eligible", number, id=pk),
                    criteria=tuple(
                        returns.CriterionChecked(
                            criterion=each, answer="pass", evidence_kind="document", evidence=EVIDENCE[desk.language]
                        )
                        for each in code_list("eligibility_criterion").values
                    ),
                )
            ],
        )


def _approve(desk: Desk, number: int, pk: UUID, person: Person) -> None:
    with desk.at(desk.second) as work:
        told = desk.told(3, "approve", number, id=pk)
        returns.approve_returns(work, [returns.Decision(**told, note=FREE[desk.language])])


def _prepare(desk: Desk, number: int, pk: UUID, person: Person) -> None:
    day = (desk.progress.now + timedelta(days=4)).date()
    with desk.at(_counsellor(desk)) as work:
        returns.prepare_returns(
            work,
            [
                returns.Prepared(
                    **desk.told(1, "prepare", number, id=pk), travel_on=day, travel_mode="bus", medical_outcome="fit",
                    document_valid_until=day + timedelta(days=200),
                    receiving_told_on=(desk.progress.now - timedelta(days=1)).date(),
                )
            ],
        )  # fmt: skip


def _counsellor(desk: Desk) -> str:
    """A social worker hands these steps to the counsellor of the office."""
    return "zinder.cases" if desk.worker == "zinder.social" else desk.worker


def _language(person: Person) -> str:
    return str(person.languages[0]) if person.languages else "fr"


_STEPS = {"counsel": _counsel, "declare": _declare, "check": _check, "approve": _approve, "prepare": _prepare}
