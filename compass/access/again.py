"""Showing once more that it is you, on the page where it is asked and without losing what was typed there.

Whoever opens the records of many people is asked now and then (`compass.access.openings`). What was sent stays in the
page, beside the question, and goes on with the password: the address is the same, and nothing is kept meanwhile.
"""

from __future__ import annotations

from datetime import UTC, datetime

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers

from compass.access.forms import PasswordAgainForm
from compass.problems import ConfirmAgain, TooManyTries

PREFIX = "again"
FIELD = f"{PREFIX}-password"
COUNT = f"{PREFIX}-count"


def confirmed_at(request: HttpRequest) -> datetime | None:
    """When the colleague last showed in this session that it is them; None when nothing says it."""
    records = get_authentication_records(request, request.user) if hasattr(request, "session") else []
    moments = [record["at"] for record in records]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def answered(request: HttpRequest) -> bool:
    """Whether a password came along with what was sent."""
    return request.method == "POST" and FIELD in request.POST


def refusal(request: HttpRequest) -> HttpResponse | None:
    """None where the password that came along is theirs, and the page may go on; else the question again.

    Raises TooManyTries: wrong ones are counted together with those of signing in.
    """
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise TooManyTries
    form = PasswordAgainForm(request.POST, user=request.user, prefix=PREFIX)
    if not form.is_valid():
        opened = request.POST.get(COUNT, "")
        return _page(request, form, ConfirmAgain(count=opened if opened.isascii() and opened.isdigit() else ""))
    reauthenticate_by_password(request)
    return None


def asked(request: HttpRequest, problem: ConfirmAgain) -> HttpResponse:
    """The question, with all that was sent. A page that was only to be looked at goes by allauth's own page."""
    if request.method != "POST":
        raise ReauthenticationRequired
    return _page(request, PasswordAgainForm(user=request.user, prefix=PREFIX), problem)


def _page(request: HttpRequest, form: PasswordAgainForm, problem: ConfirmAgain) -> HttpResponse:
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", FIELD, COUNT}
        for value in values
    ]
    context = {"form": form, "kept": kept, "count_name": COUNT, "problem": problem}
    response = TemplateResponse(request, "access/confirm.html", context, status=problem.status)
    response.render()
    add_never_cache_headers(response)
    return response
