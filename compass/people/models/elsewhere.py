"""Whether another organisation knows a person: asked by an office about its own, told only when both asked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.walls import OWN_ORGANISATION, Wall


class ElsewhereAsk(AboutPerson):
    """An office asks whether another organisation works with the person too, under the consent `duplicate_check`.

    What identifies the person is not kept here: each night it is opened in memory from the record. state: asked | confirmed
    (takes part until `until`) | declined | withdrawn | expired. hope: code of elsewhere_hope. decided_by: a second person.
    asking_organisation: the office that asked; in the hands of another one, after a handover, it takes part no more.
    """

    hope = models.CharField(max_length=16)
    state = models.CharField(max_length=12, default="asked")
    asking_organisation = models.UUIDField()
    until = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "asking_organisation"],
                condition=models.Q(state__in=["asked", "confirmed"]),
                name="people_elsewhere_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation_id", "id"],
                condition=models.Q(state__in=["asked", "confirmed"]),
                name="people_elsewhere_open",
            ),
        ]


class ElsewhereMet(AboutPerson):
    """One side of a meeting: another organisation asked about the same person. Written by an owner's function only, for both
    sides at once, and seen by the office that asked: whoever takes the person over later was agreed to by nobody.

    met_organisation: the other one. recorded_by: who confirmed this side's ask.
    """

    follows_merge: ClassVar[bool] = False
    ask = models.ForeignKey(ElsewhereAsk, on_delete=models.PROTECT, related_name="+")
    asking_organisation = models.UUIDField()
    met_organisation = models.UUIDField()

    wall: ClassVar[Wall] = Wall(
        app="SELECT", using=f"{OWN_ORGANISATION} AND asking_organisation = organisation_id", moves_with="person"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ask", "met_organisation"], name="people_elsewheremet_once"),
        ]
