from __future__ import annotations

from django.apps import AppConfig


class VocabularyConfig(AppConfig):
    name = "compass.vocabulary"
    label = "vocabulary"
