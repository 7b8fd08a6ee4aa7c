"""Making two records of one person one, and two again: asked by one colleague, confirmed by another, undone at any time.

Every row that a room registered as following (`compass.people.registry`) is turned to the record that is kept, and what is
sealed in it is sealed anew under that record's key. `MergedRow` keeps each blob as it was. What does not follow stays with
the absorbed record, which remains, takes nothing new and leads to the other: its names and contact, the trail, and best
interests, whose readers a merge does not change.

Who asks gains nothing to read: rows stay in their office and under their rules, and a case that came by a merge opens no
sealed record (`compass.cases.rules`).

Documents and earlier contact are never changed by anyone: they stay, and are read with those of the record that is kept
(`compass.people.queries`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.apps import apps
from django.db import DatabaseError, IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.models import Receipt
from compass.access.work import Command, Work, stamp
from compass.people import registry
from compass.people.actions.common import belongs
from compass.people.actions.consents import Withdrawal, withdraw_consent
from compass.people.actions.index import index_people
from compass.people.actions.photos import end_photos
from compass.people.consent import DETAILS, newest
from compass.people.models import PERHAPS_ALONE, AboutPerson, Consent, Judgement, Merge, MergedRow, Person, Service
from compass.people.queries import records_of
from compass.people.sql import ELSEWHERE
from compass.problems import NotFound, NotYetOne, SecondPersonNeeded, WrongState
from compass.vault import crypto
from compass.vault.identifiers import new_id

#: A merge that stands or waits.
LIVE = ("asked", "confirmed")


@dataclass(frozen=True, kw_only=True)
class MergeAsked(Command):
    """To keep the record `id` and let `absorbed_id`, of the same person, lead to it."""

    absorbed_id: UUID


@action("people.ask_merge", Merge, purpose=DETAILS)
def ask_merges(work: Work, asked: list[MergeAsked]) -> list[Merge]:
    """Ask a second person to make two records one. Nothing moves yet.

    Raises Denied, NotFound unless the colleague's office has both, WrongState unless both were judged to be the same
    person and stand by themselves, NotYetOne.
    """
    kept = work.require("people.merge", Person, asked)
    rows = []
    for person, each in zip(kept, asked, strict=True):
        absorbed = _locked(work, "people.merge", each.absorbed_id)
        if absorbed.pk == person.pk or absorbed.organisation_id != person.organisation_id:
            raise NotFound
        if not _judged_same(person, absorbed):
            raise WrongState
        _must_stand_alone(person, absorbed)
        registry.must_allow_merge(work, person, absorbed)
        rows.append(
            Merge(
                id=new_id(),
                organisation_id=person.organisation_id,
                person=person,
                absorbed=absorbed,
                **stamp(work, each),
            )
        )
        work.saw([absorbed])
    return Merge.objects.bulk_create(rows)


def _locked(work: Work, rule: str, pk: UUID) -> Person:
    row = work.allowed(rule, Person).filter(pk=pk).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    work.saw([row])
    return row


def _judged_same(one: Person, other: Person) -> bool:
    first, second = sorted((one.pk, other.pk))
    rows = Judgement.objects.filter(organisation_id=one.organisation_id, first=first, second=second)
    return bool(rows.filter(same=True).exists())


def _must_stand_alone(kept: Person, absorbed: Person, *, but: UUID | None = None) -> None:
    """No chains: a merge is undone by itself, in any order. `but`: the merge that is being confirmed."""
    live = Merge.objects.filter(state__in=LIVE).exclude(pk=but)
    if kept.merged_into_id or absorbed.merged_into_id:
        raise WrongState
    if not absorbed.is_child and _left_alone(kept, absorbed):
        raise NotYetOne(
            what=_(
                "children of the other record’s household would stay without a grown person; keep that record instead"
            )
        )
    if kept.is_child != absorbed.is_child:
        raise NotYetOne(what=_("one of them says that it is a child, the other does not"))
    if live.filter(absorbed__in=[kept.pk, absorbed.pk]).exists() or live.filter(person=absorbed).exists():
        raise NotYetOne(what=_("one of them is already part of another merge"))


def _left_alone(kept: Person, absorbed: Person) -> bool:
    """Whether a household loses its only grown person with the absorbed record, which leaves it, and has children."""
    if kept.household_id == absorbed.household_id:
        return False
    others = Person.objects.filter(household_id=absorbed.household_id).exclude(pk=absorbed.pk)
    found = list(others.defer("identity_sealed", "contact_sealed"))
    return any(p.is_child for p in found) and all(p.is_child for p in found)


@dataclass(frozen=True, kw_only=True)
class MergeDecided(Command):
    """The second person's answer about a merge (`id`)."""

    agrees: bool


