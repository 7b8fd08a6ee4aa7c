"""The living page, and the pages of what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from compass.ui import samples

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(["GET", "POST"])
def living(request: HttpRequest) -> HttpResponse:
    """Every component in the active language; only in debug mode."""
    if not settings.DEBUG:
        raise Http404
    form = samples.SampleForm(request.POST if request.method == "POST" else samples.half_filled())
    return render(
        request, "ui/living.html", {"form": form, "fresh": samples.SampleForm(prefix="fresh"), **samples.content()}
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 as a page. A session that was ended while its request ran is no damaged request, and what was saved is saved."""
    if isinstance(exception, SessionInterrupted):
        # The public side has no accounts, and cannot load what this needs.
        from django.contrib.auth.views import redirect_to_login

        return redirect_to_login(request.get_full_path())
    return _page(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 as a page."""
    return _page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 as a page; the address asked for is not repeated, since it may have been mistyped with a name in it."""
    return _page(request, "404.html", 404)


def not_this_way(request: HttpRequest) -> HttpResponse:
    """405 as a page."""
    return _page(request, "405.html", 405)


def broken(request: HttpRequest) -> HttpResponse:
    """500 as a page."""
    return _page(request, "500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old; the reason is for the log, not for the person."""
    return _page(request, "403_csrf.html", 403)


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    # Without the request no context processor runs: none can touch a session or a database that is away.
    response = HttpResponse(render_to_string(template), status=status)
    add_never_cache_headers(response)
    return response
