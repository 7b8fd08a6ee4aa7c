"""The minimum standards of the cycle (case-management.md 2.11), each a rule over the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from django.db.models import Case as Choice
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from compass.access.prepared import Prepared
from compass.access.work import Work
from compass.cases import closing
from compass.cases.files import Files
from compass.cases.models import Assessment, Case, Closure, Goal, Plan, Screening
from compass.cases.standards import Due, link, standard
from compass.people.actions.consents import ADULTS
from compass.people.models import OWN_CONSENT_BANDS, Consent, Person
from compass.reception.models import Arrival
from compass.vocabulary import code_list, timeline

RULES = "COMPASS domain specification, case management, section 2.11"
TIMES = "COMPASS domain specification, case management, sections 2.5 and 2.11"
LOOK_BACK = timedelta(days=60)
QUEUE_LIMIT = 40
DECIDE_WITHIN = timedelta(hours=72)  # provisional: no source sets a time for a second person's decision
ALONE = ("unaccompanied", "separated")
ON_ARRIVAL = {
    "medical_emergency": _("A doctor was needed on arrival: screen now"),
    "safety_threat": _("In danger on arrival: screen now"),
}


def page_of(name: str, case: Case) -> str:
    """The address of a page of a case."""
    return link(f"cases:{name}", case.pk)


def _consent_page(case: Case) -> str:
    return link("people:consent", case.person_id)


def _most_urgent(rows: QuerySet[Person]) -> QuerySet[Person]:
    """The first of a queue: life in danger on arrival, then children alone, then who has waited longest."""
    need = Subquery(Arrival.objects.filter(person=OuterRef("pk")).values("urgent_need")[:1])
    pressing = Choice(
        When(need__in=list(ON_ARRIVAL), then=Value(0)), When(uasc_status__in=ALONE, then=Value(1)), default=Value(2)
    )
    return rows.annotate(need=need).order_by(pressing, "recorded_at")[:QUEUE_LIMIT]


def _met(where: Q, since: datetime) -> QuerySet[Person]:
    """People met since then who have no case."""
    known = Exists(Case.objects.filter(person=OuterRef("pk")))
    rows = Person.objects.filter(
        where, ~known, merged_into__isnull=True, recorded_at__gte=since, occurred_at__gte=since
    )
    return rows.only("id", "code", "occurred_at", "organisation_id")


def _unasked(where: Q, since: datetime) -> QuerySet[Person]:
    asked = Exists(Consent.objects.filter(person=OuterRef("pk")))
    return _most_urgent(_met(where, since).filter(~asked, basis="vital_interest"))


def _unscreened(where: Q, since: datetime) -> QuerySet[Person]:
    agreed = Exists(Consent.objects.filter(person=OuterRef("pk")))
    screened = Exists(Screening.objects.filter(person=OuterRef("pk")))
    rows = _met(where, since).filter(Q(relation="principal") | Q(uasc_status__in=ALONE))
    return _most_urgent(rows.filter(agreed, ~screened))


_without_consent, _not_screened = Prepared(_unasked), Prepared(_unscreened)


def _waiting_for_consent(work: Work) -> Iterator[Due]:
    """People met in the last 60 days on vital interest who have neither consent nor a case (those show through the case)."""
    allowed = timedelta(hours=timeline("consent_completion").hours["not_assessed"] or 0)
    for person in work.rows(_without_consent, "cases.view", since=work.now - LOOK_BACK):
        yield Due(
            subject=person,
            start_at=person.occurred_at,
            due_at=person.occurred_at + allowed,
            url=link("people:consent", person.pk),
            action=_("Explain and ask"),
        )


@standard(
    "COMPASS-72H",
    what=_("Complete consent: this person was helped on vital interest"),
    source="COMPASS design, section 3: what is done on vital interest needs consent completed within 72 hours",
    severity="alert",
    queue=_waiting_for_consent,
)
def consent_completed(files: Files) -> Iterator[Due]:
    """Whoever was helped on vital interest is asked for consent within 72 hours."""
    allowed = timedelta(hours=72)
    for case in files.cases:
        if case.person.basis == "vital_interest":
            given = files.about(Consent, case)
            start = case.person.occurred_at
            yield Due(
                subject=case,
                start_at=start,
                due_at=start + (files.limit("consent_completion", case) or allowed),
                done_at=given[0].occurred_at if given else None,
                url=_consent_page(case),
                action=_("Explain and ask"),
            )


@standard("CM-01", what=_("A story was recorded before consent"), source=RULES)
def consent_before_story(files: Files) -> Iterator[Due]:
    """An assessment on the basis of consent does not precede the first consent."""
    for case in files.cases:
        for each in files.of(Assessment, case)[:1]:
            if each.basis == "consent":
                given = files.about(Consent, case)
                kept = bool(given) and given[0].occurred_at <= each.occurred_at
                yield Due(
                    subject=case,
                    start_at=case.opened_at,
                    due_at=each.occurred_at,
                    done_at=given[0].occurred_at if kept else None,
                    url=_consent_page(case),
                    action=_("Open the consent"),
                )


def _about_consent(files: Files) -> Iterator[tuple[Case, Consent]]:
    for case in files.cases:
        if given := files.consent(case):
            yield case, given


def _consent_due(case: Case, given: Consent, kept: bool) -> Due:
    return Due(
        subject=case,
        start_at=given.occurred_at,
        due_at=given.occurred_at,
        done_at=given.occurred_at if kept else None,
        url=_consent_page(case),
        action=_("Ask again"),
    )


@standard("CM-02", what=_("Explain all seven points and ask again"), source=RULES)
def seven_points(files: Files) -> Iterator[Due]:
    """The consent in force lists all seven points."""
    wanted = set(code_list("consent_information").values)
    for case, given in _about_consent(files):
        yield _consent_due(case, given, wanted <= set(given.information))


@standard("CM-03", what=_("Certify the spoken consent"), source=RULES)
def spoken_is_certified(files: Files) -> Iterator[Due]:
    """A spoken consent is certified."""
    for case, given in _about_consent(files):
        if given.mode.startswith("verbal"):
            yield _consent_due(case, given, given.certified)


@standard("CM-04", what=_("Complete the child’s assent and the adult’s consent"), source=RULES)
def ladder_met(files: Files) -> Iterator[Due]:
    """A child's consent records by which step of the ladder it was given."""
    for case, given in _about_consent(files):
        if case.person.is_child:
            yield _consent_due(case, given, bool(given.ladder))


