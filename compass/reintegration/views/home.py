"""Who came home, and the person at home: reception, the plan with its lines, interviews."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases.sealing import open_from
from compass.people.forms import RevealForm
from compass.people.models import Person
from compass.reintegration import actions, forms, scoring
from compass.reintegration.ahead import next_at_home
from compass.reintegration.deadlines import limit, plan_due, reception_due
from compass.reintegration.expectations import EXPECTATIONS
from compass.reintegration.models import Action, ArrivalHome, Interview, Plan
from compass.reintegration.queries import came_home, covers, ended, landed, words_at_home
from compass.reintegration.views.common import PER_PAGE, form_page, versions_of
from compass.returns.models import Member
from compass.ui.words import day


@require_http_methods(["GET"])
@page("reintegration.read")
def people(request: HttpRequest, work: Work) -> HttpResponseBase:
    """Who is on the way, who arrived and waits to be received, then who was received or has a plan, the newest first."""
    work.demand("reintegration.view")
    coming = list(landed(work)[:PER_PAGE])
    arrivals = work.allowed("reintegration.view", ArrivalHome).select_related("person").defer("note_sealed")
    plans = work.allowed("reintegration.view", Plan).select_related("person").defer("goals_sealed")
    rows: dict[UUID, dict[str, Any]] = {}
    for arrival in arrivals.order_by("-arrived_on")[:PER_PAGE]:
        rows.setdefault(arrival.person_id, {"person": arrival.person, "arrived_on": arrival.arrived_on})
    for made in plans.order_by("-agreed_on")[:PER_PAGE]:
        rows.setdefault(made.person_id, {"person": made.person})
    cover, days = covers([row["person"] for row in rows.values()]), came_home(rows)
    for pk, row in rows.items():
        row["cover"] = cover[pk]
        row["due_at"] = plan_due(days[pk]) if pk in days else None
    work.saw([*(avr.person for avr in coming), *(row["person"] for row in rows.values())])
    travelling = Member.objects.filter(avr__in=coming).values_list("avr_id").annotate(people=Count("pk")).order_by()
    sizes = dict(travelling)
    return TemplateResponse(
        request,
        "reintegration/list.html",
        {
            "landed": [
                (avr, sizes.get(avr.pk, 1), reception_due(avr, limit("first_response")))
                for avr in coming
                if avr.state == "arrived"
            ],
            "coming": [(avr, sizes.get(avr.pk, 1)) for avr in coming if avr.state != "arrived"],
            "rows": sorted(rows.values(), key=lambda row: row["cover"].plan is not None),
            "may_receive": work.may("reintegration.receive"),
        },
    )


@require_http_methods(["GET", "POST"])
@page("reintegration.read")
def person(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """One person: reception, plan with its lines, interviews; what is sealed after a reason was given."""
    found = work.find("reintegration.view", Person, pk)
    reveal, sealed = RevealForm(request.POST or None), []
    if request.method == "POST" and reveal.is_valid():
        work.demand("reintegration.plan")
        sealed = words_at_home(work, found)
        work.opens("reintegration.words_read", [found.pk], reason=reveal.cleaned_data["reason"])
    planned = Action.objects.filter(person=found).order_by("planned_on", "recorded_at", "id")
    lines = [(line, _what(work, line)) for line in planned]
    interviews = Interview.objects.filter(person=found).defer("answers_sealed").order_by("-held_on")
    cover = covers([found])[found.pk]
    arrivals = ArrivalHome.objects.filter(person=found).order_by("arrived_on")
    ahead = next_at_home(found.pk, cover, lines, received=bool(arrivals))
    return TemplateResponse(
        request,
        "reintegration/person.html",
        {
            "person": found,
            "next": ahead if ahead and work.may(ahead.rule) else None,
            "arrivals": arrivals,
            "plan": cover.plan if cover.planner.pk == found.pk else None,
            "cover": cover,
            "due_at": plan_due(came) if (came := came_home([found.pk]).get(found.pk)) else None,
            "lines": [(line, what, EXPECTATIONS.get(line.expectation, "")) for line, what in lines],
            "interviews": interviews,
            "first": scoring.DIMENSIONS[0],
            "adult": not found.is_child,
            "reveal": reveal,
            "sealed": sealed,
            "ended": bool(ended([found.pk])),
            "may_plan": work.may("reintegration.plan"),
            "may_receive": work.may("reintegration.receive"),
        },
    )


def _what(work: Work, line: Action) -> str:
    return str((open_from(work, line, "words_sealed") or {}).get("what", ""))


@require_http_methods(["GET", "POST"])
@page("reintegration.welcome")
def welcome(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("reintegration.receive", Person, pk)
    before = list(ArrivalHome.objects.filter(person=found).order_by("recorded_at", "id"))
    came = came_home([found.pk]).get(found.pk)
    form = forms.WelcomeForm(request.POST or None, initial={"seen": len(before)}, came=came, again=bool(before))

    def versions() -> dict[str, Any]:
        if not before:
            return {}
        last = before[-1]
        return versions_of(
            request,
            work,
            form,
            last,
            lambda read: {
                "arrived_on": last.arrived_on,
                "support": last.support,
                **read.words(last, "note_sealed", "note"),
            },
            _("Received at home"),
            seen=len(before),
        )

    lead = [_("First a bed, food, and someone to call. The rest can wait.")]
    if came is not None and not before:
        lead.append(_("Arrived on %(day)s.") % {"day": day(came)})
    return form_page(
        request,
        work,
        form,
        lambda: actions.welcome_home(work, [form.command(found.pk)]),
        "reintegration:person",
        found.pk,
        _("Reception at home"),
        " ".join(lead),
        versions=versions,
        person=found,
    )
