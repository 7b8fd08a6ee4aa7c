"""Writing the whole index of an office anew, in many short units of work: a scope lives for two minutes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from compass.access.actor import Actor
from compass.access.work import Work, unit_of_work
from compass.people.actions.index import clear_index, write_index
from compass.people.models import Person

PURPOSE = "people.reindex"
#: People in one unit of work: about a second.
AT_A_TIME = 500


@dataclass(frozen=True)
class Reindexed:
    """How many people of the organisation are in the index now, and how many no key opens."""

    organisation: str
    found: int
    keyless: int


def reindex(actor: Actor) -> Reindexed:
    """Empty the index of the colleague's organisation and write everyone into it. Raises Denied."""
    with unit_of_work(actor, PURPOSE) as work:
        work.demand("people.reindex")
        clear_index(actor.organisation.pk)
        work.record(PURPOSE)
    found = keyless = 0
    last: UUID | None = None
    while True:
        with unit_of_work(actor, PURPOSE) as work:
            people = _after(work, last)
            if not people:
                return Reindexed(str(actor.organisation), found, keyless)
            write_index(work, people)
            opened = len(work.keys.holds(people))
            work.record(PURPOSE, count=len(people))
        found, keyless, last = found + opened, keyless + len(people) - opened, people[-1]


def _after(work: Work, last: UUID | None) -> list[UUID]:
    rows = work.allowed("people.reindex", Person).filter(organisation_id=work.actor.organisation.pk).order_by("pk")
    return list((rows.filter(pk__gt=last) if last else rows).values_list("pk", flat=True)[:AT_A_TIME])
