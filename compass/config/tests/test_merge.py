"""Two records of one person made one, and two again: everything follows, nothing is lost, nobody reads more."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from compass.access.walls import walled_models
from compass.people import actions as people
from compass.people import registry
from compass.people.actions.merging import following, sealed_columns
from compass.people.models import Person
from compass.problems import NotYetOne

#: What tells of the merge itself, and what only grows: receipts, the trail, the history of who belonged together.
APART = {
    "people_merge", "people_mergedrow", "people_householdmember", "access_receipt",
    "trail_entry", "trail_subject", "trail_head",
}  # fmt: skip


def digests() -> dict[str, str]:
    """One digest of all rows of each table that the scope shows."""
    found = {}
    for model, wall in walled_models():
        table = model._meta.db_table
        if table in APART or "SELECT" not in wall.app:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT r::text FROM {table} r ORDER BY 1")
            found[table] = hashlib.sha256("\n".join(row[0] for row in cursor.fetchall()).encode()).hexdigest()
    return found


#: Columns with an identifier that is no person's, by name: colleagues, organisations, households and other rows.
NO_PERSON = {
    "confirmed_by", "told_by", "removed_by", "locked_by", "document", "name", "reference", "group_id",
    "recorded_by", "approved_by", "decided_by", "undone_by", "answered_by", "offered_by", "prepared_by", "reviewed_by",
    "at_once_by", "veiled", "not_to",
    "sent_by_id", "owner_id", "user_id", "actor_id", "actor", "readers", "organisation_id", "to_organisation_id",
    "provider_id", "asking_organisation",
    "met_organisation", "household_id", "household", "consent_id", "copied_from", "origin", "row",
}  # fmt: skip


def known() -> set[tuple[str, str]]:
    return {(found.model, found.column) for found in registry.references()}


def unregistered_identifiers() -> list[str]:
    """Columns that could name a person, of every table behind a wall, that no room registered."""
    found = []
    for model, _wall in walled_models():
        for field in model._meta.concrete_fields:
            plain = field.base_field if isinstance(field, ArrayField) else field
            person = isinstance(field, models.ForeignKey) and field.related_model is Person
            if not person and (field.primary_key or not isinstance(plain, models.UUIDField)):
                continue
            if person or field.name not in NO_PERSON:
                found.append((model._meta.label, field.name))
    return sorted(f"{model}.{column}" for model, column in set(found) - known())


class TestEverythingFollows:
    """In a world with a record of every kind, written by every room."""

    def people_with_rows(self) -> list[Person]:
        found = set()
        for model, column in following():
            found |= set(model._default_manager.exclude(**{column: None}).values_list(column, flat=True))
        return list(Person.objects.filter(pk__in=found, merged_into__isnull=True).order_by("recorded_at", "pk"))

    def test_nothing_is_left_behind_and_undoing_restores_every_table(self, rooms):
        from compass.config.tests.access_world import SOCIAL, SUPERVISOR, WORKER, at, told

        with at(SUPERVISOR) as work:
            office = work.actor.organisation.pk
            everyone = [
                (p.pk, p.is_child, p.household_id) for p in self.people_with_rows() if p.organisation_id == office
            ]
        tried, moved = 0, set()
        for pk, child, household in everyone:
            with at(SOCIAL) as work:
                born = {"birth_year": work.now.year - (9 if child else 30), "birth_estimated": True}
                said = people.Registration(
                    **told(basis="vital_interest"), household_id=household, identity={"given": "Kept", **born}
                )
                (kept,) = people.register_people(work, [said])
                people.judge(work, [people.Judged(**told(id=kept.pk), other_id=pk, same=True)])
            with at(WORKER) as work:
                before = digests()
                try:
                    (asked,) = people.ask_merges(work, [people.MergeAsked(**told(id=kept.pk), absorbed_id=pk)])
                except NotYetOne:
                    continue
            with at(SUPERVISOR) as work:
                held = {m._meta.label: m._default_manager.filter(**{c: pk}).count() for m, c in following()}
                people.decide_merges(work, [people.MergeDecided(**told(id=asked.pk), agrees=True)])
                left = {m._meta.label: m._default_manager.filter(**{c: pk}).count() for m, c in following()}
                came = {m._meta.label: m._default_manager.filter(**{c: kept.pk}).count() for m, c in following()}
                assert not any(left.values()) and came == held, pk
                assert digests() != before
                self.opens(work, kept.pk)
            with at(SUPERVISOR) as work:
                people.undo_merges(work, [people.MergeUndone(**told(id=asked.pk))])
                assert digests() == before, pk
                self.opens(work, pk)
            tried += 1
            moved |= {label for label, count in held.items() if count}

        assert tried > 10
        with at(SUPERVISOR):
            there = {m._meta.label for m, c in following() if m._default_manager.filter(**{f"{c}__isnull": False})}
        assert {"cases.Case", "cases.Plan", "people.Consent", "people.GuardianRequest", "returns.Return"} <= moved
        assert there == moved

    def opens(self, work: Any, pk: UUID) -> None:
        """Everything sealed about a person opens under the person's own key."""
        for model, column in following():
            for row in model._default_manager.filter(**{column: pk}):
                for name in sealed_columns(model):
                    blob = getattr(row, name)
                    if blob:
                        place = {"table": model._meta.db_table, "column": name, "subject": pk, "row": row.pk}
                        assert work.keys.open_file(blob, **place) is not None

    def test_a_room_left_out_is_noticed(self, rooms, monkeypatch):
        """The positive control: what a room does not register stays behind, and the walk of all models finds it."""
        from compass.cases.models import Case

        assert unregistered_identifiers() == []

        references = [found for found in registry.references() if found.model != "cases.Case"]
        monkeypatch.setattr(registry, "references", lambda: tuple(references))
        monkeypatch.setattr("compass.config.tests.test_merge.known", lambda: {(f.model, f.column) for f in references})
        assert (Case, "person") not in following()
        assert unregistered_identifiers() == ["cases.Case.person"]
        assert registry.unregistered() == ["cases.Case.person"]
