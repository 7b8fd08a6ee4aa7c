"""An office puts its own voices in place of the placeholders."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people.actions import put_voices
from compass.people.content.consent import Notice, available, notice
from compass.people.forms import VoiceForm
from compass.people.models import OfficeVoice
from compass.people.views.common import worker_notice
from compass.people.voices import recordings
from compass.problems import NotFound
from compass.vocabulary import language as language_of


def titles(text: Notice) -> dict[str, str]:
    """What each text with a voice is called, by key, in the notice's own language."""
    return {
        **{section.code: section.title for section in text.sections},
        **{row.voice_key: row.question for row in (*text.questions, *text.later_questions)},
        **{child.code: child.title for child in text.children},
    }


@require_GET
@page("people.voices")
def voices(request: HttpRequest, work: Work) -> HttpResponse:
    """Every text of the notice in one language with what plays for it now."""
    work.demand("people.voices")
    chosen = request.GET.get("language", available()[0])
    text = notice(chosen if chosen in available() else available()[0])
    played = recordings(work, text.language)
    own = titles(worker_notice())
    rows = [(key, title, own[key], played.get(key)) for key, title in titles(text).items()]
    return TemplateResponse(
        request,
        "people/voices.html",
        {
            "notice": text,
            "rows": rows,
            "same_language": text.language == worker_notice().language,
            "tongues": [language_of(code) for code in available()],
        },
    )


@require_http_methods(["GET", "POST"])
@page("people.voices")
def replace(request: HttpRequest, work: Work, language: str, key: str) -> HttpResponse:
    """Upload one recording."""
    work.demand("people.voices")
    try:
        text = notice(language)
        spoken, title = text.spoken()[key], titles(text)[key]
    except KeyError as error:
        raise NotFound from error
    worker = worker_notice()
    form = VoiceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with work.attempt(form):
            put_voices(work, [form.command(language, key)])
            messages.success(request, _("The new voice plays from now on."))
            return redirect(f"{reverse('people:voices')}?language={language}")
    return TemplateResponse(
        request,
        "people/voice.html",
        {
            "notice": text,
            "spoken": [(spoken, worker.spoken()[key])],
            "name": title,
            "own_name": titles(worker)[key],
            "same_language": text.language == worker.language,
            "form": form,
            "voice": recordings(work, language).get(key),
        },
    )


@require_GET
@page("people.voice")
def play(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The bytes of an office's recording, for whoever explains the notice there."""
    row = work.find("people.consent", OfficeVoice, pk)
    response = HttpResponse(bytes(row.audio), content_type=row.media_type)
    response["Content-Disposition"] = "inline"
    response["Accept-Ranges"] = "none"
    return response
