"""The pages of a return: the list, the start, each step, and the page that shows where it stands and why."""

from __future__ import annotations

from compass.returns.views.files import returns_list, show, start
from compass.returns.views.journeys import not_left, see_off, take_back_journey
from compass.returns.views.steps import (
    arrival,
    counselling,
    decision,
    declaration,
    departure,
    eligibility,
    free_choice,
    missed,
    preparation,
    resume,
    suspend,
    take_back,
    withdraw,
)

__all__ = [
    "arrival",
    "counselling",
    "decision",
    "declaration",
    "departure",
    "eligibility",
    "free_choice",
    "missed",
    "not_left",
    "preparation",
    "resume",
    "returns_list",
    "see_off",
    "show",
    "start",
    "suspend",
    "take_back",
    "take_back_journey",
    "withdraw",
]
