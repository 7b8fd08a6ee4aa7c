"""What every page's shell needs, computed from the request and the active language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_bidi

from compass.access.who import who
from compass.ui import navigation

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Each name in its own language, with the short form the header has room for.
NAMES = {"en": ("English", "EN"), "fr": ("Français", "FR"), "ar": ("العربية", "ع")}
EXITS = {
    "en": "https://en.wikipedia.org/",
    "fr": "https://fr.wikipedia.org/",
    "ar": "https://ar.wikipedia.org/",
}


@dataclass(frozen=True)
class Language:
    """A language of the interface."""

    code: str
    name: str
    short: str
    direction: str
    current: bool
    request: HttpRequest | None

    @property
    def url(self) -> str:
        """The present page in it, where no session is kept."""
        return _address(self.request, self.code)


def language() -> str:
    """The active language without its region, `en` when none is active."""
    return (get_language() or "en").split("-")[0]


def languages(request: HttpRequest | None) -> list[Language]:
    """English, French and Arabic, the active one marked."""
    here = language()
    return [
        Language(code, name, short, "rtl" if code == "ar" else "ltr", code == here, request)
        for code, (name, short) in NAMES.items()
    ]


def quick_exit_url() -> str:
    """Where the quick exit leads: the setting (one address, or one per language), else an encyclopedia."""
    chosen: str | dict[str, str] = getattr(settings, "COMPASS_QUICK_EXIT", EXITS)
    if isinstance(chosen, str):
        return chosen
    return chosen.get(language()) or chosen.get("fr") or EXITS["fr"]


def leave_url(request: HttpRequest | None) -> str:
    """Where the quick exit tells the server to end the session; empty when nobody is signed in.

    The name of the address is the setting `COMPASS_LEAVE_URL_NAME`, by default the one that signs out by POST.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    try:
        return reverse(getattr(settings, "COMPASS_LEAVE_URL_NAME", "account_logout"))
    except NoReverseMatch:
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: direction, languages, quick exit and both navigations.

    A lower room may set `request.where` (the line in the header: office, staff name, role) and
    `request.quick_exit_url` (the page the country's office chose).
    """
    return {
        "language": language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "languages": languages(request),
        "quick_exit_url": getattr(request, "quick_exit_url", "") or quick_exit_url(),
        "where": getattr(request, "where", ""),
        "signed_in_mark": SimpleLazyObject(lambda: who(request)),
        "leave_url": SimpleLazyObject(lambda: leave_url(request)),
        "navigation": SimpleLazyObject(lambda: navigation.items(request)),
        "public_navigation": SimpleLazyObject(lambda: navigation.items(request, "public")),
    }


def _address(request: HttpRequest | None, code: str) -> str:
    if request is None:
        return f"?lang={code}"
    path = request.get_full_path()
    translated = translate_url(path, code)
    if translated != path:
        return translated
    if code == language() and "lang" not in request.GET:
        return path
    query = request.GET.copy()
    query["lang"] = code
    return f"{request.path}?{query.urlencode()}"
