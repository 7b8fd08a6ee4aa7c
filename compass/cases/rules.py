"""Who may do what with cases. An office's own cases only; a second person is asked by the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from compass.access.policy import own_organisation, rule, shared_with

if TYPE_CHECKING:
    from compass.access.actor import Actor

FIELD = ("social_worker", "case_worker", "supervisor")

rule("cases.view", *FIELD)
rule("cases.screen", *FIELD)
rule("cases.open", *FIELD)
rule("cases.risk", *FIELD)
rule("cases.assign", "supervisor")
rule("cases.assess", *FIELD)
rule("cases.plan", *FIELD)
rule("cases.follow", *FIELD)
rule("cases.reveal", *FIELD)
rule("cases.close", *FIELD)
rule("cases.approve", "supervisor")


def _received(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    """What was sent to those organisations; a draft is the sender's own."""
    return shared_with(actor, organisations) & ~Q(status="draft")


def _either_side(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    return own_organisation(actor, organisations) | shared_with(actor, organisations)


rule("referrals.view", *FIELD)
rule("referrals.inbox", "partner_case_worker", *FIELD, where=_received)
rule("referrals.prepare", *FIELD)
rule("referrals.send", *FIELD)
rule("referrals.review", "supervisor")
rule("referrals.answer", "partner_case_worker", "case_worker", "supervisor", where=_received)
rule("handovers.view", *FIELD, where=_either_side)
rule("handovers.offer", *FIELD)
rule("handovers.answer", "case_worker", "supervisor", where=shared_with)
rule("best_interests.view", *FIELD)
rule("best_interests.write", *FIELD)
rule("best_interests.decide", "supervisor")
