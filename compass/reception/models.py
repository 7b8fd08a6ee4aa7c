"""Who arrives at a centre before anyone is registered, and what a centre does with groups."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from compass.access.records import Recorded
from compass.access.scope import ScopedManager
from compass.people.models import AboutPerson, Person
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall
from compass.vocabulary import code_list


class Centre(models.Model):
    """A place where people arrive. Made by the owner; its name is on its door and therefore not sealed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    area = models.CharField(max_length=10, blank=True)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(app="SELECT")

    class Meta:
        indexes = [models.Index(fields=["organisation_id"], name="reception_centre_own")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject_id(self) -> UUID:
        """The centre itself; it is about no person."""
        return self.pk


class ArrivalGroup(Recorded):
    """People who came together. On the list on vital interest: nothing is asked but their number, language and needs.

    `came_by`: code of arrival_means. `people`: how many were counted at the gate.
    """

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=8)
    came_by = models.CharField(max_length=20)

    wall: ClassVar[Wall] = Wall(moves_with="centre")

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "-occurred_at"], name="reception_group_recent")]


class Arrival(models.Model):
    """One of the group, known by number until registered. status: waiting | registered | left.

    The row stays with the centre where the person arrived when their record is handed over.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    group = models.ForeignKey(ArrivalGroup, on_delete=models.PROTECT, related_name="arrivals")
    number = models.PositiveSmallIntegerField()
    urgent_need = models.CharField(max_length=20, default="none")
    status = models.CharField(max_length=12, default="waiting")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(moves_with="group")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="reception_arrival_number")]
        indexes = [
            models.Index(
                fields=["organisation_id", "group"],
                condition=models.Q(status="waiting"),
                name="reception_arrival_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id}/{self.number}"

    @property
    def subject_id(self) -> UUID:
        """The person once registered, the place in the group before."""
        return self.person_id or self.pk

    @property
    def urgent(self) -> bool:
        return self.urgent_need not in {"", "none"}


class PlaceCorrection(Recorded):
    """A place that was taken by mistake and goes back on the list; what it had become stays readable here.

    `was`: its status before. `person`: who had been registered from it; their record stays. `reason`: code of
    place_correction_reason.
    """

    place = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="+")
    was = models.CharField(max_length=12)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=20)

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="place")


class Activity(Recorded):
    """A group activity of a centre on a day; `kind` is a code of group_activity_kind."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    held_on = models.DateField()

    wall: ClassVar[Wall] = Wall(moves_with="centre")

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "-held_on"], name="reception_activity_recent")]

    @property
    def service(self) -> str:
        """The service of the catalogue that being there counts as."""
        return str(code_list("group_activity_kind").require(self.kind).extra["service"])


class Attendance(AboutPerson):
    """Someone was there. status: code of the list attendance; `absent` for who was marked by mistake, with its correction.

    Moves with the person; the activity stays. Which activity is cut off while the person's rows are coarse.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=12, default="present")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "person"], name="reception_attendance_once")]


class AttendanceCorrection(AboutPerson):
    """What an attendance had said before it was corrected, and why; nothing of it is overwritten.

    `was`, `became`: its status before and after. `reason`: code of attendance_correction_reason.
    """

    follows_merge: ClassVar[bool] = False

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="+")
    was = models.CharField(max_length=12)
    became = models.CharField(max_length=12)
    reason = models.CharField(max_length=20)

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["attendance", "-occurred_at"], name="reception_attendance_wrong")]
