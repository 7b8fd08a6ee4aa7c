from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from compass.people import registry
from compass.people.models import AboutPerson, AgencyNumber


def test_every_foreign_key_to_a_person_is_registered():
    assert registry.unregistered() == [], (
        "inherit people.models.AboutPerson, or call people.registry.refer(…) in AppConfig.ready: a record that is not"
        " registered is left behind at a merge, an erasure and a handover"
    )


def test_records_about_a_person_are_listed_by_themselves():
    listed = {(found.model, found.column): found.moves for found in registry.references()}

    assert listed[("people.Consent", "person")] is True
    assert listed[("people.Service", "person")] is True


def stuck() -> list[str]:
    """Tables that follow a merge and whose rows nobody may turn to the other record."""
    following = (apps.get_model(found.model) for found in registry.references() if found.follows)
    return [
        model._meta.label
        for model in following
        if "UPDATE" not in model.wall.app
        or (not issubclass(model, AboutPerson) and any(isinstance(c, models.BinaryField) for c in model._meta.fields))
    ]


def test_what_follows_a_merge_can_be_turned_to_the_other_record(monkeypatch: pytest.MonkeyPatch):
    assert stuck() == [], (
        "rows that nobody may change cannot follow a merge: say `follows_merge: ClassVar[bool] = False` and read them under"
        " all records of the person (people.queries.records_of, made_one_with)"
    )

    monkeypatch.setattr(AgencyNumber, "follows_merge", True)
    assert stuck() == ["people.AgencyNumber"]
