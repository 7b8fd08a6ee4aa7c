"""The public side's language: `?lang=`, then the browser's wish for English or Arabic, else French. No cookie."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

SUPPORTED = ("fr", "en", "ar")


def wanted(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    if asked in SUPPORTED:
        return asked
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code.split("-")[0] in SUPPORTED:
            return code.split("-")[0]
    return "fr"


class PublicLanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(wanted(request)):
            request.LANGUAGE_CODE = translation.get_language() or "fr"
            response = self.get_response(request)
            render = getattr(response, "render", None)
            if callable(render) and not getattr(response, "is_rendered", True):
                render()
        patch_vary_headers(response, ["Accept-Language"])
        return response
