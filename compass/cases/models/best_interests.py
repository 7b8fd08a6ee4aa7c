"""The best-interests procedure of a child (case-management.md 2.12)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.people.models import AboutPerson


class BestInterests(AboutPerson):
    """One procedure of one child; the newest counts, a reopened one starts anew.

    stage: bip_stage. determination: a panel must decide (BIP-05). options, decision: bip_solution. escort: escort_type.
    tracing: "", "pending", "successful" or "unsuccessful". Sealed: the child's view or why it was not asked, the
    assessment, the panel and its reasons, who will care. with_parent_at: a worker checked that the child returns with the
    parent it lives with and that nothing speaks against it, checked_with: who these parents were; parent_agreed_at: the
    parent (or, for a child alone, the guardian who was appointed by then) agreed. parents_confirmed: whom of its household a
    second person found to be its parents. A merge leaves it with the record of the child under which it was written, and
    with those who could read it.
    """

    follows_merge: ClassVar[bool] = False

    stage = models.CharField(max_length=20, default="identified")
    determination = models.BooleanField()
    heard_at = models.DateTimeField(null=True)
    view_sealed = models.BinaryField(default=b"")
    assessed_at = models.DateTimeField(null=True)
    assessment_sealed = models.BinaryField(default=b"")
    tracing = models.CharField(max_length=12, blank=True)
    tracing_at = models.DateTimeField(null=True)
    family_assessed = models.BooleanField(default=False)
    care_agreed = models.BooleanField(default=False)
    panel_size = models.PositiveSmallIntegerField(default=0)
    options = ArrayField(models.CharField(max_length=24), default=list)
    decision = models.CharField(max_length=24, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_sealed = models.BinaryField(default=b"")
    review_told_at = models.DateTimeField(null=True)
    parent_agreed_at = models.DateTimeField(null=True)
    with_parent_at = models.DateTimeField(null=True)
    checked_with = ArrayField(models.UUIDField(), default=list)
    parents_confirmed = ArrayField(models.UUIDField(), default=list)
    escort = models.CharField(max_length=20, blank=True)
    received_by_sealed = models.BinaryField(default=b"")
    first_visit_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="cases_bestinterests_newest")]
