"""The pages of communities: places, what matters there, meetings, how neighbours chose, and the project."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.communities import actions, forms
from compass.communities.models import Meeting, Option, Place, Profile, Project
from compass.ui.charts import Bar
from compass.ui.compare import is_stale, renew
from compass.ui.words import day
from compass.vocabulary import code_list

PER_PAGE = 100


@require_http_methods(["GET"])
@page("communities.read")
def places(request: HttpRequest, work: Work) -> HttpResponseBase:
    rows = work.allowed("communities.view", Place).order_by("area", "name")[:PER_PAGE]
    projects = work.allowed("communities.view", Project).select_related("place").order_by("-status_since")[:PER_PAGE]
    return TemplateResponse(
        request,
        "communities/list.html",
        {
            "places": rows,
            "projects": [(p, _title(work, p)) for p in projects],
            "may_edit": work.may("communities.edit"),
        },
    )


def _title(work: Work, project: Project) -> str:
    return actions.opened(work, project, "words_sealed").get("title", "")


@require_http_methods(["GET", "POST"])
@page("communities.place")
def new_place(request: HttpRequest, work: Work) -> HttpResponseBase:
    work.demand("communities.edit")
    form = forms.PlaceForm(request.POST or None, country=work.actor.organisation.country)
    if form.is_valid():
        with work.attempt(form):
            return redirect("communities:place", pk=actions.add_places(work, [form.command()])[0].pk)
    return _form_page(request, form, _("A new place"), _("A village, a quarter or a town where people return."))


def _form_page(
    request: HttpRequest, form: Any, title: str, lead: str, template: str = "communities/form.html", **context: Any
) -> HttpResponseBase:
    return TemplateResponse(request, template, {"form": form, "title": title, "lead": lead, **context})


@require_http_methods(["GET"])
@page("communities.read")
def place(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """One place: the newest profile, its meetings with how many came, its projects."""
    found = work.find("communities.view", Place, pk)
    work.keys.load([found.pk])
    meetings = (
        Meeting.objects.filter(place=found)
        .annotate(came=Sum("attendance__number"))
        .order_by("-held_on", "-recorded_at", "-id")
    )
    projects = Project.objects.filter(place=found).order_by("-status_since")
    newest = _newest_profile(found)
    return TemplateResponse(
        request,
        "communities/place.html",
        {
            "place": found,
            "profile": newest,
            "summary": actions.opened(work, newest, "words_sealed").get("summary") if newest else "",
            "meetings": meetings,
            "projects": [(p, _title(work, p)) for p in projects],
            "may_edit": work.may("communities.edit"),
        },
    )


@require_http_methods(["GET", "POST"])
@page("communities.profile")
def profile(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """Write the next profile, beginning with the newest one; the day on which people agreed is asked anew."""
    found = work.find("communities.edit", Place, pk)
    saved = _profile_said(work, found)
    form = forms.ProfileForm(request.POST or None, initial={"version": found.version, **saved, "validated_on": None})
    if form.is_valid():
        with work.attempt(form):
            actions.add_profiles(work, [form.command(found.pk)])
            return redirect("communities:place", pk=found.pk)
    return _form_page(
        request,
        form,
        _("Profile of the place"),
        _("What people there say, not what we think."),
        place=found,
        compared=_compared(form, found, saved),
    )


def _profile_said(work: Work, place: Place) -> dict[str, Any]:
    """The newest profile of a place by the fields of its form; empty when there is none."""
    row = _newest_profile(place)
    if row is None:
        return {}
    names = ("period_from", "period_to", "residents", "returnees", "validated_on")
    ranked = dict(zip(("first", "second", "third"), [*row.priorities, "", "", ""], strict=False))
    words = actions.opened(work, row, "words_sealed")
    return {**{name: getattr(row, name) for name in names}, **ranked, "account": words.get("summary", "")}


def _newest_profile(place: Place) -> Profile | None:
    return Profile.objects.filter(place=place).order_by("-period_to", "-recorded_at", "-id").first()


def _compared(form: forms.CommunityForm, row: Place | Project, saved: dict[str, Any]) -> list[dict[str, Any]]:
    """Both versions when a colleague saved meanwhile, and then the next save replaces theirs; else nothing."""
    if not is_stale(form):
        return []
    renew(form, version=row.version)
    return form.beside(saved)


@require_http_methods(["GET", "POST"])
@page("communities.meeting")
def meeting(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("communities.edit", Place, pk)
    form = forms.MeetingForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            held = actions.record_meetings(work, [form.command(found.pk)])[0]
            return redirect("communities:option", pk=held.pk)
    return _form_page(
        request,
        form,
        _("A meeting"),
        _("How many came. Empty means nobody of that group."),
        "communities/meeting.html",
        place=found,
    )


def _options(work: Work, held: Meeting) -> list[tuple[Option, str]]:
    rows = sorted(Option.objects.filter(meeting=held), key=lambda o: (-o.votes, o.recorded_at, o.pk))
    return [(row, actions.opened(work, row, "title_sealed").get("title", "")) for row in rows]


def _bars(rows: list[tuple[Option, str]]) -> list[Bar]:
    return [Bar(label=title, value=row.votes) for row, title in rows]


def _note(held: Meeting) -> str:
    return _("Counted: %(day)s, by show of hands at the meeting. Source: record of the meeting.") % {
        "day": day(held.held_on)
    }


@require_http_methods(["GET", "POST"])
@page("communities.option")
def option(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """Add what was proposed in a meeting, one by one, with the hands counted."""
    held = work.find("communities.edit", Meeting, pk)
    form = forms.OptionForm(request.POST or None, there=actions.present([held])[held.pk])
    if form.is_valid():
        with work.attempt(form):
            actions.count_options(work, [form.command(held.pk)])
            return redirect("communities:option", pk=held.pk)
    rows = _options(work, held)
    return _form_page(
        request,
        form,
        _("What was proposed"),
        _("One proposal at a time, with the hands counted for it."),
        "communities/option.html",
        meeting=held,
        options=rows,
        bars=_bars(rows),
        note=_note(held),
    )


@require_http_methods(["GET", "POST"])
@page("communities.choose")
def choose(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    held = work.find("communities.edit", Meeting, pk)
    rows = _options(work, held)
    choices = [
        (
            str(row.pk),
            _("%(title)s: %(votes)s")
            % {
                "title": title,
                "votes": ngettext("%(number)d vote", "%(number)d votes", row.votes) % {"number": row.votes},
            },
        )
        for row, title in rows
    ]
    form = forms.ChooseForm(request.POST or None, options=choices)
    if form.is_valid():
        with work.attempt(form):
            return redirect("communities:project", pk=actions.choose_projects(work, [form.command()])[0].pk)
    return _form_page(
        request,
        form,
        _("What the community chose"),
        _("The people of the place choose. You write it down."),
        "communities/choose.html",
        meeting=held,
        options=rows,
        bars=_bars(rows),
        note=_note(held),
    )


def _asked(rules: list[str]) -> list[tuple[str, str]]:
    return [(rule, str(actions.ASKS[rule])) for rule in rules]


@require_http_methods(["GET"])
@page("communities.read")
def project(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    """One project: how it was chosen, who takes part, what protects others, where it stands."""
    found = work.find("communities.view", Project, pk)
    chosen = Option.objects.select_related("meeting").get(pk=found.option_id)
    rows = _options(work, chosen.meeting)
    return TemplateResponse(
        request,
        "communities/project.html",
        {
            "project": found,
            "place": Place.objects.get(pk=found.place_id),
            "words": actions.opened(work, found, "words_sealed"),
            "safeguards": actions.opened(work, found, "safeguards_sealed"),
            "bars": _bars(rows),
            "note": _note(chosen.meeting),
            "option": chosen,
            "open": _asked(actions.unmet(work, found)),
            "order": code_list("project_status").require(found.status).extra["order"],
            "may_edit": work.may("communities.edit"),
            "may_approve": work.may("communities.approve"),
            "next": actions.NEXT.get(found.status, ()),
            "total": found.returnees + found.neighbours,
        },
    )


@require_http_methods(["GET", "POST"])
@page("communities.secure")
def safeguards(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("communities.edit", Project, pk)
    words = actions.opened(work, found, "safeguards_sealed")
    names = ("screened_on", "returnees", "neighbours", "women")
    saved = {**{name: getattr(found, name) for name in names}, **words} if words else {}
    form = forms.SafeguardsForm(request.POST or None, initial={"version": found.version, **saved})
    if form.is_valid():
        with work.attempt(form):
            actions.secure_projects(work, [form.command(found.pk)])
            return redirect("communities:project", pk=found.pk)
    return _form_page(
        request,
        form,
        _("Who takes part, and what protects others"),
        "",
        project=found,
        compared=_compared(form, found, saved),
    )


@require_http_methods(["GET", "POST"])
@page("communities.approve")
def approve(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("communities.approve", Project, pk)
    form = forms.MoveForm(request.POST or None, initial={"version": found.version}, states=("approved",))
    if form.is_valid():
        with work.attempt(form):
            actions.approve_projects(work, [form.command(found.pk)])
            return redirect("communities:project", pk=found.pk)
    return _form_page(
        request,
        form,
        _("Approve the project"),
        _("Someone who neither chose nor prepared it decides."),
        "communities/approve.html",
        project=found,
        open=_asked(actions.unmet(work, found)),
        safeguards=actions.opened(work, found, "safeguards_sealed"),
        compared=_compared(form, found, {"to": found.status}),
    )


@require_http_methods(["GET", "POST"])
@page("communities.advance")
def advance(request: HttpRequest, work: Work, pk: UUID) -> HttpResponseBase:
    found = work.find("communities.edit", Project, pk)
    # What a colleague moved meanwhile is told as such, not as a choice that does not exist.
    every = tuple(dict.fromkeys(state for states in actions.NEXT.values() for state in states))
    follows = actions.NEXT.get(found.status, ())
    form = forms.MoveForm(
        request.POST or None,
        initial={"version": found.version},
        states=every if request.method == "POST" else follows,
    )
    if form.is_valid():
        with work.attempt(form):
            actions.advance_projects(work, [form.command(found.pk)])
            return redirect("communities:project", pk=found.pk)
    compared = _compared(form, found, {"to": found.status})
    form.offer_states(follows)
    return _form_page(request, form, _("Where the project stands"), "", project=found, compared=compared)
