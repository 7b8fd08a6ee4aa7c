from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "compass.trail"
    label = "trail"
    functions: ClassVar[dict[str, str]] = {
        "compass_trail_append(text)": "compass_app",
        "compass_trail_head()": "compass_app",
    }