@standard(
    "COMPASS-RENEW",
    what=_("The yes of this person ends: ask again, and for how long"),
    source="COMPASS design, section 3: consent has an end; what is not renewed ends by itself",
    severity="alert",
)
def asked_before_the_end(files: Files) -> Iterator[Due]:
    """Whose yes ends is asked before; what partners read ends with it. Who took it back, or said only no, is not."""
    for case in files.cases:
        given = next(reversed(files.about(Consent, case)), None)
        if given and given.withdrawn_at is None and given.child_agrees is not False and any(given.scopes.values()):
            yield Due(
                subject=case,
                start_at=given.occurred_at,
                # As the end itself, by the day in UTC (`consent.answer`).
                due_at=datetime.combine(given.expires_on, time.max, UTC),
                url=_consent_page(case),
                action=_("Ask again"),
            )


@standard(
    "COMPASS-GROWN",
    what=_("Somebody else said yes for them; they are old enough now: ask them"),
    source="COMPASS domain specification, case management, section 2.4: from 15 on the young person consents",
)
def asked_themselves(files: Files) -> Iterator[Due]:
    """Who was a child when an adult consented for them is asked once they are old enough to answer."""
    for case, given in _about_consent(files):
        young = case.person.age_band in OWN_CONSENT_BANDS
        if not given.ladder or given.given_by not in ADULTS or not case.person.age_band:
            continue
        if young or not case.person.is_child:
            yield _consent_due(case, given, young and given.child_agrees is True)


@standard("CM-05", what=_("Record an age, estimated if need be"), source=RULES)
def age_known(files: Files) -> Iterator[Due]:
    """The person's age band is known."""
    for case in files.cases:
        yield Due(
            subject=case,
            start_at=case.opened_at,
            due_at=case.opened_at + timedelta(days=7),
            done_at=case.opened_at if case.person.age_band else None,
            url=link("people:identity", case.person_id),
            action=_("Add the age"),
        )


