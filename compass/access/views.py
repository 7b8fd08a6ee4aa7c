"""Pages of the access room."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from compass.access.pages import page
from compass.access.work import Work
from compass.trail.models import Entry

PAGE = 50


@require_GET
@page("trail.read")
def trail(request: HttpRequest, work: Work) -> TemplateResponse:
    """Who did and saw what in the officer's organisations, newest first, fifty at a time."""
    entries = work.allowed("trail.view", Entry).order_by("-seq")
    before = request.GET.get("before", "")
    if before.isdigit():
        entries = entries.filter(seq__lt=int(before))
    return TemplateResponse(request, "access/trail.html", {"entries": list(entries[:PAGE])})
