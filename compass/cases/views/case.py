"""The page of a case: who (by code), how urgent, what is due by which standard, one next action, the route."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases import chapters, screening, standards
from compass.cases.files import Files
from compass.cases.models import (
    Assessment,
    Case,
    Closure,
    FollowUp,
    Goal,
    Plan,
    PlanAction,
    Reopening,
    RiskChange,
    Screening,
)
from compass.cases.standards import Item, link
from compass.cases.standards.referral import after_closure
from compass.cases.views.common import find_case, reveal
from compass.people import consent, queries
from compass.people.models import Consent
from compass.people.named import named_in
from compass.people.retention import kept_until
from compass.problems.words import in_a_row
from compass.ui import words
from compass.vocabulary import label_of

#: Answers of a consent after which case management rests on vital interest alone.
STOPS = frozenset({"withdrawn", "refused", "child_refused", "expired"})
#: Screenings of one colleague that follow each other so soon are steps of one; provisional.
SITTING = timedelta(hours=2)


@require_http_methods(["GET", "POST"])
@page("cases.case")
def case(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """One case. POST opens its sealed texts after a reason."""
    found, files = find_case(work, pk)
    opened = reveal(request, work, found)
    items = list(standards.moments(files, done=True)) if found.is_open else after_closure(files)
    waiting = sorted((item for item in items if item.due.done_at is None), key=lambda item: item.due.due_at)
    mine = [item for item in waiting if item.due.waits_for == "owner"]
    plan = next((row for row in reversed(files.of(Plan, found)) if row.superseded_at is None), None)
    written = chapters.of(files, found)
    given = files.consent(found)
    about = files.about(Consent, found)
    answer = consent.answer(about[-1] if about else None, consent.HELP, work.today)
    late = [item for item in waiting if item.due.due_at < work.now]
    open_ids = {item.standard.id for item in waiting}
    met = sorted(
        {item.standard.id: item.standard for item in items if item.standard.id not in open_ids}.values(),
        key=lambda each: each.id,
    )
    context = {
        **opened,
        "case": found, "person": found.person, "reach": queries.reach_of(work, found.person),
        "now": work.now, "consent": given,
        "stopped": answer.reason if found.is_open and answer.reason in STOPS else "",
        "stopped_at": about[-1].withdrawn_at or about[-1].occurred_at if about else None,
        "ended_on": about[-1].expires_on if about else None,
        "no": [scope for scope, yes in (given.scopes if given else {}).items() if not yes],
        "named": named_in(consent.last_word(about)),
        "next": mine[0] if mine else None, "waiting": waiting, "late": len(late), "met": met,
        "route": route(files, found, waiting, written), "assessment": files.newest(Assessment, found), "plan": plan,
        "needs": needs(files, found, plan), "goals": goals(files, found, plan), "chapters": written,
        "closure": files.newest(Closure, found), "may_approve": work.may("cases.approve"),
        "screen_url": link("cases:screen", found.person_id),
        "kept_until": None if found.is_open else kept_until(found.person_id),
        "person_url": link("people:person", found.person_id),
        "consent_url": link("people:consent", found.person_id),
        "panels": [(*chapter.panel, chapter.way) for _label, chapter in written if chapter.panel],
    }  # fmt: skip
    return TemplateResponse(request, "cases/case.html", context)


def needs(files: Files, found: Case, plan: Plan | None) -> list[dict[str, Any]]:
    """The needs of the newest assessment, the severe ones first, each with its answer; `waits`: in a plan to be decided."""
    newest = files.newest(Assessment, found)
    if newest is None:
        return []
    aimed = {goal.domain: goal for goal in files.of(Goal, found) if plan and goal.plan_id == plan.pk}
    order = {"unmet_severe": 0, "unmet_moderate": 1, "unknown": 2, "met": 3, "none": 4}
    kinds = {"unmet_severe": "bad", "unmet_moderate": "due", "met": "good"}
    return [
        {"domain": domain, "level": level, "kind": kinds.get(level, ""), "goal": aimed.get(domain),
         "unanswered": plan.unanswered.get(domain, "") if plan else "",
         "waits": plan is not None and plan.state in ("draft", "requested")}
        for domain, level in sorted(newest.needs.items(), key=lambda each: order.get(each[1], 5))
    ]  # fmt: skip


def goals(files: Files, found: Case, plan: Plan | None) -> list[dict[str, Any]]:
    """The goals of the plan in force with their steps."""
    if plan is None:
        return []
    steps = files.of(PlanAction, found)
    made = []
    for goal in files.of(Goal, found):
        if goal.plan_id == plan.pk:
            own = [step for step in steps if step.goal_id == goal.pk]
            done = sum(step.status == "delivered" for step in own)
            made.append({"goal": goal, "steps": own, "done": done, "all": len(own)})
    return made


def route(
    files: Files, found: Case, waiting: list[Item], written: list[tuple[Any, chapters.Chapter]]
) -> list[dict[str, Any]]:
    """What happened, in time, then what is due."""
    past: list[dict[str, Any]] = [{"title": title, "note": note, "at": at} for at, title, note in _events(files, found)]
    for _label, chapter in written:
        past += [dict(step) for step in chapter.steps if step.get("state") not in ("ahead", "now", "late")]
    past.sort(key=lambda step: step["at"])
    for step in past:
        step.setdefault("note", "")
        step["note"] = f"{words.day(step['at'])} · {step['note']}" if step["note"] else words.day(step["at"])
    ahead: list[dict[str, Any]] = [
        {
            "title": item.what, "std": item.standard.id, "due_at": item.due.due_at, "url": item.due.url,
            "state": "late" if item.due.due_at < files.now else "ahead",
        }
        for item in waiting
    ]  # fmt: skip
    for _label, chapter in written:
        ahead += [dict(step) for step in chapter.steps if step.get("state") in ("ahead", "now", "late")]
    return past + ahead


Event = tuple[datetime, str, str]


def _events(files: Files, found: Case) -> Iterator[Event]:
    yield found.opened_at, _("Case opened"), label_of("identification_source", found.identification_source)
    for given in files.about(Consent, found):
        yield given.occurred_at, _("Consent"), ""
    yield from _screened(files.about(Screening, found))
    for change in files.of(RiskChange, found):
        yield change.occurred_at, _("Risk set"), label_of("risk_level", change.level)
    for assessment in files.of(Assessment, found):
        yield assessment.occurred_at, _("Assessment written"), ""
        yield from _decided(assessment, _("Assessment approved"))
    for plan in files.of(Plan, found):
        if plan.agreed_at:
            yield plan.agreed_at, _("Plan agreed with the person"), ""
        yield from _decided(plan, _("Plan approved"))
    for contact in files.of(FollowUp, found):
        title = _("Contact") if contact.reached else _("Attempt, not reached")
        yield contact.occurred_at, title, label_of("followup_channel", contact.channel)
    for closure in files.of(Closure, found):
        yield closure.occurred_at, _("Closure asked for"), label_of("closure_reason", closure.reason)
        yield from _decided(closure, _("Closure approved, the case is closed"))
    for again in files.of(Reopening, found):
        yield again.occurred_at, _("Opened again"), ""


def _screened(rows: list[Screening]) -> Iterator[Event]:
    """One line for each screening. An urgent yes that was kept before the rest was asked is a line of its own, once, however
    often the first step was sent again in the same sitting."""
    before: Screening | None = None
    for at, row in enumerate(rows):
        later = rows[at + 1] if at + 1 < len(rows) else None
        if later is None or not (row.medical_now or row.danger_now) or not _one_sitting(row, later):
            yield row.occurred_at, _("Screened"), in_a_row(label_of("screening_result", code) for code in row.results)
        elif before is None or not _one_sitting(before, row) or _urgent(before) != _urgent(row):
            said = [str(each.because) for each in screening.URGENT if getattr(row, each.code)]
            yield row.occurred_at, _("Urgent answer recorded"), " ".join(said)
        before = row


def _one_sitting(row: Screening, later: Screening) -> bool:
    return row.recorded_by == later.recorded_by and later.recorded_at - row.recorded_at <= SITTING


def _urgent(row: Screening) -> tuple[bool, bool]:
    return row.medical_now, row.danger_now


def _decided(row: Assessment | Plan | Closure, title: str) -> Iterator[Event]:
    if row.state == "approved" and row.approved_at:
        yield row.approved_at, title, _("by a second person")
