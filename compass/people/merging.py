"""Reads about merges: which records may be made one, one merge with its two records, what leads from one to the other."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.people.actions.erasure import OPEN
from compass.people.links import Act
from compass.people.models import ErasureRequest, Merge, Person
from compass.people.searching.duplicates import judged
from compass.problems import NotFound, NotYetOne, WrongState
from compass.vault.models import Erasure


def may_be_merged(work: Work, person: Person) -> list[Person]:
    """The records judged to be of the same person that stand by themselves, and are not asked about; three queries."""
    if person.merged_into_id is not None:
        return []
    live = Merge.objects.filter(state__in=["asked", "confirmed"])
    found = judged(person.organisation_id, [person.pk], same=True)
    taken = {
        pk
        for merge in live.filter(Q(person__in=found) | Q(absorbed__in=[*found, person.pk]))
        for pk in (merge.person_id, merge.absorbed_id)
    }
    if person.pk in taken and live.filter(absorbed=person.pk).exists():
        return []
    rows = work.allowed("people.merge", Person).filter(pk__in=found - taken, merged_into__isnull=True)
    others = list(rows.order_by("code"))
    work.saw(others)
    return others


def merge_of(work: Work, pk: UUID) -> tuple[Merge, Person, Person]:
    """One merge, the record that is kept and the absorbed one. Raises NotFound, also when one of them left the office."""
    merge = work.find("people.merge", Merge, pk)
    people = work.allowed("people.merge", Person).in_bulk([merge.person_id, merge.absorbed_id])
    if len(people) != 2:
        raise NotFound
    work.saw(people.values())
    return merge, people[merge.person_id], people[merge.absorbed_id]


def known_also_as(work: Work, person: Person) -> list[tuple[str, str]]:
    """Links between a record and those merged into it, or the one it was merged into; one query."""
    rows = work.allowed("people.view", Person).filter(Q(merged_into=person) | Q(pk=person.merged_into_id))
    others = list(rows.defer("identity_sealed", "contact_sealed").order_by("code"))
    work.saw(others)
    also, now = _("Known also as %(code)s"), _("Merged with %(code)s: go on there")
    return [
        ((now if other.pk == person.merged_into_id else also) % {"code": other.code},
         reverse("people:person", args=[other.pk]))
        for other in others
    ]  # fmt: skip


def merges_to_open(work: Work, person: Person) -> list[tuple[str, str]]:
    """A link to each merge that this record is part of and that waits or stands; one query."""
    if not work.may("people.merge"):
        return []
    rows = work.allowed("people.merge", Merge).filter(Q(person=person) | Q(absorbed=person))
    words = {"asked": _("A merge waits for a second person"), "confirmed": _("Look at the merge, or undo it")}
    return [
        (words[row.state], reverse("people:merge", args=[row.pk]))
        for row in rows.filter(state__in=list(words)).order_by("recorded_at", "pk")
    ]


def merging_of(work: Work, person: Person) -> list[Act]:
    """The button that asks for a merge, where another record was judged to be of the same person."""
    if not work.may("people.merge") or not may_be_merged(work, person):
        return []
    return [Act(_("Make the two records one"), reverse("people:ask_merge", args=[person.pk]), quiet=True)]


def must_not_be_erased(work: Work, kept: Person, absorbed: Person) -> None:
    """Raises NotYetOne while the person asks to be erased under either record: two records would be one wish, or one record
    two; WrongState when one of them was erased, which nothing undoes."""
    both = [kept.pk, absorbed.pk]
    if Erasure.objects.filter(subject_id__in=both).exists():
        raise WrongState
    if ErasureRequest.objects.filter(person__in=both, status__in=OPEN).exists():
        raise NotYetOne(what=_("a request to be erased is open"))
