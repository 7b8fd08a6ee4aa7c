from __future__ import annotations

from compass.people import registry


def test_every_foreign_key_to_a_person_is_registered():
    assert registry.unregistered() == [], (
        "inherit people.models.AboutPerson, or call people.registry.refer(…) in AppConfig.ready: a record that is not"
        " registered is left behind at a merge, an erasure and a handover"
    )


def test_records_about_a_person_are_listed_by_themselves():
    listed = {(found.model, found.column): found.moves for found in registry.references()}

    assert listed[("people.Consent", "person")] is True
    assert listed[("people.Service", "person")] is True
