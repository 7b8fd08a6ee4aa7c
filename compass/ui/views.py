"""The living page, and refusals as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from compass.ui import samples

if TYPE_CHECKING:
    from django.http import HttpRequest

    from compass.problems import Problem


@require_http_methods(["GET", "POST"])
def living(request: HttpRequest) -> HttpResponse:
    """Every component in the active language; only where the setting or the debug mode allows it."""
    if not (settings.DEBUG or getattr(settings, "COMPASS_LIVING_PAGE", False)):
        raise Http404
    form = samples.SampleForm(request.POST if request.method == "POST" else samples.half_filled())
    return render(
        request, "ui/living.html", {"form": form, "fresh": samples.SampleForm(prefix="fresh"), **samples.all()}
    )


def problem_page(request: HttpRequest, problem: Problem, context: dict[str, Any] | None = None) -> HttpResponse:
    """A refusal as a page of its own, with the problem's status; for a form, show the form again instead."""
    return render(request, "ui/problem.html", {"problem": problem, **(context or {})}, status=problem.status)
