"""The cases of the invented programme, carried as far as their age allows, each step as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compass.cases import ladder
from compass.cases.actions.assessment import Assessed, Decision, approve_assessments, assess
from compass.cases.actions.best_interests import ChildAssessed, assess_children
from compass.cases.actions.case import RiskSet, set_risk
from compass.cases.actions.closing import ClosureAsked, approve_closures, request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.plan import (
    ActionPlanned,
    GoalSaid,
    PlanAgreed,
    PlanMade,
    agree_plans,
    approve_plans,
    make_plans,
)
from compass.cases.actions.screening import Screened, screen_people
from compass.cases.closing import PREREQUISITES
from compass.cases.models import Goal
from compass.config.demo.shapes import Household, Person
from compass.config.demo.world import language_of
from compass.people.actions import GuardianAppointed, GuardianAsked, appoint_guardians, request_guardians
from compass.people.models import CHILD_BANDS
from compass.people.models import Person as Record

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.cases.models import Case
    from compass.config.demo.load import Loader

ANSWERS = {
    "protection_case": "harmed",
    "possible_vot": "controlled",
    "child_uasc": "child_alone",
    "possible_international_protection": "fears_return",
    "possible_statelessness": "no_nationality",
    "immediate_needs_only": "basic_needs",
    "no_protection_need": "",
}
NEEDS = (
    ("shelter_accommodation", "SHL"), ("health_physical", "MED"), ("mental_health_psychosocial", "PSS"),
    ("identity_documentation", "DOC"), ("family_links", "FTR"), ("financial_cash", "CSH"),
)  # fmt: skip
IN_THEIR_WORDS = {
    "shelter_accommodation": (
        "Un endroit où dormir tranquille.",
        "A place to sleep in peace.",
        "مكان أنام فيه مطمئنًا.",
    ),
    "health_physical": ("Que la douleur passe.", "For the pain to stop.", "أن يزول الألم."),
    "mental_health_psychosocial": ("Parler à quelqu’un.", "To talk to someone.", "أن أتحدث إلى أحد."),
    "identity_documentation": ("Avoir mes papiers.", "To have my papers.", "أن تكون لدي أوراقي."),
    "family_links": ("Entendre ma mère.", "To hear my mother’s voice.", "أن أسمع صوت أمي."),
    "financial_cash": ("Payer ce que je dois.", "To pay what I owe.", "أن أسدد ديني."),
}
RENEWED_AFTER, CALMER_AFTER = timedelta(days=340), timedelta(days=110)
CALMER = {"high": "medium", "medium": "low"}
#: What colleagues write, each office in its language.
CALMER_WORDS = {
    "fr": "Moins de risques qu’au début.",
    "en": "Less at risk than at the beginning.",
    "ar": "المخاطر أقل مما كانت في البداية.",
}
CALM_WORDS = {
    "fr": "Besoins couverts, situation stable.",
    "en": "Needs met, situation stable.",
    "ar": "لُبّيت الاحتياجات والوضع مستقر.",
}
CHILD_WORDS = {
    "fr": "Enfant sans parent sur place, hébergé et entouré ; sa famille est recherchée.",
    "en": "A child without a parent here, housed and looked after; the family is being looked for.",
    "ar": "طفل بلا والدين هنا، له مأوى ومن يرعاه، ويجري البحث عن أسرته.",
}
#: What an office does for a child alone, from the arrival: the authority is asked on the first day and answers within the
#: week. With those who came last it is not that far; the oldest answer that is still awaited is a few days late.
GUARDIAN_ASKED, CHILD_ASSESSED, GUARDIAN_NAMED = timedelta(hours=9), timedelta(days=2), timedelta(days=6)
ASKED_BY, NAMED_BY = timedelta(days=2), timedelta(days=11)
PLANNED_AFTER, ASSESSED_AFTER, SCREENED_AFTER = timedelta(days=12), timedelta(days=6), timedelta(hours=20)
#: How long cases stay open, in days: longer where one looks, so that there is work on the desks of the story.
OPEN_FOR, OPEN_FOR_LONGER = timedelta(days=420), {"NE": timedelta(days=1_050), "NG": timedelta(days=1_300)}


@dataclass
class Story:
    """One person's case while it is loaded."""

    person: Person
    person_id: UUID
    start: datetime
    country: str
    random: Random
    case: Case | None = None