@standard("CM-09", what=_("Ask the two urgent questions"), source=RULES)
def urgent_first(files: Files) -> Iterator[Due]:
    """Each case begins with a screening, which cannot be recorded without both urgent answers."""
    for case in files.cases:
        asked = files.about(Screening, case)
        yield Due(
            subject=case,
            start_at=case.opened_at,
            due_at=case.opened_at + timedelta(hours=24),
            done_at=asked[0].occurred_at if asked else None,
            url=link("cases:screen", case.person_id),
            action=_("Screen"),
        )


def _waiting_for_screening(work: Work) -> Iterator[Due]:
    """Heads of household and children alone who agreed in the last 60 days and were not screened."""
    allowed = timedelta(hours=timeline("first_response").hours["not_assessed"] or 0)
    for person in work.rows(_not_screened, "cases.view", since=work.now - LOOK_BACK):
        yield Due(
            subject=person,
            start_at=person.occurred_at,
            due_at=person.occurred_at + allowed,
            url=link("cases:screen", person.pk),
            action=_("Screen and set the risk"),
            what=ON_ARRIVAL.get(getattr(person, "need", ""), ""),
        )


@standard("CM-10", what=_("First response: screen and set the risk"), source=TIMES, queue=_waiting_for_screening)
def risk_in_time(files: Files) -> Iterator[Due]:
    """The risk level is set within the time of the first response."""
    for case in files.cases:
        known = case.risk_level != "not_assessed"
        limit = timeline("first_response").hours["not_assessed"] or 0
        allowed = timedelta(hours=limit) if known else files.limit("first_response", case)
        yield Due(
            subject=case,
            start_at=case.opened_at,
            due_at=case.opened_at + (allowed or timedelta(hours=limit)),
            done_at=case.risk_set_at if known else None,
            url=page_of("risk", case),
            action=_("Set the risk"),
        )


@standard("CM-11", what=_("Give the high-risk case to a worker"), source=TIMES)
def led_in_time(files: Files) -> Iterator[Due]:
    """A high-risk case has someone who leads it within hours."""
    for case in files.cases:
        if allowed := files.limit("assignment", case):
            start = case.risk_set_at or case.opened_at
            yield Due(
                subject=case,
                start_at=start,
                due_at=start + allowed,
                done_at=start if case.owner_id else None,
                url=page_of("case", case),
                action=_("Open the case"),
            )


def _assessment(files: Files, case: Case) -> Assessment | None:
    rows = [row for row in files.of(Assessment, case) if row.state != "rejected" and row.occurred_at >= case.started_at]
    return rows[-1] if rows else None


@standard("CM-12", what=_("Full assessment"), source=TIMES)
def assessed_in_time(files: Files) -> Iterator[Due]:
    """The assessment is done within the time of the risk level, counted from opening or reopening."""
    for case in files.cases:
        allowed = files.limit("comprehensive_assessment", case)
        if allowed is None:
            continue
        found = _assessment(files, case)
        yield Due(
            subject=case,
            start_at=case.started_at,
            due_at=case.started_at + allowed,
            done_at=found.occurred_at if found else None,
            url=page_of("assess", case),
            action=_("Write the assessment"),
        )


def _plan(files: Files, case: Case) -> Plan | None:
    rows = [row for row in files.of(Plan, case) if row.superseded_at is None]
    return rows[-1] if rows else None


def _plan_time(files: Files, case: Case, start: datetime) -> datetime:
    return start + (files.limit("case_plan", case) or timedelta(days=14))


@standard("CM-13", what=_("A severe need has no action in the plan"), source=RULES)
def severe_needs_answered(files: Files) -> Iterator[Due]:
    """Each domain of severe unmet need has a goal in the plan, or a recorded refusal or gap."""
    for case in files.cases:
        found = _assessment(files, case)
        if found is None or not found.severe:
            continue
        plan = _plan(files, case)
        answered = set(plan.unanswered) if plan else set()
        if plan:
            answered |= {goal.domain for goal in files.of(Goal, case) if goal.plan_id == plan.pk}
        kept = plan is not None and set(found.severe) <= answered
        yield Due(
            subject=case,
            start_at=found.occurred_at,
            due_at=_plan_time(files, case, found.occurred_at),
            done_at=plan.occurred_at if plan and kept else None,
            url=page_of("plan", case),
            action=_("Open the plan"),
        )


