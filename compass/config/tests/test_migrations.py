from __future__ import annotations

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation


def missing() -> dict[str, list[object]]:
    translation.deactivate_all()  # the names of fields are written as they are in the code
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return dict(MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph))


def test_every_change_of_a_model_has_its_migration():
    assert missing() == {}, "run `compass makemigrations` for these rooms and commit what it writes"


def test_a_change_without_migration_is_found(monkeypatch):
    field = apps.get_model("people", "Person")._meta.get_field("relation")
    monkeypatch.setattr(field, "max_length", field.max_length + 1)

    assert "people" in missing()
