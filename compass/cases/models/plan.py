"""The case plan: goals in the person's words, actions with a service, a person responsible and a day."""

from __future__ import annotations

from django.db import models

from compass.cases.models.case import AboutCase


class Plan(AboutCase):
    """The plan of a case; a new one supersedes the old. It counts once the person agreed and a second person approved.

    unanswered: {code of need_domain: "refused" or "gap"} for severe needs without an action (CM-13). agreed_how: spoken,
    signed or guardian. state: draft, requested, approved or rejected.
    """

    unanswered = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="draft")
    agreed_at = models.DateTimeField(null=True)
    agreed_how = models.CharField(max_length=12, blank=True)
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    remark_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["case", "-occurred_at"], name="cases_plan_newest")]


class Goal(AboutCase):
    """What the person wants to reach. statement_sealed: in their words. progress: code of goal_progress.

    outcome: code of goal_outcome, what the closure says became of a goal that was not reached; empty until then.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="goals")
    domain = models.CharField(max_length=40)
    statement_sealed = models.BinaryField(default=b"")
    target_date = models.DateField()
    progress = models.CharField(max_length=12, default="n_a")
    outcome = models.CharField(max_length=12, blank=True)


class PlanAction(AboutCase):
    """One step to a goal. service: code of the catalogue. responsible: action_responsible. status: plan_action_status."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="actions")
    service = models.CharField(max_length=3)
    responsible = models.CharField(max_length=16)
    due_on = models.DateField()
    status = models.CharField(max_length=12, default="planned")
    done_on = models.DateField(null=True)
    note_sealed = models.BinaryField(default=b"")
