"""Today's work: what waits on each desk when the demonstration opens, placed relative to the moment of loading.

Nothing here adds a person, and services only go to people who have comprehensive assistance already, so that the totals
by year and class stay those of `targets`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from compass.cases.actions.assessment import Assessed, assess
from compass.cases.actions.closing import request_closures
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.actions.handover import HandoverOffer, offer_handovers
from compass.cases.actions.plan import ActionPlanned, GoalSaid, PlanAgreed, PlanMade, agree_plans, make_plans
from compass.cases.actions.referral import ReferralPrepared, ReferralStep, prepare_referrals, send_referrals
from compass.cases.actions.referral_answer import ReferralAnswer, ReferralOutcome, answer_referrals, record_outcomes
from compass.cases.models import Case, Goal, Plan
from compass.cases.models.case import OPEN
from compass.config.demo import living_returns
from compass.config.demo.load_cases import NEEDS, words_for
from compass.config.demo.load_story import asked
from compass.config.demo.progress import Progress
from compass.config.demo.world import CLINIC, LEGAL, NIGER, NIGERIA, language_of, world_id
from compass.people.consent import HELP, answered, consents_of
from compass.people.models import Service
from compass.reception.actions import (
    ActivityHeld,
    Attended,
    GroupArrived,
    add_activities,
    add_groups,
    mark_attendance,
)
from compass.returns.queries import open_returns
from compass.vocabulary import countries, timeline

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.config.demo.load import Loader

PARTNER = {CLINIC: "zinder.clinic", LEGAL: "zinder.legal"}
#: In how many days from now contacts are due: some late, some today, some this week; the rest later.
DUE = (-1.3, -0.8, -0.4, 0.15, 0.35, 0.6, 0.85, 1.3, 1.8, 2.2, 2.7, 3.1, 4.2, 5.1, 5.8, 6.6)
LATER = (8, 13)
#: centre, hours ago, people, language, came by, urgent needs.
GROUPS: tuple[tuple[str, str, float, int, str, str, tuple[tuple[str, int], ...]], ...] = (
    ("zinder.social", "centre.zinder", 0.6, 5, "ha", "bus", (("medical_emergency", 1), ("water_food", 2))),
    ("zinder.social", "centre.zinder", 2.3, 3, "fr", "truck", (("shelter_tonight", 3),)),
    ("zinder.social", "centre.zinder", 5.5, 9, "ar", "official_convoy", (("water_food", 4),)),
    ("edo.reception", "centre.benin", 1.2, 6, "en", "flight", (("shelter_tonight", 2),)),
    ("edo.reception", "centre.benin", 20.0, 2, "pcm", "on_foot", ()),
)
ACTIVITIES = (
    ("zinder.social", "centre.zinder", "psychosocial_group", 1),
    ("zinder.social", "centre.zinder", "womens_group", 3),
    ("edo.reception", "centre.benin", "information_session", 2),
)
SYMPTOMS = (
    "Douleur au genou depuis la route, marche avec peine.",
    "Toux depuis trois semaines, pas de fièvre.",
    "Contrôle de tension, traitement interrompu.",
    "Brûlure à la main, pansement à refaire.",
    "Maux de tête répétés, vue troublée.",
    "Plaie au pied qui ne ferme pas.",
)
LEGAL_ISSUES = ("Salaire non payé par un ancien employeur.", "Acte de naissance de l’enfant à demander.")
GOING_ON = {
    "fr": "Une personne adulte. Suivi à reprendre sur place, visite médicale à prévoir.",
    "en": "One adult. To be followed up on the spot; a medical visit is needed.",
    "ar": "شخص بالغ. تُستأنف المتابعة هناك، وتلزم زيارة طبية.",
}
#: service, partner, priority, days since sent, how far it came.
REFERRALS = (
    ("MED", CLINIC, "normal", 9.0, "sent"), ("MED", CLINIC, "urgent", 0.1, "sent"), ("MED", CLINIC, "normal", 6.0, "done"),
    ("MED", CLINIC, "urgent", 3.0, "accepted"), ("MED", CLINIC, "normal", 2.0, "acknowledged"),
    ("LEG", LEGAL, "normal", 1.5, "sent"), ("MED", CLINIC, "urgent", 0.3, "sent"), ("LEG", LEGAL, "normal", 8.0, "accepted"),
)  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """One office's work, done by `worker` and decided by `second`."""

    loader: Loader
    progress: Progress
    worker: str
    second: str

    def ago(self, days: float) -> datetime:
        return self.progress.now - timedelta(days=days)

    def told(self, days_ago: float, *parts: object, **more: Any) -> dict[str, Any]:
        return self.loader.told(self.ago(days_ago), "living", self.worker, *parts, **more)

    @property
    def language(self) -> str:
        """In which the office writes; Zinder's colleagues have their town for a name."""
        office = self.worker.split(".")[0].upper()
        return language_of({"ZINDER": NIGER, "EDO": NIGERIA}.get(office, office))

    def at(self, username: str = "") -> Any:
        return self.loader.at(username or self.worker)

    def cases(self, work: Work) -> list[Case]:
        """This worker's open cases that were assessed, the newest first, in a fixed order."""
        mine = (
            work.allowed("cases.view", Case).filter(owner_id=work.actor.id, status__in=OPEN).exclude(stage="screened")
        )
        return list(
            mine.exclude(person=self.progress.id("boy")).select_related("person").order_by("-opened_at", "person_id")
        )

    def away(self, work: Work) -> list[Case]:
        """Those of people who are not home yet; who has comprehensive assistance comes first."""
        cases, classes = self._classes(work)
        away = [case for case in cases if "RI" not in classes[case.person_id]]
        return sorted(away, key=lambda case: "C" not in classes[case.person_id])

    def helped(self, work: Work) -> list[Case]:
        """Those of them who have comprehensive assistance: only they may be given more services here."""
        _, classes = self._classes(work)
        return [case for case in self.away(work) if "C" in classes[case.person_id]]

    def agreed(self, cases: Sequence[Case], days_ago: float, *scopes: str) -> list[Case]:
        """Those open on that day whose person had agreed to these scopes by then: what is done there rests on it."""
        on = self.ago(days_ago)
        given = consents_of(case.person_id for case in cases)
        return [
            case
            for case in cases
            if case.opened_at <= on and all(answered(given[case.person_id], scope, on) for scope in scopes)
        ]

    def _classes(self, work: Work) -> tuple[list[Case], dict[UUID, set[str]]]:
        cases = self.cases(work)
        classes: dict[UUID, set[str]] = defaultdict(set)
        given = Service.objects.filter(person__in=[case.person_id for case in cases], annulled_at=None)
        for person, name in given.values_list("person_id", "service_class"):
            classes[person].add(name)
        return cases, classes


