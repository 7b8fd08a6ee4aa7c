"""Addresses of the application process. Each room keeps its own; a room that is not there is not linked."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from compass.config.health import health

ROOMS = {
    "": "compass.config.home",
    "arrivals/": "compass.reception.urls",
    "people/": "compass.people.urls",
    "cases/": "compass.cases.urls",
    "returns/": "compass.returns.urls",
    "reintegration/": "compass.reintegration.urls",
    "communities/": "compass.communities.urls",
    "results/": "compass.programme.urls",
}


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("accounts/", include("compass.access.urls")),
    path("language/", include("django.conf.urls.i18n")),
    *(path(prefix, include(module)) for prefix, module in ROOMS.items() if _there(module)),
]
if settings.DEBUG and _there("compass.ui.urls"):
    urlpatterns.append(path("ui/", include("compass.ui.urls")))
if settings.COMPASS_DEMONSTRATION and _there("compass.config.demo.urls"):
    urlpatterns.append(path("try/", include("compass.config.demo.urls")))
handler400 = "compass.ui.views.bad_request"
handler404 = "compass.ui.views.not_found"
handler403 = "compass.ui.views.forbidden"
handler429 = "compass.access.views.too_many"
handler500 = "compass.ui.views.broken"
