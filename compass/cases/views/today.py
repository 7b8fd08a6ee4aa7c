"""The work list, the office's cases and the team."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compass.access.codes import clean_code
from compass.access.models import User
from compass.access.pages import page
from compass.access.staff import name_of
from compass.access.work import Work
from compass.cases import decisions, standards
from compass.cases.actions.case import Assignment, assign_cases
from compass.cases.actions.checks import took_part
from compass.cases.decisions import Waiting
from compass.cases.forms import AssignForm, CodeForm, FilterForm
from compass.cases.models import Assessment, Case, Closure, Plan
from compass.cases.models.case import OPEN
from compass.cases.rules import FIELD
from compass.cases.standards.care import RANK
from compass.cases.views.common import compare, find_case
from compass.people import grounds
from compass.people.models import Person
from compass.reception.queries import in_danger
from compass.vocabulary import label_of

CEILING = 25  # CPMS 2019, standard 18: open cases per case worker
WEIGHT = {"high": 2}  # a high-risk case counts twice (case-management.md 2.9, inferred)
PAGE = 40
RECENT = timedelta(hours=24)
RECENT_SHOWN = 30
WEEK_SHOWN = 20


def weighted(levels: dict[str, int]) -> int:
    """A caseload by risk level as one number against the ceiling (CM-22)."""
    return sum(count * WEIGHT.get(level, 1) for level, count in levels.items())


@require_safe
@page("cases.today")
def today(request: HttpRequest, work: Work) -> HttpResponse:
    """What is due for me, by which standard, and the one step that settles it."""
    names = [each.id for each in standards.registered() if each.due or each.queue]
    form = FilterForm(request.GET or None, standards=names)
    chosen = form.cleaned_data if form.is_valid() else {}
    listed = standards.work_list(work, risk=chosen.get("risk", ""), standard=chosen.get("standard", ""))
    work.saw({item.due.subject.pk: item.due.subject for item in (*listed.late, *listed.today, *listed.week)}.values())
    levels = Counter(case.risk_level for case in listed.cases)
    empty = not (listed.late or listed.today or listed.week)
    waiting = sum(not each.mine for each in _approvals(work)) if work.may("cases.approve") else 0
    return TemplateResponse(
        request,
        "cases/today.html",
        {
            "form": form, "filtered": any(chosen.get(name) for name in ("risk", "standard")), "list": listed,
            "week": listed.week[:WEEK_SHOWN], "more": max(0, len(listed.week) - WEEK_SHOWN), "now": work.now,
            "cases": len(listed.cases), "load": weighted(levels), "ceiling": CEILING, "today": timezone.localdate(),
            "danger": in_danger(work), "empty": empty, "waiting": waiting,
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page("cases.list")
def cases(request: HttpRequest, work: Work) -> HttpResponse:
    """The office's cases, newest first; one by its code or the person's; whom the office registered since yesterday."""
    rows = work.allowed("cases.view", Case).order_by("-opened_at", "-recorded_at", "-id")
    people = work.allowed("people.view", Person).defer("identity_sealed", "contact_sealed")
    # By POST: whoever types a name instead of a code must not leave it in an address.
    form = CodeForm(request.POST or None)
    typed = form.cleaned_data["code"] if form.is_valid() else ""
    wrong = False
    if typed:
        found = clean_code(typed)
        one = rows.filter(Q(code=found) | Q(person__code=found)).first() if found else None
        if one is not None:
            work.saw([one])
            return redirect("cases:case", pk=one.pk)
        person = people.filter(code=found).first() if found else None
        if person is not None:
            work.saw([person])
            return redirect("people:person", pk=person.pk)
        wrong = True
    if mark := _mark(request.GET.get("after", "")):
        last = rows.filter(pk=mark).first()
        if last is not None:
            before = Q(recorded_at__lt=last.recorded_at) | Q(recorded_at=last.recorded_at, id__lt=last.pk)
            rows = rows.filter(Q(opened_at__lt=last.opened_at) | Q(before, opened_at=last.opened_at))
    shown = list(rows[: PAGE + 1])
    after = shown[PAGE - 1].pk if len(shown) > PAGE else None
    # Both times: what is imported or comes late from a device was recorded now, and is not new.
    since = work.now - RECENT
    new = people.filter(recorded_at__gte=since, occurred_at__gte=since).order_by("-occurred_at", "-recorded_at", "-id")
    recent = list(new[:RECENT_SHOWN]) if "after" not in request.GET else []
    work.saw([*shown[:PAGE], *recent])
    context = {
        "form": form, "cases": shown[:PAGE], "after": after, "wrong": wrong, "first": "after" in request.GET,
        "recent": recent,
    }  # fmt: skip
    return TemplateResponse(request, "cases/list.html", context)


def _mark(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def colleagues(work: Work) -> list[User]:
    """Those who work on cases in this office."""
    return list(
        User.objects.filter(
            is_active=True, grants__role__in=FIELD, grants__organisation_id__in=work.actor.organisations,
            grants__valid_from__lte=work.now,
        )
        .filter(Q(grants__valid_to__isnull=True) | Q(grants__valid_to__gt=work.now))
        .distinct()
    )  # fmt: skip


def _approvals(work: Work) -> list[Waiting]:
    """What a second person decides: the highest risk first, then the longest waiting."""
    found = decisions.waiting(work)
    waiting: list[tuple[str, Any, Any]] = [
        ("decide_assessment", _("Assessment"), work.allowed("cases.approve", Assessment)),
        ("decide_plan", _("Case plan"), work.allowed("cases.approve", Plan).filter(superseded_at__isnull=True)),
        ("decide_closure", "", work.allowed("cases.approve", Closure)),
    ]
    for url, asked, allowed in waiting:
        rows = list(allowed.filter(state="requested").select_related("case").order_by("occurred_at")[:PAGE])
        own = took_part(work, rows, {row.pk: row.case.owner_id for row in rows})
        for row in rows:
            found.append(
                Waiting(
                    subject=row.case, risk=row.case.risk_level, by=row.recorded_by, since=row.occurred_at, standard="CM-15",
                    mine=row.pk in own,
                    url=standards.link(f"cases:{url}", row.pk),
                    asked=asked or _("Closure: %(reason)s") % {"reason": label_of("closure_reason", row.reason)},
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (not each.urgent, -RANK.get(each.risk, 0), each.since))


def _load(name: str, levels: dict[str, int]) -> dict[str, Any]:
    load = weighted(levels)
    return {
        "name": name,
        "cases": sum(levels.values()),
        "high": levels.get("high", 0),
        "load": load,
        "over": load > CEILING,
    }


@require_safe
@page("cases.team")
def team(request: HttpRequest, work: Work) -> HttpResponse:
    """What waits for a supervisor, and how much each colleague carries; by name, never ranked."""
    work.demand("cases.approve")
    people = colleagues(work)
    names = {user.pk: name_of(user) for user in people}
    counted = (
        work.allowed("cases.approve", Case).filter(status__in=OPEN).values_list("owner_id", "risk_level")
        .annotate(count=Count("pk")).order_by()
    )  # fmt: skip
    loads: dict[Any, dict[str, int]] = {}
    for owner, level, count in counted:
        loads.setdefault(owner, {})[level] = count
    unled = list(
        work.allowed("cases.approve", Case).filter(status__in=OPEN, owner_id=None).order_by("opened_at")[:PAGE]
    )
    approvals = _approvals(work)
    work.saw([*unled, *(each.subject for each in approvals)])
    choices = sorted(((str(pk), name) for pk, name in names.items()), key=lambda each: each[1])
    return TemplateResponse(
        request,
        "cases/team.html",
        {
            "approvals": [(each, names.get(each.by, "")) for each in approvals],
            "unled": [(case, AssignForm(colleagues=choices, auto_id=f"{case.pk.hex}_%s",
                                                               initial={"version": case.version})) for case in unled],
            "loads": [_load(name, loads.get(UUID(pk), {})) for pk, name in choices],
            "ceiling": CEILING, "now": work.now, "total": sum(sum(each.values()) for each in loads.values()),
            "high": sum(each.get("high", 0) for each in loads.values()),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("cases.assign")
def assign(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Give a case to a colleague."""
    case, _files = find_case(work, pk, "cases.assign")
    choices = sorted(((str(user.pk), name_of(user)) for user in colleagues(work)), key=lambda each: each[1])
    form = AssignForm(request.POST or None, colleagues=choices, initial={"version": case.version})
    grounds.ask(form, case.person, ending=True)
    if form.is_valid():
        with work.attempt(form):
            owner, legal = UUID(form.cleaned_data["owner"]), grounds.basis(work, form, case.person)
            assign_cases(work, [Assignment(**form.envelope(legal, id=pk, **form.mark()), owner_id=owner)])
            led = {"code": case.code, "name": dict(choices)[str(owner)]}
            messages.success(request, _("%(code)s is led by %(name)s from now on.") % led)
            return redirect("cases:team")
    return TemplateResponse(request, "cases/step.html", {
        "case": case, "form": form, "step": "assign",
        "compared": compare(form, lambda current: {"owner": current.owner_id}),
    })  # fmt: skip
