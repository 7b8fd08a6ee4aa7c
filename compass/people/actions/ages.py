"""Bringing age bands to the day: a child who turned 18 is grown, whether or not anybody opened the record since.

Births are sealed and say the day, so no column may say when a band ends. They are opened in memory, some hundreds at a time
like those of the matcher, and what is written is the band alone. Children are looked at every night, since ladder, guardian
and best interests hang on it; whoever is grown on the first of a month, since only figures do. Files that were made
coarse are left: they say child or grown, and are brought to the day in the night after somebody took them up again.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from compass.access.jobs import by_itself
from compass.access.models import Organisation
from compass.access.work import Work, unit_of_work
from compass.people.ages import band_of
from compass.people.models import CHILD_BANDS, Person
from compass.people.queries import opened

PURPOSE = "people.ages"
#: People opened in one unit of work: about a second.
AT_A_TIME = 500


def age_office(organisation: Organisation) -> int:
    """Bring the age bands of one organisation to its day. How many changed; running again changes nothing."""
    actor, changed, last = by_itself(organisation), 0, None
    while True:
        with unit_of_work(actor, PURPOSE) as work:
            people = _next(work, last)
            count = _bring_to_the_day(work, people)
            # Not who: on which day somebody's band changed says when they were born.
            work.record(PURPOSE, count=count)
        changed += count
        if len(people) < AT_A_TIME:
            return changed
        last = people[-1].pk


def _next(work: Work, last: UUID | None) -> list[Person]:
    asked = ~Q(age_band="") if _first_of_month(work) else Q(age_band__in=CHILD_BANDS)
    rows = Person.objects.filter(
        asked, organisation_id=work.actor.organisation.pk, merged_into__isnull=True, coarse=False
    )
    rows = (rows.filter(pk__gt=last) if last else rows).order_by("pk").select_for_update(of=("self",))
    return list(rows[:AT_A_TIME])


def _first_of_month(work: Work) -> bool:
    return work.today.day == 1


def _bring_to_the_day(work: Work, people: list[Person]) -> int:
    held = work.keys.holds([person.pk for person in people])
    changed = []
    for person in people:
        if person.pk not in held:
            continue
        band = band_of(opened(work, person).identity, work.today)
        if band and band != person.age_band:
            person.age_band = band
            changed.append(person)
    Person.objects.bulk_update(changed, ["age_band"])
    return len(changed)
