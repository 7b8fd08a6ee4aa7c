"""The WSGI application of whichever process `COMPASS_PROCESS` names."""

from __future__ import annotations

import os
import signal
import time
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


def watch_for_locks() -> None:
    """Each worker that gunicorn forks looks for a lock and for the root key of a rotation; see `compass.vault.locking`.

    The master hands the keys on and never reads one: whatever was in a worker's memory is gone when it has ended.
    """
    from django.conf import settings

    if settings.PROCESS == "public":
        return
    from compass.vault import locking, root

    def leave() -> None:
        # gunicorn lets requests under way end, and puts a worker in the place of this one.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(locking.GRACE)
        os.kill(os.getpid(), signal.SIGKILL)

    if settings.COMPASS_ROOT_KEY_FD:
        root.ring()
    os.register_at_fork(after_in_child=lambda: locking.keep_watch(leave))


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
application = utf8_only(get_wsgi_application())
watch_for_locks()
