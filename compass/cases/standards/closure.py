"""The standards of closing: who decides, what was tried, what becomes of each goal, what the person was told."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from compass.cases import closing
from compass.cases.files import Files
from compass.cases.models import Case, FollowUp
from compass.cases.standards import Due, link, standard
from compass.cases.standards.minimum import DECIDE_WITHIN, RULES, closure_of, page_of


def _closure_complete(files: Files, case: Case) -> bool:
    asked = closure_of(files, case)
    return asked is not None and closing.complete(asked, case)


@standard("CM-24", what=_("Closure waits for approval"), source=RULES, at=("closure",), gate=_closure_complete)
def closure_decided(files: Files) -> Iterator[Due]:
    """A closure has a reason, a date, another approver and a new look at safety."""
    decides = files.work.may("cases.approve")
    for case in files.cases:
        asked = closure_of(files, case)
        if asked is None:
            continue
        sent_back = asked.state == "rejected"
        yield Due(
            subject=case,
            start_at=asked.occurred_at,
            due_at=asked.occurred_at + DECIDE_WITHIN,
            done_at=asked.approved_at,
            url=page_of("close", case) if sent_back else link("cases:decide_closure", asked.pk) if decides else "",
            action=_("Answer the supervisor") if sent_back else _("Read and decide"),
            what=_("Closure sent back by the supervisor") if sent_back else "",
            waits_for="owner" if sent_back else "supervisor",
        )


def _goals_settled(files: Files, case: Case) -> bool:
    aims, asked = closing.aims(files, case), closure_of(files, case)
    reached = asked is None or asked.reason != closing.GOALS_REACHED or not aims.against_reached()
    return not aims.unsaid and reached


@standard(
    "COMPASS-GOALS",
    what=_("Every goal of the plan is reached, or the closure says what becomes of it"),
    source="Inter-agency guidelines for case management and child protection 2014, step 6; Reintegration Handbook",
    severity="block",
    at=("closure",),
    gate=_goals_settled,
)
def goals_settled(files: Files) -> Iterator[Due]:
    """A closure that was asked for leaves no goal of the plan without a word."""
    for case in files.cases:
        asked = closure_of(files, case)
        if asked is not None:
            yield Due(
                subject=case,
                start_at=asked.occurred_at,
                due_at=asked.occurred_at + DECIDE_WITHIN,
                done_at=asked.occurred_at if _goals_settled(files, case) else None,
                url=page_of("close", case),
                action=_("Open the closure"),
            )


def _attempts_made(files: Files, case: Case) -> bool:
    asked = closure_of(files, case)
    if asked is None or asked.reason != "lost_contact":
        return True
    return closing.attempts(files.of(FollowUp, case)) >= closing.ATTEMPTS


@standard(
    "CM-25",
    what=_("Three attempts on different days before closing"),
    source=RULES,
    at=("closure",),
    gate=_attempts_made,
)
def attempts_made(files: Files) -> Iterator[Due]:
    """A closure for lost contact rests on three attempts on different days."""
    for case in files.cases:
        asked = closure_of(files, case)
        if asked and asked.reason == "lost_contact":
            yield Due(
                subject=case,
                start_at=asked.occurred_at,
                due_at=asked.occurred_at + DECIDE_WITHIN,
                done_at=asked.occurred_at if _attempts_made(files, case) else None,
                url=page_of("follow_up", case),
                action=_("Record an attempt"),
            )


def _told(files: Files, code: str) -> Iterator[Due]:
    for case in files.cases:
        asked = closure_of(files, case)
        if asked and asked.reason not in closing.WITHOUT_THE_PERSON:
            yield Due(
                subject=case,
                start_at=asked.occurred_at,
                due_at=asked.occurred_at + DECIDE_WITHIN,
                done_at=asked.occurred_at if code in asked.prerequisites else None,
                url=page_of("close", case),
                action=_("Open the closure"),
            )


@standard("CM-26", what=_("Tell the person how to complain"), source=RULES)
def complaint_told(files: Files) -> Iterator[Due]:
    """By closure the person was told how to complain."""
    return _told(files, "complaint_told")


@standard("CM-27", what=_("Offer the satisfaction survey"), source=RULES)
def survey_offered(files: Files) -> Iterator[Due]:
    """The satisfaction survey is offered before closure."""
    return _told(files, "survey_offered")
