from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from compass.ui import navigation


class ProgrammeConfig(AppConfig):
    name = "compass.programme"
    label = "programme"
    functions: ClassVar[dict[str, str]] = {
        "compass_take_snapshot(date)": "compass_app",
        "compass_figures(text)": "compass_counts",
    }

    def ready(self) -> None:
        # Importing is what makes the queue know the nightly count.
        from compass.people.coarse import on_open
        from compass.programme import jobs  # noqa: F401
        from compass.programme.queries import not_yet_counted

        on_open(not_yet_counted)
        navigation.register(
            label=_("Results"),
            url_name="programme:figures",
            order=80,
            visible=lambda request: (
                (work := getattr(request, "work", None)) is not None and work.may("programme.figures")
            ),
        )
