from __future__ import annotations

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class CommunitiesConfig(AppConfig):
    name = "compass.communities"
    label = "communities"

    def ready(self) -> None:
        from compass.ui import navigation

        navigation.register(label=_("Communities"), url_name="communities:list", order=55, visible=_sees_communities)


def _sees_communities(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("communities.view"))
