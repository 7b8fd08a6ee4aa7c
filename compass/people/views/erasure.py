"""Erasure on a person's own request: what it means in their language, two talks, letting it fall, a refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import (
    ErasureAsked,
    ErasureConfirmed,
    ErasureStep,
    RecordKept,
    ask_erasure,
    cancel_erasure,
    confirm_erasure,
    keep_record,
)
from compass.people.actions.erasure import delay
from compass.people.forms.erasure import ErasureAskedForm, ErasureCancelForm, ErasureConfirmForm, RecordKeptForm
from compass.people.models import ErasureRequest, Person
from compass.people.views.common import without_text
from compass.ui.forms import RecordForm
from compass.ui.words import day


def meaning(ending: str) -> list[str]:
    """What the person is told before they decide, to be read aloud; in the language that is active. `ending`: what comes
    next."""
    return [
        _("Your name, how to reach you and all that you told us are locked for ever. Nobody can open them again, nor can"
          " we."),
        _("What stays: figures that name nobody, and the list of who opened your record and when, with a number in place of"
          " your name."),
        _("Organisations that we told something about you keep what they read. We ask them to delete it; we cannot do it for"
          " them."),
        _("Copies kept against fire and theft are destroyed later. Until then nobody may open your record in them."),
        _("Your children each have a record of their own. It stays, unless it is asked for them too."),
        _("Help does not depend on this. If you come back we have to ask you everything again."),
        ending,
    ]  # fmt: skip


def _ending(work: Work, asked: ErasureRequest | None, step: str, days: int) -> str:
    """What comes after this page: another talk, the last wait, or the day on which it happens. `days`: the delay that would
    begin with the second talk."""
    if asked is not None and asked.status == "confirmed" and asked.due_at is not None:
        return _(
            "Your record is erased on %(day)s. Until then you can change your mind at any time; you need not say why, and we"
            " tell nobody."
        ) % {"day": day(asked.due_at, form="year")}
    if step == "confirm":
        return _(
            "This is our last talk about it. If you still wish it, your record is erased on %(day)s. Until then you can"
            " change your mind at any time; you need not say why, and we tell nobody."
        ) % {"day": day(work.now + timedelta(days=days), form="year")}
    return ngettext(
        "We talk about it once more on another day, alone with you. After that we wait %(days)d day. Until then you can"
        " change your mind at any time; you need not say why, and we tell nobody.",
        "We talk about it once more on another day, alone with you. After that we wait %(days)d days. Until then you can"
        " change your mind at any time; you need not say why, and we tell nobody.",
        days,
    ) % {"days": days}


def _told(person: Person, ending: Callable[[], str]) -> list[dict[str, Any]]:
    """The words in the worker's language, and in those of the person's that COMPASS speaks."""
    own = (get_language() or "fr")[:2]
    spoken = [code for code in person.languages if code in dict(settings.LANGUAGES) and code != own]
    found = []
    for code in [*spoken, own]:
        with override(code):
            found.append({"language": code, "rtl": code == "ar", "lines": meaning(ending())})
    return found


def _page(request: HttpRequest, work: Work, person: Person, form: Any, step: str) -> HttpResponse:
    asked = queries.erasure_of(person)
    waits = asked is not None and asked.status == "asked"
    others = queries.others_who_erase(work, person.organisation_id)
    mine = asked is None or not waits or asked.recorded_by == work.actor.id
    return TemplateResponse(
        request,
        "people/erasure.html",
        {
            "person": person,
            "form": form,
            "step": step,
            "asked": asked,
            "open": asked is not None and asked.is_open,
            "erased": queries.erased(person),
            "others": others if waits and mine else [],
            "same_day": asked is not None
            and waits
            and work.day(max(asked.occurred_at, asked.recorded_at)) >= work.today,
            "told": (told := _told(person, partial(_ending, work, asked, step, delay(mine and not others).days))),
            "missing": without_text(person, told[0]["language"], dict(settings.LANGUAGES)),
            "keeps": work.may("people.erasure_keep"),
            "receivers": queries.receivers(work, person),
        },
    )


@require_http_methods(["GET", "POST"])
@page("people.erasure")
def asked(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Where the request stands; and the first talk, when there is none."""
    person = work.find("people.erasure", Person, pk)
    form = ErasureAskedForm(request.POST or None, initial={"version": person.version})
    if form.is_valid():
        with work.attempt(form):
            ask_erasure(work, [ErasureAsked(**form.about(person.pk))])
            messages.success(request, _("Recorded. Nothing is erased yet: talk again in private on another day."))
            return redirect("people:erasure", pk=pk)
    return _page(request, work, person, form, "ask")


def _open_request(work: Work, rule: str, pk: UUID) -> tuple[Person, ErasureRequest | None]:
    person = work.find(rule, Person, pk)
    asked = queries.erasure_of(person)
    return person, asked if asked is not None and asked.is_open else None


@require_http_methods(["GET", "POST"])
@page("people.erasure")
def confirmed(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The second talk. A no lets the request fall, also where a colleague recorded a yes meanwhile."""
    person, asked = _open_request(work, "people.erasure", pk)
    if asked is None or (asked.status != "asked" and request.POST.get("still") != "no"):
        return redirect("people:erasure", pk=pk)
    if queries.second_talk_by(work, asked) is not None:
        return _page(request, work, person, None, "ask")
    form = ErasureConfirmForm(request.POST or None, initial={"version": asked.version})
    if form.is_valid():
        with work.attempt(form):
            if form.cleaned_data["still"]:
                told = ErasureConfirmed(**form.about(asked.pk), talk=form.cleaned_data["talk"])
                confirm_erasure(work, [told])
                messages.success(request, _("Confirmed. Until the day below the person can change their mind."))
            else:
                _let_fall(request, work, form, asked)
            return redirect("people:erasure", pk=pk)
    return _page(request, work, person, form, "confirm")


@require_http_methods(["GET", "POST"])
@page("people.erasure")
def cancelled(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Let it fall, quietly."""
    return _end(request, work, pk, "people.erasure", ErasureCancelForm, "cancel")


@require_http_methods(["GET", "POST"])
@page("people.erasure")
def kept(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Refuse: the record must be kept, and on which ground."""
    return _end(request, work, pk, "people.erasure_keep", RecordKeptForm, "keep")


def _end(request: HttpRequest, work: Work, pk: UUID, rule: str, kind: type[RecordForm], step: str) -> HttpResponse:
    person, asked = _open_request(work, rule, pk)
    if asked is None:
        return redirect("people:erasure", pk=pk)
    form = kind(request.POST or None, initial={"version": asked.version})
    if form.is_valid():
        with work.attempt(form):
            if step == "keep":
                keep_record(work, [RecordKept(**form.about(asked.pk), ground=form.cleaned_data["ground"])])
                messages.success(request, _("Recorded. Tell the person the ground, and that they may complain."))
            else:
                _let_fall(request, work, form, asked)
            return redirect("people:erasure", pk=pk)
    return _page(request, work, person, form, step)


def _let_fall(request: HttpRequest, work: Work, form: RecordForm, asked: ErasureRequest) -> None:
    # At any moment, whatever a colleague saved meanwhile: a no needs no newest page.
    cancel_erasure(work, [ErasureStep(**{**form.about(asked.pk), "version": None})])
    messages.success(request, _("The request has fallen. Nothing was erased, and nobody is told."))