def liven(loader: Loader, progress: Progress) -> None:
    """Put today's work on every desk."""
    from compass.config.demo.load import OFFICERS, officer, supervisor

    progress.step("living.groups", partial(_groups, loader, progress))
    for country in countries():
        for worker in OFFICERS.get(country.alpha2, (officer(country.alpha2),)):
            desk = Desk(loader, progress, worker, supervisor(country.alpha2))
            progress.step(f"living.{worker}.contacts", partial(_contacts, desk))
            if worker == "zinder.social":
                progress.step("living.referrals", partial(_referrals, desk))
            progress.step(f"living.{worker}.returns", partial(living_returns.begin, desk))
            if worker in living_returns.OFFERING:
                progress.step(f"living.{worker}.handover", partial(_handover, desk))
            progress.step(f"living.{worker}.approvals", partial(_approvals, desk))
    for place in ACTIVITIES:
        progress.step(f"living.activity.{place[2]}", partial(_activity, loader, progress, *place))


def _groups(loader: Loader, progress: Progress) -> None:
    for number, (worker, centre, hours, people, language, came_by, urgent) in enumerate(GROUPS):
        when = progress.now - timedelta(hours=hours)
        with loader.at(worker) as work:
            add_groups(
                work,
                [
                    GroupArrived(
                        **loader.told(when, "living", "group", number, basis="vital_interest"), people=people,
                        centre_id=world_id(centre), language=language, came_by=came_by, urgent=urgent,
                    )
                ],
            )  # fmt: skip


