"""What this room asks before two records of one person are made one, and who may read what stays with one of them.

Two open cases stay two cases of one person: a supervisor closes one as `duplicate` when both say the same
(case-management.md 2.7). An offer to another office, and what a partner holds under consent, are settled first: neither
could be undone.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from compass.access import policy
from compass.access.actor import Actor
from compass.access.models import Grant, Organisation, User
from compass.access.work import Work
from compass.cases.actions.handover import open_offers
from compass.cases.decisions import Waiting
from compass.cases.models import BestInterests, Referral
from compass.cases.rules import FIELD
from compass.cases.standards import link
from compass.people import consent
from compass.people.models import ElsewhereAsk, Merge, Person
from compass.problems import NotYetOne

MOST_WAITING = 50


def must_be_settled(work: Work, kept: Person, absorbed: Person) -> None:
    """Raises NotYetOne for an open offer of a handover, and for what a partner holds under a consent that the narrower of
    both answers no longer covers."""
    both = [kept.pk, absorbed.pk]
    if open_offers(both, work):
        raise NotYetOne(what=_("a handover to another office is offered"))
    rows = Referral.objects.filter(origin__person__in=both, origin__consent_id__isnull=False).select_related("origin")
    held = [row for row in rows.defer("origin__override_sealed", "origin__at_once_sealed") if row.is_open]
    receivers = Organisation.objects.in_bulk([row.to_organisation_id for row in held])
    said = list(consent.newest(both).values()) if held else []
    together = consent.as_one(said) if said else None
    for row in held:
        if not consent.covers(together, receivers[row.to_organisation_id], row.service, work.today):
            raise NotYetOne(
                what=_("a partner holds a referral that one of the two answers about consent does not cover")
            )


def readers(work: Work, person: Person) -> set[UUID]:
    """Who, beside supervisors, may read the best-interests records of this person now."""
    if not BestInterests.objects.filter(person=person).exists():
        return set()
    valid = Q(valid_to__isnull=True) | Q(valid_to__gt=work.now)
    held = Grant.objects.filter(
        valid, organisation=person.organisation_id, role__in=FIELD, valid_from__lte=work.now, user__is_active=True
    )
    found = set()
    for user in User.objects.filter(pk__in=held.values("user")):
        actor = Actor.of(user, person.organisation_id)
        if policy.may(actor, "best_interests.view"):
            mine = Person.objects.filter(policy.where(actor, "best_interests.view"), pk=person.pk)
            found |= {user.pk} if mine.exists() else set()
    return found


def waiting_merges(work: Work) -> list[Waiting]:
    """The merges of the reader's offices that wait for a second person, for the page of the team; one query."""
    if not work.may("people.confirm_merge"):
        return []
    rows = work.allowed("people.confirm_merge", Merge).filter(state="asked").select_related("person")
    rows = rows.defer("person__identity_sealed", "person__contact_sealed").order_by("recorded_at")[:MOST_WAITING]
    return [
        Waiting(
            subject=row.person,
            asked=_("Two records of one person"),
            by=row.recorded_by,
            since=row.recorded_at,
            mine=row.recorded_by == work.actor.id,
            url=link("people:merge", row.pk),
            standard="CM-06",
        )
        for row in rows
    ]


def waiting_asks(work: Work) -> list[Waiting]:
    """Questions to other organisations that wait for a second person, for the page of the team; one query."""
    if not work.may("people.elsewhere_confirm"):
        return []
    rows = work.allowed("people.elsewhere_confirm", ElsewhereAsk).filter(
        state="asked", until__gt=work.now, asking_organisation=F("organisation_id")
    )
    rows = rows.select_related("person").defer("person__identity_sealed", "person__contact_sealed")
    return [
        Waiting(
            subject=row.person,
            asked=_("Whether other organisations know this person"),
            by=row.recorded_by,
            since=row.recorded_at,
            mine=row.recorded_by == work.actor.id,
            url=link("people:elsewhere", row.person_id),
            standard="CM-06",
        )
        for row in rows.order_by("recorded_at")[:MOST_WAITING]
    ]
