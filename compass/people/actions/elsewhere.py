"""Asking whether another organisation works with a person too: one colleague asks, another confirms, compared at night.

Nobody is shown a candidate: whoever sees one has learnt already that the person is known elsewhere. Two offices are told at
the same moment, when both asked and both confirmed, and each person of the two records still says yes. Until then an office
with a counterpart and one without see, keep and wait the same.

Nothing is kept to be compared, no digest under a key of the deployment either: each night what is sealed is opened in
memory, for each office in its own units of work, and what leaves memory is which asks agree.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from compass.access import scope
from compass.access.actions import action
from compass.access.jobs import by_itself
from compass.access.models import Organisation
from compass.access.work import Command, Work, stamp, unit_of_work
from compass.people.consent import allows, answer, newest
from compass.people.matching.keys import YEARS_APART, index_tokens, number
from compass.people.matching.records import Record, birth_year
from compass.people.models import Consent, ElsewhereAsk, Person, Search
from compass.people.queries import opened
from compass.people.searching.known import also_known
from compass.people.searching.limits import ASK_LASTS, ASKS_A_DAY, DAY, OFFICE_ASKS_A_DAY
from compass.people.searching.ranking import POSSIBLE, Compared, likeness
from compass.people.searching.tokens import record_of
from compass.problems import AskedTooOften, ConsentMissing, Problem, SecondPersonNeeded, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import known, label_of

log = logging.getLogger(__name__)
SCOPE = "duplicate_check"
PURPOSE = "people.elsewhere"
#: What the scope of the nightly comparison says, and no other (`compass_met_elsewhere`).
NIGHT = "elsewhere"
OPEN = ("asked", "confirmed")
#: Attributes that must agree where no number of a document does: two people of one name, born in one year, are many.
AGREE = 4
TOLD = frozenset({"female", "male"})
AT_A_TIME = 500
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('people_elsewhere' || %s::text, 0))"


@dataclass(frozen=True, kw_only=True)
class ElsewhereAsked(Command):
    """Whether another organisation works with the person (`id`) too; `hope`: code of elsewhere_hope."""

    hope: str


@dataclass(frozen=True, kw_only=True)
class ElsewhereDecided(Command):
    """The second person's answer about an ask (`id`)."""

    agrees: bool


@dataclass(frozen=True, kw_only=True)
class ElsewhereTakenBack(Command):
    """The ask (`id`) is taken back."""


@action("people.ask_elsewhere", ElsewhereAsk, purpose=SCOPE)
def ask_elsewhere(work: Work, asked: list[ElsewhereAsked]) -> list[ElsewhereAsk]:
    """Ask; a second person confirms. Raises Denied, NotFound, Merged, ConsentMissing whatever the basis, WrongState while
    the office asks already, AskedTooOften."""
    people = work.require("people.elsewhere", Person, asked)
    _within(work, len(asked))
    waiting = ElsewhereAsk.objects.filter(person__in=people, state__in=OPEN)
    if any(row.asking_organisation == row.organisation_id for row in waiting):
        raise WrongState
    rows = []
    for person, each in zip(people, asked, strict=True):
        _must_agree(person.pk)
        told = {"organisation_id": person.organisation_id, **stamp(work, each)}
        rows.append(
            ElsewhereAsk(
                id=new_id(),
                person=person,
                hope=known("elsewhere_hope", each.hope),
                asking_organisation=person.organisation_id,
                until=work.now + ASK_LASTS,
                **told,
            )
        )
        Search.objects.create(id=new_id(), kind="elsewhere", found=0, about=person.pk, **told)
    return ElsewhereAsk.objects.bulk_create(rows)


def _must_agree(person: UUID) -> None:
    if not allows(person, SCOPE):
        raise ConsentMissing(scope=label_of("consent_scope", SCOPE))