def _contacts(desk: Desk) -> None:
    """When each person was last seen, so that the next contacts fall where `DUE` says."""
    allowed = timeline("follow_up_contact").hours
    with desk.at() as work:
        cases = [case for case in desk.cases(work) if case.stage == "implementing"]
        cases.sort(key=lambda case: (case.risk_level != "high", case.person_id.int))
        contacts = []
        for (case, due), number in zip(_due(cases), range(len(cases)), strict=True):
            ago = (allowed[case.risk_level] or 84) / 24 - due
            ago = max(0.05, min(ago, (desk.progress.now - case.opened_at) / timedelta(days=1) - 11))
            contacts.append(
                Contact(
                    **desk.told(ago, "contact", number, id=case.pk), kind="for_service", channel="in_person_office",
                    reached=True, plan_reviewed=True,
                )
            )  # fmt: skip
        follow_up(work, contacts)


def _due(cases: Sequence[Case]) -> Iterator[tuple[Case, float]]:
    for number, case in enumerate(cases):
        yield case, DUE[number] if number < len(DUE) else LATER[0] + number % (LATER[1] - LATER[0])


def _referrals(desk: Desk) -> None:
    with desk.at() as work:
        chosen = _chosen(desk, work)
        rows = prepare_referrals(
            work,
            [
                ReferralPrepared(
                    **desk.told(ago, "referral", number, id=case.pk), service=service, priority=priority,
                    to_organisation_id=world_id(partner), fields=_said(service, number),
                )
                for number, ((service, partner, priority, ago, _), case) in enumerate(chosen)
            ],
        )  # fmt: skip
        send_referrals(
            work,
            [
                ReferralStep(**desk.told(told[3], "sent", number, id=row.pk))
                for number, ((told, _), row) in enumerate(zip(chosen, rows, strict=True))
            ],
        )
    for number, ((told, _), row) in enumerate(zip(chosen, rows, strict=True)):
        _answered(desk, number, told[1], told[3], told[4], row.pk)


def _chosen(desk: Desk, work: Work) -> list[tuple[tuple[str, str, str, float, str], Case]]:
    """Whom to refer for what. A visit that took place is a service, so it goes to somebody who has had such help."""
    away = desk.away(work)
    helped = {case.pk for case in desk.helped(work)}
    free = away[1::2] + away[::2]
    chosen = []
    for told in REFERRALS:
        able = desk.agreed(free, told[3], "share_other_organizations", HELP)
        case = next((case for case in able if told[4] != "done" or case.pk in helped), None)
        if case is not None:
            free.remove(case)
            chosen.append((told, case))
    return chosen


def _said(service: str, number: int) -> dict[str, str]:
    if service == "MED":
        return {"symptoms_as_consented": SYMPTOMS[number % len(SYMPTOMS)]}
    return {"legal_issue": LEGAL_ISSUES[number % len(LEGAL_ISSUES)]}


def _answered(desk: Desk, number: int, partner: str, ago: float, state: str, pk: UUID) -> None:
    if state == "sent":
        return
    with desk.at(PARTNER[partner]) as work:
        word = "acknowledged" if state == "acknowledged" else "accepted"
        said = desk.told(ago - 0.5, "answered", number, id=pk, basis="public_interest")
        answer_referrals(work, [ReferralAnswer(**said, answer=word)])
        if state == "done":
            seen = desk.told(ago - 2, "outcome", number, id=pk, basis="public_interest")
            record_outcomes(
                work,
                [
                    ReferralOutcome(
                        **seen, outcome="service_completed", delivered_on=seen["occurred_at"].date(),
                        note="Vu ce jour. Soins faits, pas de nouveau rendez-vous nécessaire.",
                    )
                ],
            )  # fmt: skip


