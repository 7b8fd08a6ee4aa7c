"""The case and what is recorded along its cycle: screening, risk, assessment, contacts, closure, reopening.

Codes and times that the standards compute with are clear; every story, answer and reason is sealed under the person's key.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.codes import new_code
from compass.people.models import AboutPerson
from compass.vault.walls import Wall
from compass.vocabulary import code_list

OPEN = ("open", "on_hold", "reopened")


class Case(AboutPerson):
    """One protection case of a person. `code` is what colleagues say; it has no meaning.

    stage: code of case_stage. status: code of case_status. owner_id: the colleague who leads it, None until assigned.
    needs_supervisor: the risk is high because of a trigger; only a supervisor may lower it.
    """

    code = models.CharField(max_length=9, unique=True, default=new_code)
    stage = models.CharField(max_length=16, default="identified")
    status = models.CharField(max_length=12, default="open")
    risk_level = models.CharField(max_length=14, default="not_assessed")
    risk_set_at = models.DateTimeField(null=True)
    needs_supervisor = models.BooleanField(default=False)
    owner_id = models.UUIDField(null=True)
    identification_source = models.CharField(max_length=30, default="self_referral")
    country = models.CharField(max_length=2)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closure_reason = models.CharField(max_length=40, blank=True)
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "status", "owner_id"], name="cases_case_work"),
            models.Index(fields=["person"], name="cases_case_person"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def stage_number(self) -> int:
        """1 to 8."""
        found = code_list("case_stage").get(self.stage)
        return int(found.extra["order"]) if found else 1

    @property
    def started_at(self) -> Any:
        """When the time limits of its present course began: opened, or reopened."""
        return self.reopened_at or self.opened_at


class AboutCase(AboutPerson):
    """A record that belongs to a case; it moves with the person."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Screening(AboutPerson):
    """Two urgent questions, then routing. `results` are codes of screening_result as the worker decided; `computed` is what
    the declared rules said. answers_sealed: {"answers", "triggers", "note"}."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", null=True)
    medical_now = models.BooleanField()
    danger_now = models.BooleanField()
    computed = ArrayField(models.CharField(max_length=40))
    results = ArrayField(models.CharField(max_length=40))
    risk_level = models.CharField(max_length=14)
    answers_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["person", "-occurred_at"], name="cases_screening_newest")]


class RiskChange(AboutCase):
    """Who set which risk level when (case file F5). reason_sealed: text."""

    before = models.CharField(max_length=14)
    level = models.CharField(max_length=14)
    reason_sealed = models.BinaryField(default=b"")


class Assessment(AboutCase):
    """Needs by domain and determinants of vulnerability.

    needs: {code of need_domain: code of need_level}. factors: [{"code", "direction", "severity"}]. vulnerable and
    experienced: codes of vea_determination, the worker's judgement; no score is computed. narrative_sealed: text.
    state: requested, approved or rejected (approval_state). remark_sealed: what the approver wrote.
    """

    needs = models.JSONField(default=dict)
    factors = models.JSONField(default=list)
    vulnerable = models.CharField(max_length=14, default="undetermined")
    experienced = models.CharField(max_length=14, default="undetermined")
    narrative_sealed = models.BinaryField(default=b"")
    state = models.CharField(max_length=10, default="requested")
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    remark_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["case", "-occurred_at"], name="cases_assessment_newest")]

    @property
    def severe(self) -> list[str]:
        """The domains of severe unmet need."""
        return [domain for domain, level in self.needs.items() if level == "unmet_severe"]


class FollowUp(AboutCase):
    """A contact, or an attempt (`reached` false). note_sealed: text. risk_after: the level found, empty when unchanged."""

    kind = models.CharField(max_length=24)
    channel = models.CharField(max_length=20)
    reached = models.BooleanField()
    plan_reviewed = models.BooleanField(default=False)
    risk_after = models.CharField(max_length=14, blank=True)
    next_on = models.DateField(null=True)
    note_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["case", "-occurred_at"], name="cases_followup_newest")]


class Closure(AboutCase):
    """A request to close, then its decision. `recorded_by` asked. prerequisites: codes of compass.cases.closing."""

    reason = models.CharField(max_length=40)
    safety_reassessed = models.BooleanField()
    prerequisites = ArrayField(models.CharField(max_length=24), default=list)
    state = models.CharField(max_length=10, default="requested")
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    explanation_sealed = models.BinaryField(default=b"")
    remark_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["case", "-occurred_at"], name="cases_closure_newest")]


class Reopening(AboutCase):
    """Why a closed case was opened again. reason_sealed: text."""

    closed_at = models.DateTimeField()
    reason_sealed = models.BinaryField(default=b"")


class CountryLimit(models.Model):
    """A country's own time limit in hours, instead of the default of the vocabulary. Written by the owner only."""

    country = models.CharField(max_length=2)
    timeline = models.CharField(max_length=40)
    risk_level = models.CharField(max_length=14)
    hours = models.PositiveIntegerField()

    wall: ClassVar[Wall] = Wall(app="SELECT", using=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "timeline", "risk_level"], name="cases_countrylimit_once")
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.timeline} {self.risk_level}"