def _within(work: Work, more: int) -> None:
    """One ask of an office after the other, so that two at once are counted as two; also those taken back count."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [work.actor.organisation.pk])
    made = Search.objects.filter(
        kind="elsewhere", organisation_id=work.actor.organisation.pk, recorded_at__gt=work.now - DAY
    )
    own = made.filter(recorded_by=work.actor.id).count()
    if own + more > ASKS_A_DAY or made.count() + more > OFFICE_ASKS_A_DAY:
        raise AskedTooOften(count=ASKS_A_DAY)


@action("people.confirm_elsewhere", ElsewhereAsk, purpose=SCOPE)
def decide_elsewhere(work: Work, decided: list[ElsewhereDecided]) -> list[ElsewhereAsk]:
    """Confirm asks, which take part from the next night on, or decline them.

    Raises SecondPersonNeeded for whoever asked, WrongState, StaleVersion, ConsentMissing for a yes without consent.
    """
    rows = work.require("people.elsewhere_confirm", ElsewhereAsk, decided)
    for row, each in zip(rows, decided, strict=True):
        if row.state != "asked" or row.until <= work.now or row.asking_organisation != row.organisation_id:
            raise WrongState
        if row.recorded_by == work.actor.id:
            raise SecondPersonNeeded
        if each.agrees:
            _must_agree(row.person_id)
        row.state = "confirmed" if each.agrees else "declined"
        row.decided_by, row.decided_at = work.actor.id, work.now
        row.ended_at = None if each.agrees else work.now
        row.version += 1
        row.save()
    return rows


@action("people.take_back_elsewhere", ElsewhereAsk)
def take_back_elsewhere(work: Work, taken: list[ElsewhereTakenBack]) -> list[ElsewhereAsk]:
    """Take asks back, at any moment; what was told to both stays told. Raises WrongState."""
    rows = work.require("people.elsewhere", ElsewhereAsk, taken)
    if any(row.state not in OPEN for row in rows):
        raise WrongState
    for row in rows:
        _end(work, row, "withdrawn")
    return rows


def _end(work: Work, row: ElsewhereAsk, state: str) -> None:
    row.state, row.ended_at = state, work.now
    row.version += 1
    row.save(update_fields=["state", "ended_at", "version"])


def end_after_consent(work: Work, consents: Sequence[Consent]) -> None:
    """Whoever no longer says yes is asked about no more, at once."""
    _end_of(work, [row.person_id for row in consents if not allows(row.person_id, SCOPE)])


def end_with_keys(work: Work, people: Sequence[UUID]) -> Sequence[UUID]:
    """Whoever is erased is asked about no more; no key of its own."""
    _end_of(work, people)
    return ()


def _end_of(work: Work, people: Iterable[UUID]) -> None:
    for row in ElsewhereAsk.objects.filter(person__in=list(people), state__in=OPEN).select_for_update():
        _end(work, row, "withdrawn")


@dataclass(frozen=True)
class Side:
    """An ask that takes part tonight, with what is sealed about its person; only in memory."""

    ask: UUID
    office: UUID
    record: Record


def compare_elsewhere(offices: Iterable[Organisation]) -> None:
    """The night: open what takes part, office by office, lay it beside each other, let the owner write down who met."""
    sides: list[Side] = []
    for office in offices:
        try:
            sides += _sides(office)
        except (Problem, DatabaseError):
            # One that is locked away, or where something is wrong, keeps no other from being asked.
            log.error("elsewhere: %s was left out", office.pk)
    pairs = meeting(sides)
    with transaction.atomic():
        scope.enter(scope.sign(None, (), (), (NIGHT,), pid=scope.backend_pid()))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT compass_met_elsewhere(%s::uuid[], %s::uuid[])",
                [[one for one, _ in pairs], [o for _, o in pairs]],
            )
        # Inside an outer transaction (a test) SET LOCAL would outlive this block.
        scope.enter("")


def _sides(office: Organisation) -> list[Side]:
    """What an office's asks are about; those whose time is over end. The trail says how many took part, and no more."""
    found: list[Side] = []
    with unit_of_work(by_itself(office), PURPOSE) as work:
        rows = ElsewhereAsk.objects.filter(organisation_id=office.pk, state__in=OPEN).order_by("pk")
        for row in rows.filter(until__lte=work.now):
            _end(work, row, "expired")
        live = list(rows.filter(state="confirmed", asking_organisation=office.pk).values_list("pk", "person_id"))
        work.record(PURPOSE, count=len(live))
    for start in range(0, len(live), AT_A_TIME):
        with unit_of_work(by_itself(office), PURPOSE) as work:
            found += _opened(work, live[start : start + AT_A_TIME])
    return found


def _opened(work: Work, live: Sequence[tuple[UUID, UUID]]) -> list[Side]:
    people = Person.objects.filter(pk__in=[person for _, person in live], merged_into__isnull=True).in_bulk()
    held = work.keys.holds(people)
    said = newest(held)
    also = also_known(work, held, replaced=False)
    found = []
    for ask, pk in live:
        if pk in held and answer(said.get(pk), SCOPE):
            person, sealed = people[pk], opened(work, people[pk])
            record = record_of(sealed.identity, sealed.contact, also.get(pk))
            record = replace(record, sex=person.sex if person.sex in TOLD else "")
            found.append(Side(ask, person.organisation_id, record))
    return found


def meeting(sides: Sequence[Side]) -> list[tuple[UUID, UUID]]:
    """The asks of two organisations that are about one person. Those of one organisation never meet here."""
    by_token: dict[str, list[int]] = defaultdict(list)
    for place, side in enumerate(sides):
        for token in index_tokens(side.record):
            by_token[token].append(place)
    near = {pair for places in by_token.values() for pair in combinations(places, 2)}
    return [
        (sides[one].ask, sides[other].ask)
        for one, other in sorted(near)
        if sides[one].office != sides[other].office and same_person(sides[one].record, sides[other].record)
    ]


def same_person(one: Record, other: Record) -> bool:
    """Whether two records are surely enough of one person to tell two organisations of each other.

    Names agree as a search would find them close, seen from both sides, and with them the number of a document, or two more
    attributes. People of one family share a name, a place and a telephone: they do not meet. Provisional, on the side of
    silence.
    """
    if one.sex and other.sex and one.sex != other.sex:
        return False
    years = birth_year(one), birth_year(other)
    if years[0] and years[1] and abs(years[0] - years[1]) > YEARS_APART:
        return False
    both = Compared(one), Compared(other)
    seen = likeness(*both), likeness(*reversed(both))
    if any(each is None or each.word == POSSIBLE for each in seen):
        return False
    papers = {number(each) for each in one.documents} & {number(each) for each in other.documents} - {""}
    return bool(papers) or min(each.attributes for each in seen if each) >= AGREE
