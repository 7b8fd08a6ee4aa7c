"""What a copy says around what is held, in the language that is active. Neutral: no organisation, no purpose."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By name, for the paper, the screen and the locked file alike."""
    return {
        "title": _("Document"),
        "code_label": _("Your code:"),
        "cover": _("This belongs to you alone. Whoever reads it knows what you told. Keep it where nobody else looks, or"
                   " destroy it: you can ask for another at any time."),
        "withheld_title": _("What is left out, and why"),
        "ask": _("If something is wrong, say so to any colleague. Nothing you get depends on it."),
        "number_label": _("Number"),
        "open": _("Open"),
        "wrong": _("This number does not open it."),
        "save": _("Save as data (JSON)"),
        "close": _("Close"),
    }  # fmt: skip
