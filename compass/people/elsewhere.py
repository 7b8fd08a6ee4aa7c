"""Reads about asking whether another organisation works with a person too, and what leads to it."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from compass.access.models import Organisation
from compass.access.work import Work
from compass.people import queries
from compass.people.actions.elsewhere import OPEN, SCOPE
from compass.people.consent import answer
from compass.people.links import Act
from compass.people.models import ElsewhereAsk, ElsewhereMet, Person
from compass.people.shared import Shared
from compass.ui.words import day

RULE = "people.elsewhere"


def open_ask(work: Work, person: Person) -> ElsewhereAsk | None:
    """The office's own ask that waits or takes part; one query."""
    rows = work.allowed(RULE, ElsewhereAsk).filter(person=person, state__in=OPEN, until__gt=work.now)
    return rows.filter(asking_organisation=F("organisation_id")).first()


def last_ended(work: Work, person: Person) -> ElsewhereAsk | None:
    """The office's newest ask that is over; one query."""
    rows = work.allowed(RULE, ElsewhereAsk).filter(person=person).exclude(state__in=OPEN)
    return rows.filter(asking_organisation=F("organisation_id")).order_by("-recorded_at", "-id").first()


def met(work: Work, person: Person) -> list[tuple[ElsewhereMet, Organisation]]:
    """Which organisations asked about the same person, under whichever of their records, the newest first; two queries."""
    records = queries.records_of([person.pk])[person.pk]
    rows = list(ElsewhereMet.objects.filter(person__in=records).order_by("-occurred_at", "id"))
    others = Organisation.objects.in_bulk([row.met_organisation for row in rows])
    work.saw(rows)
    return [(row, others[row.met_organisation]) for row in rows]


def asks_to_open(work: Work, person: Person) -> list[tuple[str, str]]:
    """A link while an ask waits or takes part, and once another organisation asked too."""
    if not work.may(RULE):
        return []
    ask, page = open_ask(work, person), reverse("people:elsewhere", args=[person.pk])
    if rows := met(work, person):
        return [(_("Also asked about by %(organisation)s") % {"organisation": row.name}, page) for _met, row in rows]
    waits, runs = (
        _("A question to other organisations waits for a second person"),
        _("It is asked whether others know them"),
    )
    return [(waits if ask.state == "asked" else runs, page)] if ask else []


def asking_of(work: Work, person: Person) -> list[Act]:
    """The button, where the person said yes and nobody asks yet."""
    if not work.may(RULE) or not answer(queries.consent_of(person.pk), SCOPE) or open_ask(work, person):
        return []
    return [Act(_("Ask whether others know them"), reverse("people:elsewhere", args=[person.pk]), quiet=True)]


def told_elsewhere(work: Work, person: Person) -> Iterable[Shared]:
    """What another organisation was told: that this office asks about the same person."""
    if not work.may("people.shared"):
        return
    for row, other in met(work, person):
        if row.person_id == person.pk:
            told = {"day": day(row.occurred_at, form="year"), "organisation": other.name}
            yield Shared(
                at=row.occurred_at,
                told=_("On %(day)s %(organisation)s and this office were told that both ask about the same person.")
                % told,
                today=_("They know that this office works with the person."),
                open=True,
                content=_("The name of this office; no name, no code and nothing of the record."),
                ground=_("The person said yes to the question whether they are registered elsewhere, in both places."),
                back=_("Nothing more is compared. What both know, they know."),
                remains=_("That this office works with the person cannot be called back."),
                address=reverse("people:elsewhere", args=[person.pk]),
            )


def told_of(work: Work, person: Person) -> list[str]:
    """For a copy and a correction: to whom something was told."""
    rows = ElsewhereMet.objects.filter(person__in=_records(person)).values_list("met_organisation", flat=True)
    return list(Organisation.objects.filter(pk__in=list(rows)).values_list("name", flat=True))


def _records(person: Person) -> Iterable[UUID]:
    return queries.records_of([person.pk])[person.pk]
