"""The WSGI application of whichever process `COMPASS_PROCESS` names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from email.message import Message
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

REFUSED = b"400: requests are read as UTF-8 only.\n"


def utf8_only(application: WSGIApplication) -> WSGIApplication:
    """Refuse a request that claims another encoding, before Django believes it.

    Django looks up whatever name it is told, also of codecs that are no text (500) or make half characters that no record
    can hold (500 later, where they are sealed).
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told = Message()
        told["Content-Type"] = environ.get("CONTENT_TYPE", "").replace("\r", " ").replace("\n", " ")
        claimed = told.get_param("charset", "")
        if str(claimed).lower() not in {"", "utf-8", "utf8"}:
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(REFUSED)))]
            start_response("400 Bad Request", [*headers, ("Cache-Control", "no-store"), ("Connection", "close")])
            return [REFUSED]
        return application(environ, start_response)

    return answer


def learn_new_keys() -> None:
    """Each worker that gunicorn forks looks for the root key of a rotation; see `compass.vault.root`."""
    from django.conf import settings

    if settings.COMPASS_ROOT_KEY_FD:
        from compass.vault.root import keep_learning, ring

        ring()
        os.register_at_fork(after_in_child=keep_learning)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
application = utf8_only(get_wsgi_application())
learn_new_keys()
