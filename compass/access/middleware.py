"""Small middleware: the session's digest for the trail, the colleague's language, headers no page may lack, the second
factor before anything else, and problems in words wherever they were raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from compass.access.sessions import digest
from compass.problems import DatabaseAway, Locked, Problem
from compass.vault.locking import is_locked

Handler = Callable[[HttpRequest], HttpResponseBase]
HEADERS = {
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
#: What is open to a colleague who has no second factor yet.
OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {
        "access:second_factor",
        "access:leave",
        "access:still",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "set_language",
        "health",
    }
)


#: What is open to a colleague whose password is still the code of an invitation.
OPEN_BEFORE_THE_FIRST_PASSWORD = frozenset(
    {"access:first", "access:leave", "access:still", "account_login", "account_logout", "set_language", "health"}
)


#: What answers while everything is locked.
OPEN_WHILE_LOCKED = frozenset({"access:leave", "set_language", "health"})


class SessionDigestMiddleware:
    """Gives the trail a stable mark of the session that cannot be used to sign in (12 characters of the hash's hash)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        request.session_digest = digest(digest(key))[:12] if key else ""  # type: ignore[attr-defined]
        return self.get_response(request)


class ColleagueLanguageMiddleware:
    """The colleague's own language, unless one was chosen on this device.

    `?lang=` counts as chosen here: whoever comes from the public pages, which set no cookie, keeps their language.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        brought = self._known(request.GET.get("lang", ""))
        language = brought or self._own(request)
        if not language:
            return self.get_response(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        if brought:
            self._remember(response, brought)
        return response

    @staticmethod
    def _known(language: str) -> str:
        return language if language in dict(settings.LANGUAGES) else ""

    @staticmethod
    def _remember(response: HttpResponseBase, language: str) -> None:
        """As Django's own view for the choice of a language does."""
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.LANGUAGE_COOKIE_PATH,
            domain=settings.LANGUAGE_COOKIE_DOMAIN,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
        )

    def _own(self, request: HttpRequest) -> str:
        chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
        if chosen or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return ""
        try:
            language = getattr(request.user, "language", "")
        except OperationalError:
            return ""
        return self._known(language)


class HeadersMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class SecondFactorMiddleware:
    """Leads an invited colleague to the page of the first sign-in, then one without a second factor to set one up."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        from compass.access.signin import second_factor_missing

        match = request.resolver_match
        if getattr(request.user, "invited_until", None):
            opens = match is not None and match.view_name in OPEN_BEFORE_THE_FIRST_PASSWORD
            return None if opens else redirect("access:first")
        if match is not None and match.view_name in OPEN_WITHOUT_SECOND_FACTOR:
            return None
        return redirect("access:second_factor") if second_factor_missing(request) else None


class LockMiddleware:
    """While everything is locked nobody has a session, and every page says so; health, leaving and language answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if request.user.is_authenticated or (match is not None and match.view_name in OPEN_WHILE_LOCKED):
            return None
        from compass.access.pages import problem_page

        try:
            return problem_page(request, Locked()) if is_locked() else None
        except OperationalError:
            # Who cannot ask goes on to the page that says that the database is away.
            return None


class ProblemMiddleware:
    """A problem raised outside a page (in allauth's views, say) is answered with the same page as everywhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        from compass.access.pages import is_lock, problem_page

        if isinstance(exception, Problem):
            return problem_page(request, exception)
        if isinstance(exception, DatabaseError) and is_lock(exception):
            return problem_page(request, Locked())
        if isinstance(exception, OperationalError):
            # Without the request no context processor runs: none can touch a database that is away.
            problem = DatabaseAway()
            response = HttpResponse(
                render_to_string("access/problem.html", {"problem": problem}), status=problem.status
            )
            add_never_cache_headers(response)
            return response
        return None
