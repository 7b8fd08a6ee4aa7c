"""What the owner makes for this room."""

from __future__ import annotations

from compass.reception.models import Centre


def add_centre(centre: Centre) -> Centre:
    """Save a new centre of an office. The owner's work: the application reads centres and makes none."""
    centre.save(force_insert=True)
    return centre
