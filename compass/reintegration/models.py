"""After the return: reception, plan, actions, receipts, follow-ups, and the sustainability interview."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.communities.models import Project
from compass.people.models import AboutPerson
from compass.returns.models import Return


class ArrivalHome(AboutPerson):
    """What a person was given on arrival. support: codes of reception_support. note_sealed: {"note"}."""

    avr = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="+", null=True)
    arrived_on = models.DateField()
    support = ArrayField(models.CharField(max_length=20), default=list)
    note_sealed = models.BinaryField(default=b"")


class Plan(AboutPerson):
    """The plan of one person, made with them (R-PLN-2). agreed_on: the day they said yes.

    goals_sealed: {"goals", "before": what they wanted earlier, the newest last, each {"goals", "agreed_on"}}.
    """

    agreed_on = models.DateField()
    goals_sealed = models.BinaryField(default=b"")


class Action(AboutPerson):
    """One line of a plan: who is helped (level), in what (dimension), how (modality), and what it should change.

    status: plan_action_status. expectation: code of EXPECTATIONS. project: the community project a person takes part in.
    words_sealed: {"what", "change", "cancelled"}.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    dimension = models.CharField(max_length=16)
    level = models.CharField(max_length=12)
    pathway = models.CharField(max_length=24, blank=True)
    business_type = models.CharField(max_length=24, blank=True)
    modality = models.CharField(max_length=12)
    budget = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    planned_on = models.DateField()
    delivered_on = models.DateField(null=True)
    status = models.CharField(max_length=12, default="planned")
    expectation = models.CharField(max_length=24)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", null=True)
    words_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "status"], name="reintegration_action_list")]


class OfAction(AboutPerson):
    """A record about one action."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Receipt(OfAction):
    """A proof of what was paid or handed over. kind: proof_kind. The file and its name are sealed."""

    kind = models.CharField(max_length=24)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    media_type = models.CharField(max_length=20)
    file_sealed = models.BinaryField()
    name_sealed = models.BinaryField(default=b"")


class FollowUp(OfAction):
    """Whether the action did what it should. result: followup_result. next_step: code of NEXT_STEPS.

    remark_sealed: {"remark"}.
    """

    result = models.CharField(max_length=12)
    channel = models.CharField(max_length=20)
    asked_on = models.DateField()
    next_step = models.CharField(max_length=12)
    remark_sealed = models.BinaryField(default=b"")


class Interview(AboutPerson):
    """A sustainability interview with an adult. Answers are sealed; scores are clear and provisional, not IOM's.

    answers_sealed: {item code: option code, or a list of them}. Scores 0 to 1, None when too few answers. band: rss_band.
    flags: codes of rss_flag, "CODE:dimension" where one belongs to a dimension. status: draft | complete | partial.
    """

    round = models.CharField(max_length=12)
    held_on = models.DateField()
    mode = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    status = models.CharField(max_length=10, default="draft")
    instrument_version = models.CharField(max_length=20)
    weight_set = models.CharField(max_length=20)
    provisional = models.BooleanField(default=True)
    economic = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    social = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    psychosocial = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    composite = models.DecimalField(max_digits=6, decimal_places=4, null=True)
    band = models.CharField(max_length=16, blank=True)
    flags = ArrayField(models.CharField(max_length=40), default=list)
    answers_sealed = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(round="baseline"), name="reintegration_one_baseline"
            )
        ]
