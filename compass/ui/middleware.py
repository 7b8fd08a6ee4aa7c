"""What the framework answers without a word, as a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from compass.ui.views import not_this_way


class MethodMiddleware:
    """A GET where only a form arrives, a form where there is only a page: said in words, in the reader's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or (isinstance(response, HttpResponse) and response.content):
            return response
        page = not_this_way(request)
        page.headers["Allow"] = response.headers["Allow"]
        return page
