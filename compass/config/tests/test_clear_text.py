"""What is not sealed: every column behind row-level security that could hold words, each with the reason why it is clear."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.walls import walled_models

LONGEST_CODE = 32
CLEAR = {
    "access.Receipt.action": "the name of an action in the code",
    "access.Receipt.digest": "a keyed digest of what was typed",
    "cases.Assessment.factors": "codes",
    "cases.Assessment.needs": "codes",
    "cases.Case.closure_reason": "code of closure_reason",
    "cases.Closure.reason": "code of closure_reason",
    "cases.Goal.domain": "code of need_domain",
    "cases.Handover.needs": "codes of need_domain",
    "cases.HandoverKey.wrapped": "a wrapped key",
    "cases.Plan.unanswered": "codes",
    "cases.Screening.computed": "codes of screening_result",
    "cases.Screening.results": "codes of screening_result",
    "communities.Place.name": "the name of a place on the map",
    "people.Consent.information": "codes of consent_information",
    "people.Consent.scopes": "codes with yes or no",
    "people.IdentityDocument.possession": "code of document_possession",
    "people.OfficeVoice.audio": "the office's own reading of a public text",
    "people.OfficeVoice.key": "which public text was read",
    "reception.Centre.name": "the name on the door",
    "reintegration.Interview.flags": "codes of rss_flag",
    "trail.Entry.body": "codes, numbers and opaque identifiers, tested in test_writers",
    "trail.Entry.hash": "a digest",
    "trail.Entry.purpose": "a code of the page",
    "vault.OrganisationKey.wrapped": "a wrapped key",
    "vault.SubjectKey.wrapped": "a wrapped key",
}


def could_hold_words(field: models.Field) -> bool:
    if isinstance(field, models.BinaryField):
        return not field.column.endswith("_sealed")
    if isinstance(field, models.TextField | models.JSONField):
        return True
    if isinstance(field, ArrayField):
        return could_hold_words(field.base_field)
    return isinstance(field, models.CharField) and (field.max_length or LONGEST_CODE + 1) > LONGEST_CODE


def clear() -> list[str]:
    return sorted(
        f"{model._meta.label}.{field.name}"
        for model, wall in walled_models()
        if wall.using is not None
        for field in model._meta.concrete_fields
        if could_hold_words(field)
    )


def test_every_clear_column_that_could_hold_words_has_a_reason():
    unexplained, gone = set(clear()) - set(CLEAR), set(CLEAR) - set(clear())
    assert unexplained == set(), (
        "seal these columns (BinaryField `*_sealed`), shorten them to codes of at most 32 characters, or give the reason in"
        " CLEAR"
    )
    assert gone == set(), "these columns are no longer there or hold no words: take them from CLEAR"


@pytest.mark.parametrize("field", [models.TextField(), models.JSONField(), models.CharField(max_length=200)])
def test_a_new_column_for_words_is_found(monkeypatch, field):
    field.set_attributes_from_name("remark")
    person = apps.get_model("people", "Person")
    monkeypatch.setattr(person._meta, "concrete_fields", (*person._meta.concrete_fields, field))

    assert "people.Person.remark" in clear()
