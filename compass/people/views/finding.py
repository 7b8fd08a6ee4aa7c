"""Finding a person again, comparing a record that was just written with the office's others, and who watches over both."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from compass.access.openings import PEOPLE_A_DAY
from compass.access.pages import page
from compass.access.work import Command, Work
from compass.people.actions import compare_person, judge, look_beside, search_people
from compass.people.forms import FindForm, SameForm
from compass.people.models import Person
from compass.people.searching import limits
from compass.people.searching.finding import Candidate, Found
from compass.people.searching.ranking import CLOSE, EXACT, POSSIBLE
from compass.people.searching.review import unusual
from compass.people.views.common import side_by_side, step_to
from compass.problems import SearchedTooOften

#: The steps of an intake that may follow a comparison.
THEN = frozenset({"contact", "household", "person"})


@require_http_methods(["GET", "POST"])
@page("people.find")
def find(request: HttpRequest, work: Work) -> HttpResponse:
    """Find a person of the own office by two attributes; results are codes, most alike first."""
    work.demand("people.search")
    form = FindForm(request.POST or None)
    found: Found | None = None
    if form.is_valid():
        with work.attempt(form):
            found = search_people(work, form.command(), form.record)
    shown = found.candidates[: limits.MOST_SHOWN] if found else ()
    return TemplateResponse(
        request,
        "people/find.html",
        {
            "form": form,
            "found": found,
            "shown": [{"person": each.person, "alike": _in_words(each)} for each in shown],
            "more": len(found.candidates) - len(shown) if found else 0,
            "most": limits.SEARCHES_AN_HOUR,
        },
    )


def _in_words(each: Candidate) -> str:
    words = {EXACT: _("Agrees exactly"), CLOSE: _("Agrees closely"), POSSIBLE: _("May agree")}
    return words[each.likeness.word]


def after_writing(work: Work, request: HttpRequest, person: Person, command: Command, then: str) -> HttpResponse | None:
    """The page on which a record just written is compared; None when nobody of the office is like it.

    What was written stays written: too many comparisons within an hour are said, and no reason to stop an intake.
    """
    try:
        found = compare_person(work, command)
    except SearchedTooOften as problem:
        messages.warning(request, _not_compared(problem))
        return None
    if not found:
        return None
    intake = "intake&" if "intake" in request.GET else ""
    return redirect(reverse("people:same", args=[person.pk]) + f"?{intake}then={then}")


def _not_compared(problem: SearchedTooOften) -> str:
    return _("It was not compared with the others of your office: %(why)s") % {"why": problem.what}


@require_http_methods(["GET", "POST"])
@page("people.same")
def same(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """A record beside those of the own office that it may repeat, by code; each is judged once."""
    person = work.find("people.identity", Person, pk)
    asked = request.GET.get("then", "")
    then = asked if asked in THEN else "person"
    form = SameForm(request.POST or None)
    if form.is_valid():
        with work.attempt(form):
            judge(work, [form.command(person)])
            other = work.find("people.identity", Person, form.cleaned_data["other"])
            if form.cleaned_data["answer"] == "same":
                text = _("Noted: %(one)s and %(other)s are the same person. Go on with this record.")
                messages.success(request, text % {"one": person.code, "other": other.code})
                return redirect("people:person", pk=other.pk)
            told = _("Noted: not the same person as %(other)s. It will not be asked again.") % {"other": other.code}
            try:
                left = look_beside(work, person)
            except SearchedTooOften:
                left = ()
            if not left:
                return step_to(then, person, request, told)
            messages.success(request, told)
            return redirect(request.get_full_path())
    onward = reverse(f"people:{then}", args=[pk]) + ("?intake" if "intake" in request.GET else "")
    try:
        beside = look_beside(work, person)
    except SearchedTooOften as problem:
        messages.warning(request, _not_compared(problem))
        return redirect(onward)
    work.saw([each.person for each in beside])
    return TemplateResponse(
        request,
        "people/same.html",
        {
            "person": person,
            "form": form,
            "beside": [
                {"person": each.person, "rows": side_by_side(person, each.person), "form": SameForm()}
                for each in beside
            ],
            "onward": onward,
        },
    )


@require_GET
@page("people.searches")
def searches(request: HttpRequest, work: Work) -> HttpResponse:
    """Whose searching was out of the ordinary, for the supervisor and the data protection officer."""
    work.demand("people.searches")
    context = {"lines": unusual(work), "limits": limits, "opened_a_day": PEOPLE_A_DAY}
    return TemplateResponse(request, "people/searches.html", context)