@action("people.confirm_merge", Merge, purpose=DETAILS)
def decide_merges(work: Work, decided: list[MergeDecided]) -> list[Merge]:
    """Confirm merges, at which everything follows, or decline them.

    Raises SecondPersonNeeded for whoever asked, WrongState, StaleVersion, NotYetOne.
    """
    rows = work.require("people.confirm_merge", Merge, decided)
    for row, each in zip(rows, decided, strict=True):
        if row.state != "asked":
            raise WrongState
        if row.recorded_by == work.actor.id:
            raise SecondPersonNeeded
        row.decided_by, row.decided_at = work.actor.id, work.now
        row.version += 1
        row.state = "confirmed" if each.agrees else "declined"
        if each.agrees:
            kept, absorbed = _both(work, row)
            _must_stand_alone(kept, absorbed, but=row.pk)
            registry.must_allow_merge(work, kept, absorbed)
            _merge(work, row, kept, absorbed)
            # A no under either of them is a no of both.
            end_photos(work, [kept.pk])
            # By the names of one and the number of a document of the other they are found too.
            index_people(work, records_of([kept.pk])[kept.pk])
        row.save()
        work.saw([row.absorbed])
    return rows


def _both(work: Work, row: Merge) -> tuple[Person, Person]:
    """The two records, locked in one order whoever asks."""
    found = {pk: _locked(work, "people.confirm_merge", pk) for pk in sorted((row.person_id, row.absorbed_id))}
    return found[row.person_id], found[row.absorbed_id]


def _merge(work: Work, merge: Merge, kept: Person, absorbed: Person) -> None:
    merge.readers = sorted(registry.readers_of(work, absorbed))
    work.keys.load([kept.pk, absorbed.pk])
    moved = [
        change
        for model, column in following()
        for row in model._default_manager.filter(**{column: absorbed.pk}).order_by("pk").select_for_update()
        for change in _turn(work, row, column, absorbed.pk, kept.pk, joined=work.now)
    ]
    told = {name: getattr(merge, name) for name in ("basis", "occurred_at", "recorded_at", "recorded_by")}
    rows = [MergedRow(organisation_id=kept.organisation_id, person=kept, merge=merge, **told, **each) for each in moved]
    MergedRow.objects.bulk_create(rows, batch_size=500)
    for row in rows:
        if row.blob_sealed:
            work.keys.keep(row.blob_sealed, table="people_mergedrow", column="blob_sealed", row=row.pk)
    merge.household, merge.once_alone, merge.uasc_status = absorbed.household_id, kept.once_alone, kept.uasc_status
    merge.consent_due_at, merge.contact = kept.consent_due_at, crypto.digest(kept.contact_sealed)
    answered = Consent.objects.filter(person=kept).exists()
    due = {"consent_due_at": None} if answered else {}
    graver, alone = _graver(kept, absorbed), new_id()
    Person.objects.filter(pk=kept.pk).update(**graver, **due)
    Person.objects.filter(pk=absorbed.pk).update(merged_into=kept, household_id=alone)
    _belong(work, merge, "merged", absorbed, household_id=alone)
    if graver["uasc_status"] != kept.uasc_status:
        _belong(work, merge, "merged", kept, uasc_status=graver["uasc_status"])
    work.record("people.merged", results=[kept.pk, absorbed.pk], rows=sum(1 for each in moved if not each["column"]))


def _belong(work: Work, merge: Merge, change: str, person: Person, **now: Any) -> None:
    """A row in the history of who belonged together, with what is `now` true of this record."""
    told: dict[str, Any] = {"basis": merge.basis, "occurred_at": work.now, "recorded_at": work.written()}
    row = belongs(person, change, since=work.today, recorded_by=work.actor.id, **told)
    for name, value in now.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def _graver(kept: Person, absorbed: Person) -> dict[str, Any]:
    """What both records together say about a child being alone: in doubt it is."""
    alone = absorbed.uasc_status if absorbed.uasc_status in PERHAPS_ALONE else ""
    return {
        "once_alone": kept.once_alone or absorbed.once_alone,
        "uasc_status": kept.uasc_status if kept.uasc_status in PERHAPS_ALONE else alone or kept.uasc_status,
    }


