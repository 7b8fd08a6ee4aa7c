"""A photo of a person: kept only while they agree, shown only for a reason, destroyed at once when they do not."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.staff import names_of_colleagues
from compass.access.work import Work
from compass.people import queries
from compass.people.actions import keep_photos, must_agree, remove_photos
from compass.people.consent import allows
from compass.people.forms import PhotoForm, PhotoRemovedForm, RevealForm
from compass.people.models import Person, PersonPhoto
from compass.people.photos import SCOPE, photos_of, picture
from compass.problems import ConsentMissing, NotFound
from compass.ui import uploads


@require_http_methods(["GET", "POST"])
@page("people.photo")
def photo(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The photo on the response to a reason; a question for one where the person agrees; those there were."""
    person = work.find("people.identity", Person, pk)
    every = photos_of(work, person)
    kept = next((row for row in every if row.removed_at is None), None)
    wanted = _agrees(work, person)
    asks = request.method == "POST" and "reveal" in request.POST
    reveal = RevealForm(request.POST if asks else None)
    shown = ""
    if asks and reveal.is_valid() and kept is not None:
        must_agree(work, person)
        queries.reveal(work, person, reveal.cleaned_data["reason"])
        shown = _data(work, PersonPhoto.objects.get(pk=kept.pk))
    sent = request.method == "POST" and not asks
    form = PhotoForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and uploads.dropped(request):
        form.add_error("photo", str(uploads.refused(_("it is too large"))))
    elif sent and form.is_valid():
        with work.attempt(form):
            keep_photos(work, [form.command(person)])
            messages.success(
                request, _("The photo has been sealed. It is destroyed as soon as the person no longer agrees.")
            )
            return redirect("people:photo", pk=pk)
    context: dict[str, Any] = {
        "person": person, "kept": kept, "reveal": reveal, "shown": shown, "form": form, "wanted": wanted,
        "answer": allows(queries.spoken_under(person), SCOPE), "every": _history(work, every),
        "edits": person.merged_into_id is None and not queries.erased(person),
    }  # fmt: skip
    return TemplateResponse(request, "people/photo.html", context)


def _agrees(work: Work, person: Person) -> bool:
    try:
        must_agree(work, person)
    except ConsentMissing:
        return False
    return True


def _data(work: Work, row: PersonPhoto) -> str:
    """The picture inside the page: no address leads to it, and no phone keeps it."""
    return f"data:{row.media_type};base64,{b64encode(picture(work, row)).decode()}"


def _history(work: Work, every: list[PersonPhoto]) -> list[dict[str, Any]]:
    """Each photo there is or was with who kept it and who ended it; a colleague of another office is not named."""
    named = [pk for row in every for pk in (row.recorded_by, row.removed_by) if pk]
    who = names_of_colleagues(work.actor.organisations, named)
    return [
        {"row": row, "by": who.get(row.recorded_by, ""), "ended": who.get(row.removed_by, "") if row.removed_by else ""}
        for row in every
    ]


@require_http_methods(["GET", "POST"])
@page("people.photo_remove")
def remove(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Destroy the photo: asked once, done at once."""
    person = work.find("people.identity", Person, pk)
    kept = next((row for row in photos_of(work, person) if row.removed_at is None), None)
    if kept is None:
        raise NotFound
    form = PhotoRemovedForm(request.POST or None, initial={"version": kept.version})
    if form.is_valid():
        with work.attempt(form):
            remove_photos(work, [form.command(kept)])
            messages.success(request, _("The photo is destroyed. That there was one, and until when, is kept."))
            return redirect("people:photo", pk=pk)
    return TemplateResponse(request, "people/photo_remove.html", {"person": person, "form": form, "kept": kept})
