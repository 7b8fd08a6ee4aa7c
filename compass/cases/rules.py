"""Who may do what with cases. An office's own cases only; a second person is asked by the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from compass.access.models import Receipt
from compass.access.policy import own_organisation, rule, shared_with
from compass.cases.models import BestInterests, Case
from compass.people.models import Merge, MergedRow

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
    """Best interests is the sealed tier: a supervisor, who began the procedure, who leads the child's case or one of its
    household; anyone of the field only while nobody else leads a case there and nothing is written yet, so that a child
    alone is not left waiting.

    Nobody lets themselves in: a case counts when a colleague gave it, or when it was there before the procedure; one of the
    household does not count for who brought its person, or the child, into that household; nor does one that came to the
    child, or to its household, by a merge, until a supervisor gives it anew. The procedure of a record that was merged into
    another stays with those who could read it at that moment.
    """
    own = own_organisation(actor, organisations)
    supervised = actor.in_roles(frozenset({"supervisor"}))
    if set(organisations) <= set(supervised):
        return own
    cases = Case._base_manager.filter(
        person__household_id=OuterRef("household_id"), organisation_id=OuterRef("organisation_id")
    )
    came = MergedRow._base_manager.filter(
        row=OuterRef("pk"), model="cases.Case", column="", merge__state="confirmed", organisation_id__in=organisations
    )
    since = Receipt.objects.filter(
        ~Q(actor_id=actor.id), action="cases.assign", result_id=OuterRef(OuterRef("pk")),
        recorded_at__gt=OuterRef("merge__decided_at"),
    )  # fmt: skip
    written = BestInterests._base_manager.filter(person_id=OuterRef("pk"), organisation_id=OuterRef("organisation_id"))
    near = (
        Q(Exists(cases.filter(_not_self_made(actor), ~Exists(came.exclude(Exists(since))), owner_id=actor.id)))
        | Q(Exists(written.filter(recorded_by=actor.id)))
        | (Q(~Exists(cases.filter(~Q(owner_id=actor.id), owner_id__isnull=False))) & Q(~Exists(written)))
    )
    kept = Merge._base_manager.filter(
        absorbed=OuterRef("pk"),
        organisation_id=OuterRef("organisation_id"),
        state="confirmed",
        readers__contains=[actor.id],
    )
    near = (Q(merged_into__isnull=True) & near) | Q(Exists(kept))
    return own & (near | Q(organisation_id__in=supervised) if supervised else near)


def _not_self_made(actor: Actor) -> Q:
    """Cases, inside a query of children, whose lead is not the colleague's own doing once there is something to read.

    Judged by when this system recorded it: when something happened is what the sender says.
    """
    earlier = BestInterests._base_manager.filter(
        person_id=OuterRef(OuterRef("pk")), recorded_at__lte=OuterRef("recorded_at")
    )
    given = Receipt.objects.filter(~Q(actor_id=actor.id), action="cases.assign", result_id=OuterRef("pk"))
    moved = Receipt.objects.filter(
        Q(result_id=OuterRef("person_id")) | Q(result_id=OuterRef(OuterRef("pk"))),
        action="people.household",
        actor_id=actor.id,
    )
    handed = ~Q(recorded_by=actor.id) | Q(~Exists(earlier)) | Q(Exists(given))
    return handed & (Q(person_id=OuterRef("pk")) | Q(~Exists(moved)))


rule("best_interests.view", *FIELD, where=_works_with_the_child)
rule("best_interests.write", *FIELD, where=_works_with_the_child)
rule("best_interests.decide", "supervisor")
