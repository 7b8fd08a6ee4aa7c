"""Records of one office that may be one person, at the moment when one of them is written down."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.people.models import Judgement, Person
from compass.people.queries import opened
from compass.people.searching.also import Also
from compass.people.searching.finding import Candidate, find
from compass.people.searching.known import also_known
from compass.people.searching.limits import MOST_COMPARED
from compass.people.searching.ranking import POSSIBLE
from compass.people.searching.tokens import readings


def doubles(work: Work, person: Person) -> tuple[Candidate, ...]:
    """At most five others of the person's office who are close to them and were not judged yet, most alike first.

    People of one household share names and are known to be different: they are left out.
    """
    sealed = opened(work, person)
    known = {person.pk, *judged(person.organisation_id, [person.pk])}
    also = also_known(work, [person.pk]).get(person.pk, Also())
    whole, *others = readings(sealed.identity, sealed.contact, also)
    found = find(work, whole, person.organisation_id, without=known, readings=others)
    near = [
        each
        for each in found.candidates
        if each.likeness.word != POSSIBLE and each.person.household_id != person.household_id
    ]
    return tuple(near[:MOST_COMPARED])


def judged(organisation: UUID, people: Iterable[UUID], *, same: bool | None = None) -> set[UUID]:
    """Whom these people were judged to be, or not to be, the same as; one query."""
    wanted = list(people)
    rows = Judgement.objects.filter(Q(first__in=wanted) | Q(second__in=wanted), organisation_id=organisation)
    if same is not None:
        rows = rows.filter(same=same)
    return {pk for pair in rows.values_list("first", "second") for pk in pair if pk not in wanted}


def same_people(work: Work, person: Person) -> list[tuple[str, str]]:
    """Links to the records of the office that a colleague judged to be of the same person; one query, two with any."""
    found = judged(person.organisation_id, [person.pk], same=True)
    others = list(work.allowed("people.view", Person).filter(pk__in=found)) if found else []
    # Those that were made one are linked as such.
    others = [other for other in others if person.pk != other.merged_into_id and other.pk != person.merged_into_id]
    work.saw(others)
    text = _("The same person is also recorded as %(code)s")
    return [(text % {"code": other.code}, reverse("people:person", args=[other.pk])) for other in others]
