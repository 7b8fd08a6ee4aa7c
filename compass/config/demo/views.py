"""One press signs in at a post of the demonstration. Outside a demonstration these pages do not exist."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from compass.access.models import User
from compass.config.demo.context import story, summary_address


def _sign_in(request: HttpRequest, username: str) -> None:
    """Only invented accounts, only in a demonstration. The session is made anew and the trail says so."""
    if not username.isprintable():
        raise Http404
    found = User.objects.filter(username=username, is_demonstration=True, is_active=True)
    user = found.first() if settings.COMPASS_DEMONSTRATION else None
    if user is None:
        raise Http404
    adapter = get_adapter()
    adapter.logout(request)
    adapter.login(request, user)


@require_POST
def post(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in as this post and start where its work is."""
    _sign_in(request, username)
    return redirect("/")


@require_POST
def summary(request: HttpRequest) -> HttpResponse:
    """Open the printed summary of the story's mother, signed in at the office that holds her record."""
    address = summary_address()
    if not address:
        raise Http404
    _sign_in(request, story().get("username", "zinder.social"))
    return redirect(address)
