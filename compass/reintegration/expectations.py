"""What an action should change, as codes: so that a follow-up can say whether it did. Chosen here, provisional."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXPECTATIONS: dict[str, str | Promise] = {
    "income_regular": _("A regular income from work or trade"),
    "food_enough": _("Enough to eat without giving up other needs"),
    "debt_lower": _("Less debt"),
    "skill_used": _("A skill that is really used"),
    "housing_stable": _("A home that can be kept"),
    "documents_held": _("Papers in hand"),
    "children_in_school": _("Children in school"),
    "health_better": _("Better health"),
    "water_near": _("Safe water nearby"),
    "people_to_rely_on": _("People to rely on"),
    "feels_safe": _("Feeling safe"),
    "accepted": _("Being accepted by neighbours"),
}
NEXT_STEPS: dict[str, str | Promise] = {
    "go_on": _("Go on as it is"),
    "ask_again": _("Ask again later"),
    "change": _("Change the action"),
    "add_help": _("Add other help"),
    "end": _("End it"),
}
