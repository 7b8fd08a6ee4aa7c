"""Who belonged together, since when, and what changed it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.walls import Wall


class HouseholdMember(AboutPerson):
    """Where a person belongs from a day on. Each change is a new row; the newest says what stands on Person.

    household_id: as that of Person. relation: code of person_relation, towards the principal person of that household.
    uasc_status: as that of Person from then on. change: code of household_change. care: code of care_arrangement, who cares
    for a child that left the grown people it was with; else empty. since: the office's day from which it holds.
    All rows stay with the record under which they were written; a row with the change `mistake` takes the place of the one
    before it, from the same day on (`compass.people.households`).
    """

    follows_merge: ClassVar[bool] = False
    household_id = models.UUIDField()
    relation = models.CharField(max_length=20)
    uasc_status = models.CharField(max_length=20, blank=True)
    change = models.CharField(max_length=16)
    care = models.CharField(max_length=32, blank=True)
    since = models.DateField()

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["household_id", "organisation_id"], name="people_member_household")]
