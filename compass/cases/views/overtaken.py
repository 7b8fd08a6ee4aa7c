"""A form that a colleague overtook: what was answered first can no longer be replaced, only seen beside what was typed."""

from __future__ import annotations

from compass.problems import StaleVersion, WrongState
from compass.ui.forms import BaseForm


def no_longer_fits(form: BaseForm) -> None:
    """Say so instead of asking to save once more; another reason for the refusal stays."""
    if form.problem is None or isinstance(form.problem, StaleVersion):
        form.problem = WrongState()
