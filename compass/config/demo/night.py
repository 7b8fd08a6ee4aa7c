"""What the worker would have done the night before: the records of each office beside each other."""

from __future__ import annotations

from compass.access.models import Organisation
from compass.people.actions.match import match_office


def match() -> int:
    """Lay the records of every organisation beside each other, as each night. How many pairs wait to be judged."""
    return sum(match_office(office) for office in Organisation.objects.order_by("pk"))
