"""Who may do what with returns. Approving also needs someone who took no part in the file (R-ELI-2), see actions."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from compass.access.actor import Actor
from compass.access.policy import own_organisation, rule

FIELD = ("social_worker", "case_worker", "supervisor")
#: From the approval on there is a journey to arrange.
TRAVEL = ("pre_return", "ready_to_travel", "no_show", "in_travel", "arrived")


def travelling(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    """Returns of those organisations that were approved and are on their way."""
    return own_organisation(actor, organisations) & Q(state__in=TRAVEL)


rule("returns.view", *FIELD, "monitoring_officer")
rule("returns.see_travel", "movement_officer", where=travelling)
rule("returns.start", *FIELD)
rule("returns.counsel", *FIELD)
rule("returns.assess", "case_worker", "supervisor")
rule("returns.approve", "supervisor")
rule("returns.move", "movement_officer", "case_worker", "supervisor")
rule("returns.see_off", "movement_officer", "case_worker", "supervisor")
rule("returns.receive", "case_worker", "supervisor", "social_worker")
rule("returns.withdraw", *FIELD)
rule("returns.suspend", *FIELD)
rule("returns.read_notes", *FIELD)