def stories(loader: Loader, homes: Sequence[Household], now: datetime) -> list[Story]:
    """Whom to screen: everyone who agreed to be recorded and has been there for a while.

    A second registration is screened like anyone, and needs nothing that the first does not have already.
    """
    found = []
    for home in homes:
        for person in home.members:
            refused = {"case_management_services", "data_processing"} & set(person.refused)
            if not refused and now - home.arrived > SCREENED_AFTER:
                dice = Random(f"{loader.seed}{person.number}")
                found.append(Story(person, loader.person_id(person), home.arrived, home.country, dice))
    return found


def screen(loader: Loader, work: Work, told: list[Story]) -> None:
    rows = screen_people(
        work,
        [
            Screened(
                **loader.told(one.start + timedelta(hours=3), "screen", one.person.number, id=one.person_id),
                answers={
                    "medical_now": "medical" in " ".join(one.person.urgent_needs),
                    "danger_now": False,
                    **({ANSWERS[one.person.screening]: True} if ANSWERS.get(one.person.screening) else {}),
                },
                triggers=tuple(one.person.risk_triggers),
                risk_level=one.person.risk if one.person.risk in {"low", "medium", "high"} else "",
            )
            for one in told
        ],
    )
    for one, row in zip(told, rows, strict=True):
        one.case = row.case


def carry(loader: Loader, told: list[Story], now: datetime, worker: str, supervisor: str) -> None:
    """Assess, plan, agree, follow and close, as far as each case is old enough. Worker and supervisor take turns."""
    _children(loader, told, now, worker)
    assessed = [one for one in told if one.case and now - one.start > ASSESSED_AFTER]
    planned = [one for one in assessed if now - one.start > PLANNED_AFTER]
    done = [one for one in planned if now - one.start > OPEN_FOR_LONGER.get(one.country, OPEN_FOR)]
    if not assessed:
        return
    with loader.at(worker) as work:
        assessments = assess(work, [_assessment(loader, one) for one in assessed])
    with loader.at(supervisor) as work:
        decided = [
            row for one, row in zip(assessed, assessments, strict=True) if one in planned or one.random.random() < 0.5
        ]
        approve_assessments(work, [_yes(loader, row.pk, row.occurred_at, "assessment") for row in decided])
    if not planned:
        return
    with loader.at(worker) as work:
        plans = make_plans(work, [_plan(loader, one) for one in planned])
        # By the record: whoever told only a year of birth may count as grown there.
        known = work.allowed("people.view", Record).filter(pk__in=[one.person_id for one in planned])
        children = set(known.filter(age_band__in=CHILD_BANDS).values_list("pk", flat=True))
        agree_plans(
            work,
            [
                PlanAgreed(
                    **loader.told(one.start + timedelta(days=9), "agree", one.person.number, id=plan.pk),
                    how="guardian" if one.person_id in children else "spoken",
                )
                for one, plan in zip(planned, plans, strict=True)
            ],
        )
    with loader.at(supervisor) as work:
        approve_plans(
            work,
            [
                _yes(loader, plan.pk, one.start + timedelta(days=10), "plan")
                for one, plan in zip(planned, plans, strict=True)
            ],
        )
    if done:
        with loader.at(worker) as work:
            reached = _goals(done)
            follow_up(work, [_contact(loader, one, reached.get(_case(one).pk, {})) for one in done])
    _keep(loader, [one for one in planned if one not in done], now, worker, supervisor)
    _close(loader, done, worker, supervisor)


def _children(loader: Loader, told: list[Story], now: datetime, worker: str) -> None:
    """A guardian and a best-interests assessment for each child alone, as far as its case is old enough."""
    asked = [one for one in told if one.case and one.person.is_child and now - one.start > ASKED_BY]
    if not asked:
        return

    def law(one: Story, after: timedelta, name: str, pk: UUID) -> dict[str, Any]:
        return loader.told(one.start + after, name, one.person.number, basis="legal_duty", id=pk)

    with loader.at(worker) as work:
        found = ladder.children(one.person_id for one in asked)
        alone = [one for one in asked if one.person_id in found and not found[one.person_id].with_parent]
        rows = request_guardians(
            work,
            [
                GuardianAsked(
                    **law(one, GUARDIAN_ASKED, "guardian", one.person_id), authority="child_protection_authority"
                )
                for one in alone
            ],
        )
        assess_children(
            work,
            [
                ChildAssessed(
                    **law(one, CHILD_ASSESSED, "best interests", one.person_id),
                    text=CHILD_WORDS[language_of(one.country)],
                )
                for one in alone
            ],
        )
        appoint_guardians(
            work,
            [
                GuardianAppointed(**law(one, GUARDIAN_NAMED, "guardian named", row.pk))
                for one, row in zip(alone, rows, strict=True)
                if now - one.start > NAMED_BY
            ],
        )