def following() -> list[tuple[type[models.Model], str]]:
    """Every table that follows a merge with the column that names the person, in a stable order."""
    return [(apps.get_model(found.model), found.column) for found in registry.references() if found.follows]


def _turn(work: Work, row: Any, column: str, of: UUID, to: UUID, *, joined: Any = None) -> list[dict[str, Any]]:
    """Turn one row from one record of a person to the other: what it was, for MergedRow. Empty when it cannot go, because
    the other has such a row already: then it stays where it is."""
    label = row._meta.label
    found: list[dict[str, Any]] = [{"model": label, "row": row.pk, "column": ""}]
    changes: dict[str, Any] = {column: to}
    mark = work.keys.mark()
    for name in sealed_columns(type(row)):
        blob = bytes(getattr(row, name))
        if blob:
            changes[name], after = work.keys.hand_on(
                blob, table=row._meta.db_table, column=name, row=row.pk, of=of, to=to
            )
            found.append({"model": label, "row": row.pk, "column": name, "blob_sealed": blob, "after": after})
    if isinstance(row, Consent):
        changes["joined_at"] = joined
    return found if _written(work, row, changes, mark) else []


def _written(work: Work, row: models.Model, changes: dict[str, Any], mark: Any) -> bool:
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**changes)
    except IntegrityError:
        work.keys.rewind(mark)
        return False
    return True


def sealed_columns(model: type[models.Model]) -> list[str]:
    """The columns of a record about a person that are sealed under the person's key."""
    fields = model._meta.concrete_fields if issubclass(model, AboutPerson) else ()
    return [field.name for field in fields if isinstance(field, models.BinaryField) and field.name.endswith("_sealed")]


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Command):
    """The merge (`id`) was wrong: two records again."""


@action("people.undo_merge", Merge, purpose=DETAILS)
def undo_merges(work: Work, undone: list[MergeUndone]) -> list[Merge]:
    """Put every row back where it was, blob by blob; what was written since stays said.

    A row changed since keeps its new content, sealed for the record it goes back to; what was added since to a row that
    goes back (a follow-up of its case) goes with it; all else that was written since stays with the record that was kept.
    A no said meanwhile holds for both. Raises WrongState, NotYetOne.
    """
    rows = work.require("people.confirm_merge", Merge, undone)
    for row, each in zip(rows, undone, strict=True):
        if row.state != "confirmed":
            raise WrongState
        kept, absorbed = _both(work, row)
        registry.must_allow_merge(work, kept, absorbed)
        said = _said_since(kept, row)
        index_people(work, records_of([kept.pk])[kept.pk])
        _part(work, row, kept, absorbed)
        _stays_said(work, each, said, [kept.pk, absorbed.pk])
        row.state, row.undone_by, row.undone_at = "undone", work.actor.id, work.now
        row.version += 1
        row.save()
        work.saw([absorbed])
    return rows


def _part(work: Work, merge: Merge, kept: Person, absorbed: Person) -> None:
    work.keys.load([kept.pk, absorbed.pk])
    if kept.uasc_status == _graver(Person(uasc_status=merge.uasc_status), absorbed)["uasc_status"]:
        before_it = {"once_alone": merge.once_alone, "uasc_status": merge.uasc_status}
        Person.objects.filter(pk=kept.pk).update(**before_it)
        if merge.uasc_status != kept.uasc_status:
            _belong(work, merge, "undone", kept, uasc_status=merge.uasc_status)
    # First, since a record that leads to another takes no rows.
    _belong(work, merge, "undone", absorbed, household_id=_stands_alone(absorbed, merge))
    columns = {model._meta.label: column for model, column in following()}
    before: dict[tuple[str, UUID], dict[str, MergedRow]] = {}
    for each in MergedRow.objects.filter(merge=merge).order_by("pk"):
        before.setdefault((each.model, each.row), {})[each.column] = each
    added = _added_since(kept, before.keys())
    for (label, pk), blobs in before.items():
        model = apps.get_model(label)
        row = model._default_manager.select_for_update().get(pk=pk)
        changes: dict[str, Any] = {columns[label]: absorbed.pk}
        for name in sealed_columns(model):
            changes |= _as_it_was(work, row, name, blobs.get(name), kept.pk, absorbed.pk)
        if model is Consent:
            changes["joined_at"] = None
        model._default_manager.filter(pk=pk).update(**changes)
    for row in added:
        _turn(work, row, columns[row._meta.label], kept.pk, absorbed.pk)
    if merge.consent_due_at is not None and not Consent.objects.filter(person=kept).exists():
        Person.objects.filter(pk=kept.pk).update(consent_due_at=merge.consent_due_at)
    work.record("people.parted", results=[kept.pk, absorbed.pk], rows=len(before))