def _leaving(files: Files, case: Case) -> bool:
    """Whether the closure that is asked for has a reason that does not wait for the plan."""
    asked = closure_of(files, case)
    return asked is not None and asked.reason in closing.WHATEVER_THE_RISK


def _plan_agreed(files: Files, case: Case) -> bool:
    plan = _plan(files, case)
    return plan is None or plan.agreed_at is not None or _leaving(files, case)


@standard("CM-14", what=_("Agree the plan with the person"), source=TIMES, at=("closure",), gate=_plan_agreed)
def plan_agreed(files: Files) -> Iterator[Due]:
    """The plan is agreed with the person within the time for the plan, counted from the assessment."""
    for case in files.cases:
        found = _assessment(files, case)
        if found is None:
            continue
        plan = _plan(files, case)
        due_at = _plan_time(files, case, found.occurred_at)
        if plan is None:
            yield Due(
                subject=case,
                start_at=found.occurred_at,
                due_at=due_at,
                url=page_of("plan", case),
                action=_("Make the plan"),
                what=_("Make a plan with the person"),
            )
        else:
            yield Due(
                subject=case,
                start_at=found.occurred_at,
                due_at=due_at,
                done_at=plan.agreed_at,
                url=page_of("agree", case),
                action=_("Record the agreement"),
            )


def _nothing_waits(files: Files, case: Case) -> bool:
    """Nothing waits for a decision; unless the person leaves, what was prepared is approved too."""
    states = {row.state for row in (files.newest(Assessment, case), _plan(files, case)) if row is not None}
    return "requested" not in states and (states <= {"approved"} or _leaving(files, case))


@standard("CM-15", what=_("A second person decides"), source=RULES, at=("closure",), gate=_nothing_waits)
def second_person(files: Files) -> Iterator[Due]:
    """Assessment and plan are decided by another user; what was sent back waits for its author."""
    decides = files.work.may("cases.approve")
    for case in files.cases:
        for row, decide, again, name in (
            (files.newest(Assessment, case), "decide_assessment", "assess", _("Assessment waits for approval")),
            (_plan(files, case), "decide_plan", "plan", _("Plan waits for approval")),
        ):
            if row is None or row.state == "draft":
                continue
            sent_back = row.state == "rejected"
            yield Due(
                subject=case,
                start_at=row.occurred_at,
                due_at=row.occurred_at + DECIDE_WITHIN,
                done_at=row.approved_at,
                url=page_of(again, case) if sent_back else link(f"cases:{decide}", row.pk) if decides else "",
                action=_("Answer the supervisor") if sent_back else _("Read and decide"),
                what=_("Sent back by the supervisor") if sent_back else name,
                waits_for="owner" if sent_back else "supervisor",
            )


@standard("CM-16", what=_("Follow-up contact"), source=TIMES)
def contact_kept(files: Files) -> Iterator[Due]:
    """Contact is kept as often as the risk level asks; a screening, an assessment and an agreement are contacts too."""
    for case in files.cases:
        allowed = files.limit("follow_up_contact", case)
        if allowed is None:
            continue
        plan, found = _plan(files, case), _assessment(files, case)
        contacts = [
            case.started_at,
            files.last_contact(case),
            found and found.occurred_at,
            plan and plan.agreed_at,
        ]
        last = max(moment for moment in contacts if moment)
        yield Due(
            subject=case,
            start_at=last,
            due_at=last + allowed,
            url=page_of("follow_up", case),
            action=_("Record the contact"),
        )


@standard("CM-17", what=_("Plan review"), source=TIMES)
def plan_reviewed(files: Files) -> Iterator[Due]:
    """An agreed plan is reviewed as often as the risk level asks, at least every three months."""
    for case in files.cases:
        plan = _plan(files, case)
        allowed = files.limit("plan_review", case)
        if plan and plan.agreed_at and allowed:
            last = plan.reviewed_at or plan.agreed_at
            yield Due(
                subject=case,
                start_at=last,
                due_at=last + allowed,
                url=page_of("follow_up", case),
                action=_("Review the plan"),
            )


def closure_of(files: Files, case: Case) -> Closure | None:
    """The newest request to close the case in its present course."""
    rows = [row for row in files.of(Closure, case) if row.occurred_at >= case.started_at]
    return rows[-1] if rows else None
