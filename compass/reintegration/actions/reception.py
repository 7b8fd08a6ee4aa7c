"""Being received at home."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.cases.sealing import seal_into
from compass.people.actions import ServiceGiven, record_services
from compass.people.consent import HELP
from compass.people.models import Person
from compass.problems import Invalid, StaleVersion
from compass.reintegration.models import ArrivalHome
from compass.returns.actions import Moved, advance_returns
from compass.returns.models import Member, Return
from compass.vault.identifiers import new_id
from compass.vocabulary import known

#: Support on arrival and the service it counts as; being met is no service of its own.
SERVICES = {
    "information": "INF",
    "pocket_money": "CSH",
    "accommodation": "SHL",
    "onward_transport": "TRN",
    "health": "MED",
    "food": "FOD",
    "nfi": "NFI",
    "psychosocial": "PSS",
}


@dataclass(frozen=True, kw_only=True)
class Welcomed(Command):
    """`id` is the person. `seen`: how many receptions were on the screen, so that two colleagues do not record one twice."""

    arrived_on: date
    support: tuple[str, ...]
    note: str = ""
    seen: int | None = None


@action("reintegration.welcome", ArrivalHome, purpose=HELP)
def welcome_home(work: Work, welcomed: list[Welcomed]) -> list[ArrivalHome]:
    """Record reception and each support as a service; the return, when there is one that arrived, goes on.

    Raises StaleVersion when a colleague recorded a reception meanwhile, Invalid for a day to come, UnknownCode.
    """
    people = work.require("reintegration.receive", Person, welcomed)
    work.keys.load([p.pk for p in people])
    returns = _arrived([p.pk for p in people])
    received: dict[UUID, list[ArrivalHome]] = defaultdict(list)
    for found in ArrivalHome.objects.filter(person__in=[p.pk for p in people]).order_by("recorded_at", "id"):
        received[found.person_id].append(found)
    rows, services = [], []
    for person, each in zip(people, welcomed, strict=True):
        if each.arrived_on > work.today:
            raise Invalid(what=_("the day of arrival is still to come"))
        left = returns[person.pk].departed_on if person.pk in returns else None
        if left and each.arrived_on < left:
            raise Invalid(what=_("the day of arrival lies before the departure"))
        known_rows = received.get(person.pk, [])
        if each.seen is not None and each.seen != len(known_rows):
            raise StaleVersion(current=known_rows[-1] if known_rows else person)
        row = ArrivalHome(
            id=new_id(),
            person=person,
            organisation_id=person.organisation_id,
            arrived_on=each.arrived_on,
            avr=returns.get(person.pk),
            support=list(each.support),
            **stamp(work, each),
        )
        seal_into(work, row, note_sealed={"note": each.note} if each.note else {})
        rows.append(row)
        for support in each.support:
            known("reception_support", support)
            if support in SERVICES:
                services.append(
                    ServiceGiven(
                        key=uuid5(each.key, support),
                        occurred_at=each.occurred_at,
                        basis=each.basis,
                        id=person.pk,
                        service=SERVICES[support],
                        service_class="H",
                        delivered_on=each.arrived_on,
                        origin=row.pk,
                    )
                )
    ArrivalHome.objects.bulk_create(rows)
    record_services(work, services)
    going = {
        avr.pk: (avr, each)
        for (row, each) in zip(rows, welcomed, strict=True)
        if (avr := row.avr) is not None and avr.state == "arrived"
    }
    advance_returns(
        work,
        [
            Moved(key=uuid5(each.key, "return"), occurred_at=each.occurred_at, basis=each.basis, id=avr.pk)
            for avr, each in going.values()
        ],
    )
    return rows


def _arrived(people: list[UUID]) -> dict[UUID, Return]:
    states = ("arrived", "reintegration", "monitoring")
    rows = Member.objects.filter(person__in=people, avr__state__in=states).select_related("avr").order_by("recorded_at")
    return {row.person_id: row.avr for row in rows}
