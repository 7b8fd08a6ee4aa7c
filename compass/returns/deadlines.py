"""The rules of a return that run against time, as minimum standards on the case of whoever asked to return.

What must hold at a step is a guard of `machine`; here is what the calendar asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.cases.decisions import Waiting
from compass.cases.files import Files
from compass.cases.models import Case
from compass.cases.models.case import OPEN as OPEN_CASES
from compass.cases.standards import Due, link, standard
from compass.returns.machine import BEFORE_TRAVEL, answered
from compass.returns.models import Declaration, Eligibility, Preparation, Return
from compass.returns.queries import not_received, reviews_of, seen_off_elsewhere, stayed_elsewhere

RULES = "COMPASS domain specification, return and reintegration, section 2.7"
#: Provisional: no source sets a time for a second person's decision (as for CM-15).
DECIDE_WITHIN = timedelta(hours=72)
#: R-DEP-1: after that many days without a word about the arrival, departure is asked about.
ARRIVAL_WITHIN = timedelta(days=30)
PER_PAGE = 40


def beginning(day: date) -> datetime:
    """The first moment of a day where the office is."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _returns(files: Files, *states: str) -> Iterator[tuple[Case, Return]]:
    """The newest return of each person that is in one of these states."""
    for case in files.cases:
        found = [row for row in files.about(Return, case) if row.state in states]
        if found:
            yield case, found[-1]


@standard("R-VOL-1", what=_("The declaration runs out before travel: ask again"), source=RULES)
def declared_in_time(files: Files) -> Iterator[Due]:
    """Until travel the declaration of whoever asked is in force; it holds for 90 days (2.6)."""
    for case, avr in _returns(files, *BEFORE_TRAVEL):
        made = [row for row in files.about(Declaration, case) if row.avr_id == avr.pk and row.round == avr.round]
        if made:
            yield Due(
                subject=case,
                start_at=made[-1].occurred_at,
                due_at=beginning(made[-1].valid_until + timedelta(days=1)),
                url=link("returns:show", avr.pk),
                action=_("Open the return"),
            )


def _newest(rows: Iterable[Eligibility], avr: Return) -> list[Eligibility]:
    return list({row.criterion: row for row in rows if row.avr_id == avr.pk and row.round == avr.round}.values())


@standard("R-ELI-2", what=_("The return waits for a second person’s decision"), source=RULES)
def decided_by_another(files: Files) -> Iterator[Due]:
    """A return whose eligibility is answered is decided by someone who took no part in it."""
    decides = files.work.may("returns.approve")
    for case, avr in _returns(files, "eligibility_review"):
        if answered(_newest(files.about(Eligibility, case), avr)):
            yield Due(
                subject=case,
                start_at=avr.state_since,
                due_at=avr.state_since + DECIDE_WITHIN,
                url=link("returns:decision" if decides else "returns:show", avr.pk),
                action=_("Read and decide") if decides else _("Open the return"),
                waits_for="supervisor",
            )


@standard("R-NOT-1", what=_("Tell the receiving office before departure"), source=RULES)
def receiver_told(files: Files) -> Iterator[Due]:
    """Once a day of travel is set, the receiving office is told before that day, and one of COMPASS has taken over."""
    for case, avr in _returns(files, "pre_return", "ready_to_travel"):
        ready = [row for row in files.about(Preparation, case) if row.avr_id == avr.pk and row.round == avr.round]
        if ready:
            told = ready[-1].receiving_told_on
            waits = avr.pk in files.once(not_received)
            yield Due(
                subject=case,
                start_at=ready[-1].occurred_at,
                due_at=beginning(ready[-1].travel_on),
                done_at=beginning(told) if told and not waits else None,
                url=link("returns:show" if told else "returns:preparation", avr.pk),
                action=_("Open the return") if told else _("Prepare the journey"),
            )


@standard(
    "COMPASS-TRAVEL",
    what=_("The day of travel has come: say whether they left"),
    source="COMPASS design, provisional: no source sets a time; the day after the day of travel",
)
def travel_settled(files: Files) -> Iterator[Due]:
    """From the day of travel on it is recorded that they left, that they did not, or another day. Once the office that
    was to see them off says that they stayed, the office at home goes on with them."""
    for case, avr in _returns(files, "ready_to_travel"):
        ready = [row for row in files.about(Preparation, case) if row.avr_id == avr.pk and row.round == avr.round]
        if not ready or avr.pk in files.once(seen_off_elsewhere):
            continue
        stayed = avr.pk in files.once(stayed_elsewhere)
        if stayed or ready[-1].travel_on <= files.work.today:
            yield Due(
                subject=case,
                start_at=beginning(ready[-1].travel_on),
                due_at=beginning(ready[-1].travel_on + timedelta(days=1)),
                url=link("returns:show", avr.pk),
                action=_("Open the return"),
                what=_("They did not leave: prepare the journey anew, or record it") if stayed else "",
            )


@standard("R-DEP-1", what=_("No word of the arrival: ask whether they left"), source=RULES, severity="alert")
def arrival_confirmed(files: Files) -> Iterator[Due]:
    """The arrival is confirmed within 30 days of the departure."""
    for case, avr in _returns(files, "in_travel", "ready_to_travel"):
        seen_off = files.once(seen_off_elsewhere).get(avr.pk) if avr.state == "ready_to_travel" else None
        if left := avr.departed_on or seen_off:
            yield Due(
                subject=case,
                start_at=beginning(left),
                due_at=beginning(left) + ARRIVAL_WITHIN,
                url=link("returns:arrival", avr.pk),
                action=_("Confirm the arrival"),
            )


def waiting_decisions(work: Work) -> list[Waiting]:
    """The returns of the reader's offices that wait for a second person, for the page of the team."""
    if not work.may("returns.approve"):
        return []
    rows = list(
        work.allowed("returns.approve", Return).filter(state="eligibility_review").order_by("state_since")[:PER_PAGE]
    )
    if not rows:
        return []
    reviews = reviews_of(rows)
    cases = Case.objects.filter(
        person__in=[row.person_id for row in rows], organisation_id__in=work.actor.organisations, status__in=OPEN_CASES
    )
    risks = dict(cases.values_list("person_id", "risk_level"))
    return [
        Waiting(
            subject=row,
            risk=risks.get(row.person_id, ""),
            asked=gettext("Return"),
            by=max(reviews[row.pk].eligibility, key=lambda each: each.recorded_at).recorded_by,
            since=row.state_since,
            mine=work.actor.id in reviews[row.pk].took_part,
            url=link("returns:decision", row.pk),
            standard="R-ELI-2",
        )
        for row in rows
        if answered(reviews[row.pk].eligibility)
    ]
