"""Who may do what with cases. An office's own cases only; a second person is asked by the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from compass.access.policy import own_organisation, rule, shared_with
from compass.cases.models import BestInterests, Case

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


def _works_with_the_child(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    """Best interests is the sealed tier: a supervisor, who leads a case of the household, who began the procedure; anyone of
    the field only while nobody leads a case there and nothing is written yet, so that a child alone is not left waiting."""
    own = own_organisation(actor, organisations)
    supervised = actor.in_roles(frozenset({"supervisor"}))
    if set(organisations) <= set(supervised):
        return own
    cases = Case._base_manager.filter(
        person__household_id=OuterRef("household_id"), organisation_id=OuterRef("organisation_id")
    )
    written = BestInterests._base_manager.filter(person_id=OuterRef("pk"), organisation_id=OuterRef("organisation_id"))
    near = (
        Q(Exists(cases.filter(owner_id=actor.id)))
        | Q(Exists(written.filter(recorded_by=actor.id)))
        | (Q(~Exists(cases.filter(owner_id__isnull=False))) & Q(~Exists(written)))
    )
    return own & (near | Q(organisation_id__in=supervised) if supervised else near)


rule("best_interests.view", *FIELD, where=_works_with_the_child)
rule("best_interests.write", *FIELD, where=_works_with_the_child)
rule("best_interests.decide", "supervisor")
