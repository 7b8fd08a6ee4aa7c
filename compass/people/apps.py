from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest


def _keeps_voices(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("people.voices"))


class PeopleConfig(AppConfig):
    name = "compass.people"
    label = "people"

    def ready(self) -> None:
        from compass.ui import navigation

        navigation.register(label=_("Voices"), url_name="people:voices", order=70, visible=_keeps_voices)