def _approvals(desk: Desk) -> None:
    """One of each for the supervisor: a new assessment, a changed plan, a closure."""
    with desk.at() as work:
        cases = [case for case in desk.cases(work) if case.stage == "follow_up"][::-1]
        # The partner's referrals and the journeys are on the newest cases.
        if cases:
            needs = {"mental_health_psychosocial": "unmet_moderate", "shelter_accommodation": "met"}
            assess(work, [Assessed(**desk.told(0.7, "again", id=cases[0].pk), needs=needs)])
        if len(cases) > 1:
            _change_plan(work, desk, cases[1])
        calm = [case for case in cases[2:] if case.risk_level == "low"]
        if calm:
            reached = dict.fromkeys(Goal.objects.filter(case=calm[0]).values_list("pk", flat=True), "met")
            follow_up(
                work,
                [
                    Contact(
                        **desk.told(1.5, "last", id=calm[0].pk), kind="for_service", channel="in_person_office",
                        reached=True, plan_reviewed=True, goals=reached,
                    )
                ],
            )  # fmt: skip
            request_closures(work, [asked(desk.told(1.4, "closing", id=calm[0].pk), "goals_achieved")])


def _change_plan(work: Work, desk: Desk, case: Case) -> None:
    """The plan as it was, and one goal more."""
    day = (desk.progress.now + timedelta(days=30)).date()
    before = Plan.objects.filter(case=case, superseded_at__isnull=True).first()
    domains = list(Goal.objects.filter(plan=before).values_list("domain", flat=True)) if before else []
    goals = tuple(
        GoalSaid(domain, words_for(domain, case.country), day, (ActionPlanned(service, "case_manager", day),))
        for domain, service in NEEDS
        if domain in {*domains, "mental_health_psychosocial"}
    )
    (plan,) = make_plans(work, [PlanMade(**desk.told(1.2, "plan", id=case.pk), goals=goals)])
    how = before.agreed_how if before and before.agreed_how else "spoken"
    agree_plans(work, [PlanAgreed(**desk.told(1.0, "agree", id=plan.pk), how=how)])


def _handover(desk: Desk) -> None:
    """One grown person from Nigeria who wishes to go on with the case there and asked for no assisted return."""
    with desk.at() as work:
        able = living_returns.going_on(work, desk)
        returning = open_returns(case.person_id for case in able)
        free = [case for case in able if case.person_id not in returning]
        if free and not living_returns.offered():
            offer_handovers(
                work,
                [
                    HandoverOffer(
                        **desk.told(1.1, "handover", id=free[-1].pk), to_organisation_id=world_id(NIGERIA),
                        note=GOING_ON[desk.language], without_return="left_on_own",
                    )
                ],
            )  # fmt: skip


def _activity(loader: Loader, progress: Progress, worker: str, centre: str, kind: str, days: int) -> None:
    desk = Desk(loader, progress, worker, "")
    told = desk.told(days, "activity", kind, basis="public_interest")
    with desk.at() as work:
        (row,) = add_activities(
            work, [ActivityHeld(**told, centre_id=world_id(centre), kind=kind, held_on=told["occurred_at"].date())]
        )
        cases = desk.agreed(desk.helped(work), days, HELP)
        if kind == "womens_group":
            cases = [case for case in cases if case.person.sex == "female"]
        mark_attendance(
            work,
            [
                Attended(**desk.told(days, "there", kind, number, id=case.person_id), activity_id=row.pk)
                for number, case in enumerate(cases[:9])
            ],
        )
