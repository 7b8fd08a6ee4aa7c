"""The Washington Group short set: six questions about everyday activities, where an office asks them.

For figures only (COMPASS_SHORT_SET names the countries whose offices ask): no step, standard or risk level reads an answer,
so that none can lower anybody's care, and no page says of one person what they add up to. Source:
programme-and-standards.md, Washington Group Short Set; IASC guidelines on inclusion of persons with disabilities 2019.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from compass.access.work import Work
from compass.people.consent import DETAILS, Answer, answer, newest
from compass.people.models import CHILD_BANDS, Functioning, Person
from compass.people.queries import records_of, spoken_under

#: What the answers are for, and the consent they rest on; beside that to keeping details at all.
SCOPE = "share_non_identifiable_reporting"


def asked_here(work: Work) -> bool:
    """Whether the office that is at work asks these questions. Off unless its country is named."""
    return work.actor.organisation.country in settings.COMPASS_SHORT_SET


def suits(person: Person) -> bool:
    """Whether the questions are made for somebody of this age: 18 years and more, and it is known.

    Under 18 the Child Functioning Module (2 to 17) finds what these questions miss. An age that nobody wrote down, not
    even as an estimate, may be a child's.
    """
    return bool(person.age_band) and person.age_band not in CHILD_BANDS


def agrees(person: Person) -> Answer:
    """What the person's newest consent says today: the first no of the two that are needed, else the yes; one query."""
    under = spoken_under(person)
    consent = newest([under]).get(under)
    kept = answer(consent, DETAILS)
    return answer(consent, SCOPE) if kept else kept


def answers_of(work: Work, person: Person) -> list[Functioning]:
    """Every row of a person under all of their records, the newest first; two queries. Nothing is opened."""
    rows = work.allowed("people.identity", Functioning).filter(person__in=records_of([person.pk])[person.pk])
    return list(rows.order_by("-recorded_at", "-id"))


def opened(work: Work, row: Functioning) -> Mapping[str, str]:
    """What was answered, see Functioning; whoever shows it must `reveal` the person."""
    found = work.keys.open(
        row.answers_sealed, table=row._meta.db_table, column="answers_sealed", subject=row.person_id, row=row.pk
    )
    return dict(found or {})
