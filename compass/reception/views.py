"""The arrival list, the first step of an intake, group activities."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries as people
from compass.people.forms import RevealForm
from compass.people.models import Person
from compass.people.views.common import STEPS
from compass.problems import NotFound
from compass.reception import queries
from compass.reception.actions import (
    add_activities,
    add_groups,
    correct_attendance,
    mark_attendance,
    mark_left,
    put_back,
    register_arrivals,
    still_here,
)
from compass.reception.forms import (
    ActivityForm,
    AttendanceForm,
    GroupForm,
    LeftForm,
    NotThereForm,
    PutBackForm,
    StartForm,
    ThereForm,
)
from compass.reception.models import Activity, Arrival, Attendance

#: How many people of an activity's list are on one page.
PER_PAGE = 24


@require_http_methods(["GET", "POST"])
@page("reception.arrivals")
def arrivals(request: HttpRequest, work: Work) -> HttpResponse:
    """Who waits, urgent first; who must still be asked for consent; a form for the next group."""
    work.demand("reception.view")
    form = GroupForm(request.POST or None, centres=queries.centres(work), country=work.actor.organisation.country)
    if form.is_valid():
        with work.attempt(form):
            add_groups(work, [form.command()])
            count = form.cleaned_data["people"]
            text = ngettext("%(count)d person is on the list.", "%(count)d people are on the list.", count) % {
                "count": count
            }
            messages.success(request, text)
            return redirect("reception:arrivals")
    due = people.consent_due(work) if work.may("people.consent") else []
    groups = queries.arrival_list(work)
    work.saw([*due, *(place.person for row in groups for place in row.taken if place.person)])
    return TemplateResponse(
        request,
        "reception/arrivals.html",
        {
            "form": form,
            "groups": groups,
            "due": due,
            "registers": work.may("reception.register"),
        },
    )


@require_http_methods(["GET", "POST"])
@page("reception.register")
def register(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Step 1: about how old, which language. From then on the place on the list is a person with a code."""
    place = work.find("reception.register", Arrival, pk)
    if place.status == "registered" and request.method == "GET":
        return redirect("people:person", pk=place.person_id)
    form = StartForm(
        request.POST or None,
        initial={"language": place.group.language},
        country=work.actor.organisation.country,
    )
    if form.is_valid():
        with work.attempt(form):
            (done,) = register_arrivals(work, [form.command(place)])
            return redirect(reverse("people:consent", args=[done.person_id]) + "?intake")
    taken = _taken(work, place)
    compared = form.beside(taken) if taken is not None and form.problem else []
    return TemplateResponse(
        request,
        "reception/register.html",
        {"place": place, "form": form, "step": 1, "steps": STEPS, "taken": taken, "compared": compared},
    )


def _taken(work: Work, place: Arrival) -> Person | None:
    """The person a colleague registered from this place meanwhile, where this colleague may see them."""
    person = work.allowed("reception.register", Person).filter(pk=place.person_id).first() if place.person_id else None
    if person is not None:
        work.saw([person])
    return person


