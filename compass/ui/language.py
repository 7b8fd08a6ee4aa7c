"""The language of a public page, without a session and without a cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.cache import patch_vary_headers

from compass.ui.context import NAMES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def language_from_query(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `?lang=` decides, else a browser that asks for English or Arabic first, else French.

    The public process uses it in place of Django's, which would set a cookie to remember the choice.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        code = chosen(request)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def chosen(request: HttpRequest) -> str:
    """The language a request asks for."""
    asked = request.GET.get("lang", "")
    if asked in NAMES:
        return asked
    first = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].split("-")[0].strip().lower()
    return first if first in NAMES else "fr"
