"""Writing down that a copy of what is held about a person was made, before anything of it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.rights import settle_copies
from compass.people.models import CopyMade, Person
from compass.people.queries import erased
from compass.problems import CopiedTooOften, CopyInPrivate, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import known

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('people_copy' || %s::text, 0))"
NOT_SURE = "not_sure"
GOING_THROUGH = "read"
#: A telephone call is private; who looks over the shoulder of somebody far away nobody sees.
FACE_TO_FACE = "in_person"
DAY = timedelta(days=1)
#: Provisional. Of one person and by one colleague within a day, going through it counted like handing it over: somebody
#: who carries off an office copies many.
OF_ONE_PERSON, BY_ONE_COLLEAGUE = 6, 20


@dataclass(frozen=True, kw_only=True)
class CopyAsked(Command):
    """`id` is the person. how: code of copy_form; talk: of erasure_talk; checked: of identity_check. records, words: how
    many records and free texts it gives."""

    how: str
    talk: str
    checked: str
    records: int = 0
    words: int = 0


@action("people.copy", CopyMade)
def record_copies(work: Work, asked: list[CopyAsked]) -> list[CopyMade]:
    """Write down that copies are made. Raises CopyInPrivate unless the talk was face to face and the person known for
    sure, CopiedTooOften, WrongState for a person who was erased, NotFound of another office. A copy that is given, not only
    gone through, settles what the person asked for."""
    people = work.require("people.copy", Person, asked)
    for person, each in zip(people, asked, strict=True):
        known("copy_form", each.how)
        talk, checked = known("erasure_talk", each.talk), known("identity_check", each.checked)
        if talk != FACE_TO_FACE or checked == NOT_SURE:
            raise CopyInPrivate
        if erased(person):
            raise WrongState
    _seldom(work, people)
    made = CopyMade.objects.bulk_create(
        CopyMade(
            id=new_id(), person=person, organisation_id=person.organisation_id, how=each.how, talk=each.talk,
            checked=each.checked, records=each.records, words=each.words, **stamp(work, each),
        )
        for person, each in zip(people, asked, strict=True)
    )  # fmt: skip
    settle_copies(work, [row for row in made if row.how != GOING_THROUGH])
    return made


def _seldom(work: Work, people: Sequence[Person]) -> None:
    """Raise CopiedTooOften; copies of one colleague wait for each other, so that two at once do not count as one."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [str(work.actor.id)])
    recent = CopyMade.objects.filter(recorded_at__gt=work.now - DAY)
    if recent.filter(recorded_by=work.actor.id).count() + len(people) > BY_ONE_COLLEAGUE:
        raise CopiedTooOften(count=BY_ONE_COLLEAGUE)
    made = Counter(recent.filter(person__in=people).values_list("person_id", flat=True))
    if max((made + Counter(person.pk for person in people)).values()) > OF_ONE_PERSON:
        raise CopiedTooOften(count=OF_ONE_PERSON)
