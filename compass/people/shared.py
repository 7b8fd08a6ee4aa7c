"""What was shared about a person with anybody outside the office, told by the rooms that shared it, from their records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from compass.people.models import Person
from compass.trail.models import Entry, touching
from compass.ui.words import day

if TYPE_CHECKING:
    from compass.access.work import Work

PRINTED = "people.summary.printed"


@dataclass(frozen=True)
class Shared:
    """One thing that was shared, in sentences that can be read aloud.

    told: what, with whom and when. content: which pieces of information. ground: on what basis. today: who can still read
    it, or until when they could; `open` while somebody outside can. back: what becomes of it when consent is taken back.
    remains: what cannot be called back, and why. address: the page of the record.
    """

    at: datetime
    told: str
    today: str
    open: bool
    content: str = ""
    ground: str = ""
    back: str = ""
    remains: str = ""
    address: str = ""


Provider = Callable[["Work", "Person"], Iterable[Shared]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called by a room in `AppConfig.ready`; `provider` gives only what this colleague may read."""
    if provider not in _providers:
        _providers.append(provider)


def shared_of(work: Work, person: Person) -> list[Shared]:
    """Everything that was shared about this person, also under a record that was merged into this one, the newest first."""
    records = [person, *Person.objects.filter(merged_into=person)]
    found = dict.fromkeys(row for each in records for provider in _providers for row in provider(work, each))
    return sorted(found, key=lambda row: row.at, reverse=True)


def papers(work: Work, person: Person) -> list[Shared]:
    """Summaries that this office printed for the person to carry: no record but the trail says so."""
    entries = Entry.objects.filter(
        seq__in=touching([person.pk]), organisation_id__in=work.actor.organisations, purpose="people.summary.print"
    )
    return [_paper(entry.at) for entry in entries.order_by("-seq")[:50] if _printed(entry)]


def _printed(entry: Entry) -> bool:
    return any(event["action"] == PRINTED for event in json.loads(entry.body)["events"])


def _paper(at: datetime) -> Shared:
    return Shared(
        at=at,
        told=_("On %(day)s a summary was printed on paper, to be taken along.") % {"day": day(at, form="year")},
        today=_("Whoever holds the paper can read it."),
        open=True,
        content=_("The code and what the summary says; no name and no office."),
        ground=_("The person asked for it and said that paper is safe to carry."),
        back=_("The paper stays where it is. No new one is printed without asking."),
        remains=_(
            "A paper that was handed out cannot be called back. Ask whether it is in a safe place, or destroy it together."
        ),
    )