def _keep(loader: Loader, kept: list[Story], now: datetime, worker: str, supervisor: str) -> None:
    """Cases that stay open: consent is asked again before each year is over, and a risk that became less is lowered."""
    with loader.at(worker) as work:
        for number in range(1, max(((now - one.start) // RENEWED_AFTER for one in kept), default=0) + 1):
            asked = [(one, one.start + number * RENEWED_AFTER) for one in kept]
            loader.consent(
                work,
                [(one.person, _case(one).person, when) for one, when in asked if when < now],
                f"consent again {number}",
            )
    calmer = [one for one in kept if now - one.start > CALMER_AFTER and _case(one).risk_level in CALMER]
    with loader.at(supervisor) as work:
        set_risk(
            work,
            [
                RiskSet(
                    **loader.told(one.start + CALMER_AFTER, "calmer", one.person.number, id=_case(one).pk),
                    level=CALMER[_case(one).risk_level],
                    reason=CALMER_WORDS[language_of(one.country)],
                )
                for one in calmer
                if one.random.random() < 0.75
            ],
        )


def _close(loader: Loader, done: list[Story], worker: str, supervisor: str) -> None:
    if not done:
        return
    with loader.at(supervisor) as work:
        set_risk(
            work,
            [
                RiskSet(
                    **loader.told(one.start + timedelta(days=100), "calm", one.person.number, id=_case(one).pk),
                    level="low",
                    reason=CALM_WORDS[language_of(one.country)],
                )
                for one in done
            ],
        )
    with loader.at(worker) as work:
        rows = request_closures(
            work,
            [
                ClosureAsked(
                    **loader.told(one.start + timedelta(days=110), "close", one.person.number, id=_case(one).pk),
                    reason="goals_achieved",
                    safety_reassessed=True,
                    prerequisites=tuple(each.code for each in PREREQUISITES),
                )
                for one in done
            ],
        )
    with loader.at(supervisor) as work:
        approve_closures(work, [_yes(loader, row.pk, row.occurred_at + timedelta(days=1), "closure") for row in rows])


def _case(one: Story) -> Case:
    if one.case is None:
        raise ValueError(one.person.number)
    return one.case


def _assessment(loader: Loader, one: Story) -> Assessed:
    chosen = one.random.sample(NEEDS, 3)
    levels = ("unmet_severe", "unmet_moderate", "met")
    return Assessed(
        **loader.told(one.start + timedelta(days=4), "assess", one.person.number, id=_case(one).pk),
        needs={domain: level for (domain, _), level in zip(chosen, levels, strict=True)},
    )


def _plan(loader: Loader, one: Story) -> PlanMade:
    picks = Random(f"{loader.seed}{one.person.number}").sample(NEEDS, 3)[:2]
    day = (one.start + timedelta(days=7)).date()
    return PlanMade(
        **loader.told(one.start + timedelta(days=8), "plan", one.person.number, id=_case(one).pk),
        goals=tuple(
            GoalSaid(
                domain=domain,
                statement=words_for(domain, one.country),
                target_date=day + timedelta(days=60),
                actions=(ActionPlanned(service=service, responsible="case_manager", due_on=day + timedelta(days=21)),),
            )
            for domain, service in picks
        ),
    )


def words_for(domain: str, country: str) -> str:
    return IN_THEIR_WORDS[domain][("fr", "en", "ar").index(language_of(country))]


def _goals(done: list[Story]) -> dict[UUID, dict[UUID, str]]:
    """The goals of these cases, all reached, by case."""
    found: dict[UUID, dict[UUID, str]] = {}
    for pk, case in Goal.objects.filter(case__in=[_case(one).pk for one in done]).values_list("pk", "case_id"):
        found.setdefault(case, {})[pk] = "met"
    return found


def _contact(loader: Loader, one: Story, goals: dict[UUID, str]) -> Contact:
    """The last contact before a case is closed; those of open cases are placed by `living`."""
    return Contact(
        **loader.told(one.start + timedelta(days=90), "contact", one.person.number, id=_case(one).pk),
        kind="for_service", channel="in_person_office", reached=True, plan_reviewed=True, goals=goals,
    )  # fmt: skip


def _yes(loader: Loader, pk: UUID, when: datetime, kind: str) -> Decision:
    return Decision(**loader.told(when + timedelta(hours=6), "approve", kind, pk, id=pk), approve=True)
