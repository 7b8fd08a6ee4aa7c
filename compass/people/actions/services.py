"""Writing the services that people received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.consent import HELP
from compass.people.models import Person, Service
from compass.problems import WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import known


@dataclass(frozen=True, kw_only=True)
class ServiceGiven(Command):
    """A service delivered to a person (`id`)."""

    service: str
    service_class: str
    delivered_on: date
    country: str = ""
    quantity: int = 1
    provider_id: UUID | None = None
    origin: UUID | None = None


@action("people.service", Service, purpose=HELP)
def record_services(work: Work, services: list[ServiceGiven]) -> list[Service]:
    """Record services received. The figures count these rows and nothing else. Raises UnknownCode."""
    people = work.require("people.service", Person, services)
    rows = [
        Service(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            service=known("service", each.service),
            service_class=known("service_class", each.service_class),
            country=each.country or work.actor.organisation.country,
            delivered_on=each.delivered_on,
            quantity=each.quantity,
            provider_id=each.provider_id or work.actor.organisation.pk,
            origin=each.origin,
            **stamp(work, each),
        )
        for person, each in zip(people, services, strict=True)
    ]
    return Service.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class ServiceAnnulled(Command):
    """A service (`id`) that was recorded by mistake."""


@action("people.service_annulled", Service, purpose=HELP)
def annul_services(work: Work, annulled: list[ServiceAnnulled]) -> list[Service]:
    """Take services out of every figure; each row stays as it was written. Raises WrongState when that was done before."""
    rows = work.require("people.service", Service, annulled)
    for row in rows:
        if row.annulled_at is not None:
            raise WrongState
        row.annulled_at = work.now
        row.version += 1
    Service.objects.bulk_update(rows, ["annulled_at", "version"])
    return rows
