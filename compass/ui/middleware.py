"""What the framework answers without a word, as a page; and a HEAD, as the page it asks about."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

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


class HeadMiddleware:
    """A HEAD is answered as the GET it stands for, without the body (RFC 9110, 9.3.2).

    Every view within sees a GET: what only takes a form refuses it, what a page opens or records it records.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response
