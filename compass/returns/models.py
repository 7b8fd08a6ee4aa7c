"""A return, who travels, and what was told, declared, checked, decided and done, each as a record about one person.

Everything follows its person at a handover. Words of the person and of the counsellor are sealed under the person's key.
`round` counts how often the procedure began: what was declared before a withdrawal does not count afterwards.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.codes import new_code
from compass.access.records import Recorded
from compass.cases.models import Handover
from compass.people.models import AboutPerson
from compass.vault.walls import SHARED_WITH, Wall


class Return(AboutPerson):
    """The wish of a person (`person`, the principal) to go home, alone or with others of the household.

    state: code of return_state, changed only by the transitions of `machine`. created by `recorded_by`.
    """

    code = models.CharField(max_length=9, unique=True, default=new_code)
    state = models.CharField(max_length=20, default="enquiry")
    round = models.PositiveSmallIntegerField(default=1)
    return_type = models.CharField(max_length=24, default="AVRR")
    destination = models.CharField(max_length=2)
    area = models.CharField(max_length=8, blank=True)
    detained = models.BooleanField(default=False)
    state_since = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    departed_on = models.DateField(null=True)
    arrived_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "state", "-state_since"], name="returns_return_list")]

    def __str__(self) -> str:
        return self.code


class OfReturn(AboutPerson):
    """A record inside a return, in one of its rounds."""

    avr = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)

    class Meta:
        abstract = True


class Member(OfReturn):
    """A person who would travel on this return; the principal has a row too."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["avr", "person"], name="returns_member_once")]


class Counselling(OfReturn):
    """A neutral talk about return (R-INF-1). topics: codes of return_information_topic that were told.

    notes_sealed: {"notes"}. `recorded_by` is the counsellor.
    """

    topics = ArrayField(models.CharField(max_length=32), default=list)
    language = models.CharField(max_length=8)
    interpreter_mode = models.CharField(max_length=20)
    time_offered = models.BooleanField()
    days_offered = models.PositiveSmallIntegerField(default=0)
    notes_sealed = models.BinaryField(default=b"")


class Declaration(OfReturn):
    """The voluntary declaration of one person (R-VOL-1), read out and agreed to statement by statement.

    given_by: individual | guardian. mode: signature | thumbprint | witnessed_oral | recorded_oral. witness_sealed:
    {"witness"}; a spoken one has a witness.
    """

    given_by = models.CharField(max_length=12)
    statements = ArrayField(models.CharField(max_length=32), default=list)
    text_version = models.CharField(max_length=20)
    text_language = models.CharField(max_length=8)
    language = models.CharField(max_length=8)
    mode = models.CharField(max_length=16)
    valid_until = models.DateField()
    witness_sealed = models.BinaryField(default=b"")


class FreeChoice(OfReturn):
    """The counsellor's check of free choice (R-VOL-2, R-VOL-3, R-VOL-6).

    evidence_sealed: {"pressure", "information"}: what these two answers rest on.
    """

    no_pressure = models.BooleanField()
    informed = models.BooleanField()
    capacity_doubted = models.BooleanField()
    capacity_assessed = models.BooleanField(null=True)
    detained = models.BooleanField()
    independent_counsel = models.BooleanField(null=True)
    private_talk = models.BooleanField(null=True)
    evidence_sealed = models.BinaryField(default=b"")


class Eligibility(OfReturn):
    """One criterion of eligibility (R-ELI-1) with its answer; the newest of a criterion counts.

    evidence_sealed: {"evidence"}.
    """

    criterion = models.CharField(max_length=32)
    answer = models.CharField(max_length=12)
    evidence_kind = models.CharField(max_length=20)
    checked_on = models.DateField()
    evidence_sealed = models.BinaryField(default=b"")


class Preparation(OfReturn):
    """What must be ready before travel: document (R-DOC-1), health outcome without diagnosis (R-MED-1), notice (R-NOT-1)."""

    travel_on = models.DateField()
    travel_mode = models.CharField(max_length=20)
    document_valid_until = models.DateField()
    medical_outcome = models.CharField(max_length=24)
    receiving_told_on = models.DateField(null=True)


class Step(OfReturn):
    """One transition of the return: who moved it from where to where, and why. note_sealed: {"note"}."""

    transition = models.CharField(max_length=16)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    reason = models.CharField(max_length=32, blank=True)
    note_sealed = models.BinaryField(default=b"")


class Journey(Recorded):
    """The departure of people whom the office at home took over before they left: what the sending office needs, and what
    it records. Belongs to the sending office, shared with the receiving one; nobody's identity, no record of a person.

    code: that of the return. last_day: the last on which documents and declarations hold. ready: nothing stands in the way.
    status: waiting | left | missed | stopped. method: how the adults were asked once more. reason: code of
    departure_outcome. told_by: who saw them off, or that they stayed. `recorded_by` is the colleague who took them over.
    """

    to_organisation_id = models.UUIDField()
    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="+")
    avr = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=9)
    round = models.PositiveSmallIntegerField(default=1)
    destination = models.CharField(max_length=2)
    people = models.PositiveSmallIntegerField()
    children = models.PositiveSmallIntegerField(default=0)
    travel_on = models.DateField(null=True)
    travel_mode = models.CharField(max_length=20, blank=True)
    last_day = models.DateField(null=True)
    ready = models.BooleanField(default=False)
    status = models.CharField(max_length=8, default="waiting")
    departed_on = models.DateField(null=True)
    method = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=32, blank=True)
    told_at = models.DateTimeField(null=True)
    told_by = models.UUIDField(null=True)

    wall: ClassVar[Wall] = Wall(
        using=SHARED_WITH,
        insert="to_organisation_id = ANY ((SELECT compass_scope_organisations())::uuid[])"
        " AND status = 'waiting' AND departed_on IS NULL AND told_at IS NULL"
        " AND EXISTS (SELECT 1 FROM cases_handover h WHERE h.id = returns_journey.handover_id AND h.status = 'accepted'"
        " AND h.organisation_id = returns_journey.organisation_id"
        " AND h.to_organisation_id = returns_journey.to_organisation_id)",
    )

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "status", "travel_on"], name="returns_journey_list"),
            models.Index(fields=["avr", "-recorded_at"], name="returns_journey_newest"),
        ]

    @property
    def subject_id(self) -> UUID:
        """The return; whom it is about only the office at home knows."""
        return self.avr_id