def _stands_alone(absorbed: Person, merge: Merge) -> UUID:
    """A record of its own again, in the household it came from; where all of that went to another office, alone. Its
    household."""
    rows = Person.objects.filter(pk=absorbed.pk)
    try:
        with transaction.atomic():
            rows.update(merged_into=None, household_id=merge.household)
        household = merge.household or absorbed.household_id
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != ELSEWHERE:
            raise
        household = new_id()
        rows.update(merged_into=None, household_id=household)
    return household


def _said_since(kept: Person, merge: Merge) -> list[Consent]:
    """What was said about consent since the merge, and what was taken back since."""
    told = Receipt.objects.filter(action="people.withdraw", result_id=OuterRef("pk"), recorded_at__gt=merge.decided_at)
    since = Consent.objects.filter(person=kept).filter(Q(recorded_at__gt=merge.decided_at) | Q(Exists(told)))
    return list(since.order_by("occurred_at", "recorded_at", "id"))


def _stays_said(work: Work, each: MergeUndone, said: Sequence[Consent], both: Sequence[UUID]) -> None:
    """Nobody knows any more which of the two said no, or named whom, while they were one record: it is said of both."""
    back = any(row.withdrawn_at or row.child_agrees is False for row in said)
    refused = {scope for row in said for scope, answer in row.scopes.items() if not answer}
    named = {receiver for row in said for receiver in row.not_to}
    last = newest(both)
    taken = [
        Withdrawal(
            key=uuid5(each.key, str(row.pk)),
            occurred_at=each.occurred_at,
            basis=each.basis,
            id=row.pk,
            scopes=() if back and not named else tuple(sorted(row.scopes if back else refused)),
            not_to=tuple(sorted(named)),
        )
        for row in last.values()
        if row.withdrawn_at is None
        and (back or any(row.scopes.get(scope) for scope in refused) or named - set(row.not_to))
    ]
    if taken:
        withdraw_consent(work, taken)


def _as_it_was(work: Work, row: Any, name: str, was: MergedRow | None, kept: UUID, absorbed: UUID) -> dict[str, bytes]:
    blob = bytes(getattr(row, name))
    place: dict[str, Any] = {"table": row._meta.db_table, "column": name, "row": row.pk}
    if was is not None and crypto.digest(blob) == was.after:
        return {name: work.keys.put_back(was.blob_sealed, subject=absorbed, **place)}
    return {name: work.keys.hand_on(blob, of=kept, to=absorbed, **place)[0]} if blob else {}


def _added_since(kept: Person, moved: Iterable[tuple[str, UUID]]) -> list[Any]:
    """Rows of the kept record that were written since the merge as part of one that came with it."""
    came: dict[str, set[UUID]] = {}
    for label, pk in moved:
        came.setdefault(label, set()).add(pk)
    found: list[Any] = []
    fresh: dict[str, set[UUID]] = came
    while fresh:
        rows = [row for model, column in following() for row in _belonging(model, column, kept, fresh)]
        new = [row for row in rows if row.pk not in came.get(row._meta.label, ())]
        fresh = {}
        for row in new:
            if row.pk not in came.setdefault(row._meta.label, set()):
                came[row._meta.label].add(row.pk)
                fresh.setdefault(row._meta.label, set()).add(row.pk)
                found.append(row)
    return found


def _belonging(
    model: type[models.Model], column: str, kept: Person, to: dict[str, set[UUID]]
) -> Sequence[models.Model]:
    """The rows of a table about the kept record that point at one of these rows, or were made by one (`Service.origin`)."""
    part = models.Q()
    for field in model._meta.concrete_fields:
        target = field.related_model
        if isinstance(field, models.ForeignKey) and isinstance(target, type) and target._meta.label in to:
            part |= models.Q(**{f"{field.name}__in": to[target._meta.label]})
    if model is Service:
        part |= models.Q(origin__in=set().union(*to.values()))
    return list(model._default_manager.filter(part, **{column: kept.pk}).order_by("pk")) if part else []