@require_http_methods(["GET", "POST"])
@page("reception.left")
def left(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Someone went on without registering."""
    place = work.find("reception.arrive", Arrival, pk)
    form = LeftForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            mark_left(work, [form.command(place)])
            return redirect("reception:arrivals")
    return TemplateResponse(
        request, "reception/left.html", {"place": place, "form": form, "taken": _taken(work, place)}
    )


@require_http_methods(["GET", "POST"])
@page("reception.back")
def back(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """A place was taken by mistake: it goes back on the list, with a reason that stays."""
    place = work.find("reception.arrive", Arrival, pk)
    if place.status == "registered":
        work.demand("reception.register")
        still_here(work, place)
    if place.status == "waiting" and request.method == "GET":
        return redirect("reception:arrivals")
    form = PutBackForm(request.POST or None, place=place, beside=queries.still_waiting(work, place.group_id))
    if form.is_valid():
        with work.attempt(form):
            put_back(work, [form.command(place)])
            messages.success(request, _("Number %(number)s waits again.") % {"number": place.number})
            return redirect("reception:arrivals")
    return TemplateResponse(
        request, "reception/back.html", {"place": place, "form": form, "taken": _taken(work, place)}
    )


@require_http_methods(["GET", "POST"])
@page("reception.activities")
def activities(request: HttpRequest, work: Work) -> HttpResponse:
    """What the centre did with groups, and a form for the next."""
    work.demand("reception.view")
    today = work.today
    form = ActivityForm(request.POST or None, centres=queries.centres(work), initial={"held_on": today})
    if form.is_valid():
        with work.attempt(form):
            (made,) = add_activities(work, [form.command()])
            return redirect("reception:activity", pk=made.pk)
    return TemplateResponse(
        request, "reception/activities.html", {"form": form, "activities": queries.activities(work)}
    )


@require_http_methods(["GET", "POST"])
@page("reception.activity")
def activity(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Who was there: tick codes of those who are at the centre, or write one; each receives the service once."""
    held = work.find("reception.attendance", Activity, pk)
    marked = queries.attended(work, held)
    wrong = queries.corrected(work, held)
    meant = queries.audience(held)
    there = ThereForm(request.GET, groups=queries.groups_there(work, held), narrowed=meant is not None)
    shown, more = _listed(work, held, there, request.GET.get("after", ""))
    done = {row.person_id for row in marked}
    offered = [person for person in shown if person.pk not in done]
    if request.method == "POST":
        # What was ticked stays a choice, also when the list shows others by now or someone else marked them.
        offered += _ticked(work, request.POST.getlist("present"), beside=offered)
    work.saw([*shown, *offered, *marked, *wrong])
    asked = "reveal" in request.POST
    # The reason shares a form with the list, so that what was ticked is kept; only its own button demands it.
    reveal = RevealForm(request.POST if asked else None, use_required_attribute=False)
    names: dict[UUID, str] = {}
    if asked and reveal.is_valid():
        # Only who is on the list or marked: what was ticked came from the browser, and could be anybody of the office.
        listed = {person.pk: person for person in (*shown, *(row.person for row in marked))}
        names = people.reveal_names(work, list(listed.values()), reveal.cleaned_data["reason"])
    form = AttendanceForm(None if asked else request.POST or None, people=offered, work=work, names=names)
    if asked:
        form.initial = {"present": request.POST.getlist("present"), "codes": request.POST.get("codes", "")}
    if form.is_valid():
        with work.attempt(form):
            told = form.commands(held)
            mark_attendance(work, told)
            text = ngettext(
                "%(count)d person is marked as present.", "%(count)d people are marked as present.", len(told)
            )
            messages.success(request, text % {"count": len(told)})
            query = request.GET.copy()
            if "next" in request.POST and more:
                query["after"] = str(more)
            return redirect(f"{request.path}?{query.urlencode()}" if query else request.path)
    return TemplateResponse(
        request,
        "reception/activity.html",
        {
            "activity": held,
            "marked": [(row, names.get(row.person_id, "")) for row in marked],
            "corrections": wrong,
            "reveal": reveal,
            "names": bool(names),
            "revealed": asked and reveal.is_valid(),
            "form": form,
            "there": there,
            "audience": None if meant is None or there.cleaned_data.get("everyone") else meant.words,
            "shown": shown,
            "more": more,
            "later": "after" in request.GET,
        },
    )


@require_http_methods(["GET", "POST"])
@page("reception.not_there")
def not_there(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Someone was ticked by mistake: they were not there, with a reason that stays."""
    row = work.find("reception.attendance", Attendance, pk)
    if row.activity_id is None:
        raise NotFound
    held = work.find("reception.view", Activity, row.activity_id)
    if row.status == "absent" and request.method == "GET":
        return redirect("reception:activity", pk=held.pk)
    form = NotThereForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            correct_attendance(work, [form.command(row)])
            messages.success(request, _("%(code)s is no longer marked as present.") % {"code": row.person.code})
            return redirect("reception:activity", pk=held.pk)
    return TemplateResponse(request, "reception/not_there.html", {"row": row, "activity": held, "form": form})


def _listed(work: Work, held: Activity, there: ThereForm, behind: str) -> tuple[list[Person], UUID | None]:
    """A page of those who could have been there, and the last one on it when more follow."""
    told = there.cleaned_data if there.is_valid() else {}
    rows = queries.present(
        work, held, group=UUID(told["group"]) if told.get("group") else None, everyone=bool(told.get("everyone"))
    )
    found = list(queries.after(rows, _uuid(behind))[: PER_PAGE + 1])
    return found[:PER_PAGE], found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None


def _ticked(work: Work, values: list[str], *, beside: list[Person]) -> list[Person]:
    wanted = {pk for value in values if (pk := _uuid(value))} - {person.pk for person in beside}
    return list(work.allowed("reception.attendance", Person).filter(pk__in=wanted)) if wanted else []


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
