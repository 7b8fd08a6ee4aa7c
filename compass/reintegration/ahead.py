"""What comes next for someone at home: the one step to take now, by what is on record."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from compass.reintegration.actions.plans import HANDED_OVER, OPEN, in_kind
from compass.reintegration.models import Action, FollowUp, Receipt
from compass.reintegration.queries import Cover
from compass.returns.words import Next


def lacks_proof(line: Action) -> bool:
    """Whether something in kind has no paper yet that shows it was handed over (R-BUD-2)."""
    return in_kind(line) and not Receipt.objects.filter(action=line, kind__in=HANDED_OVER).exists()


def next_at_home(person: object, cover: Cover, lines: Sequence[tuple[Action, str]], *, received: bool) -> Next | None:
    """Reception, plan, a line, its proof and delivery when its day has come, the question whether it helped; else nothing.

    `lines`: those of the person's own plan, each with what is done.
    """
    if not received:
        return _step(
            "welcome", person, _("Record reception"), _("First a bed, food, and someone to call. The rest can wait.")
        )
    if cover.plan is None:
        lead = _("A plan is made with the person within a month of the return.")
        return _step("plan", cover.planner.pk, _("Make a plan"), lead)
    if cover.planner.pk != person:
        return None
    if not lines:
        return _step(
            "new_action", cover.plan.pk, _("Add a line"), _("One thing that is done, and what it should change.")
        )
    for line, what in lines:
        if line.status in OPEN and line.planned_on <= timezone.localdate():
            if lacks_proof(line):
                return _step("receipt", line.pk, _("Add a proof"), what)
            return _step("delivered", line.pk, _("Record delivery"), what)
    asked = set(
        FollowUp.objects.filter(action__in=[line.pk for line, _what in lines]).values_list("action_id", flat=True)
    )
    for line, what in lines:
        if line.delivered_on and line.pk not in asked:
            return _step("follow_up", line.pk, _("Record a follow-up"), what)
    return None


_RULES = {"welcome": "reintegration.receive", "follow_up": "reintegration.follow_up"}


def _step(name: str, pk: object, title: str, lead: str) -> Next:
    return Next(name, title, reverse(f"reintegration:{name}", args=[pk]), lead, _RULES.get(name, "reintegration.plan"))
