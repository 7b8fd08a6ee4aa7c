"""Places and what their people decided. Counts, never names; words (minutes, reasons, titles) are sealed per place."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.records import Recorded
from compass.access.scope import ScopedManager
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall


class Place(Recorded):
    """A village, a quarter, a town; `area` by ISO 3166-2. The key of its sealed words is its own."""

    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    area = models.CharField(max_length=8)
    high_return = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "area"], name="communities_place_list")]

    def __str__(self) -> str:
        return self.name


class AtPlace(Recorded):
    """A record about a place."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    wall: ClassVar[Wall] = Wall(moves_with="place")

    class Meta:
        abstract = True


class Profile(AtPlace):
    """What people of the place say of it, for a period. priorities: codes of community_problem, the first weighs most.

    validated_on: the day the community heard it back and agreed. words_sealed: {"summary"}.
    """

    period_from = models.DateField()
    period_to = models.DateField()
    priorities = ArrayField(models.CharField(max_length=20), default=list)
    residents = models.PositiveIntegerField(null=True)
    returnees = models.PositiveIntegerField(null=True)
    validated_on = models.DateField(null=True)
    words_sealed = models.BinaryField(default=b"")


class Meeting(AtPlace):
    """A meeting. kind: code of community_meeting_type. minutes_sealed: {"minutes"}."""

    kind = models.CharField(max_length=20)
    held_on = models.DateField()
    minutes_sealed = models.BinaryField(default=b"")


class Attendance(models.Model):
    """How many of one group came. group: resident_group; ages: code of `AGES`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    group = models.CharField(max_length=16)
    sex = models.CharField(max_length=12)
    ages = models.CharField(max_length=12)
    number = models.PositiveSmallIntegerField()

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(moves_with="meeting")


AGES = ("under_18", "18_59", "60_over")


class Option(AtPlace):
    """Something the community could do, with how many hands went up for it. title_sealed: {"title"}."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="options")
    sector = models.CharField(max_length=20)
    votes_returnees = models.PositiveSmallIntegerField()
    votes_neighbours = models.PositiveSmallIntegerField()
    title_sealed = models.BinaryField(default=b"")

    @property
    def votes(self) -> int:
        return self.votes_returnees + self.votes_neighbours


class Project(AtPlace):
    """What was chosen. status: project_status. Counts of those who take part, returnees and neighbours apart.

    words_sealed: {"title", "objective", "otherwise"} (why not the option with most votes); safeguards_sealed:
    {"do_no_harm", "maintenance"}. budget in `currency`. prepared_by: everybody who chose it or wrote its safeguards, the
    first first; none of them approves it.
    """

    option = models.ForeignKey(Option, on_delete=models.PROTECT, related_name="+")
    approach = models.CharField(max_length=32)
    dimension = models.CharField(max_length=16)
    sector = models.CharField(max_length=20)
    budget = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, default="chosen")
    otherwise = models.BooleanField(default=False)
    screened_on = models.DateField(null=True)
    contribution = models.CharField(max_length=12, blank=True)
    returnees = models.PositiveSmallIntegerField(default=0)
    neighbours = models.PositiveSmallIntegerField(default=0)
    women = models.PositiveSmallIntegerField(default=0)
    prepared_by = ArrayField(models.UUIDField(), default=list)
    approved_by = models.UUIDField(null=True)
    status_since = models.DateField()
    words_sealed = models.BinaryField(default=b"")
    safeguards_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "status"], name="communities_project_list")]
