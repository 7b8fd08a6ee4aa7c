"""Writing the blind index: in the unit of work that writes identity or contact, taken last, just before the trail.

One writer of an office at a time: a lock of the office is held from here to the end of the transaction. It keeps two
units of work from waiting for each other's places; that nobody shares a token is the database's own rule, and a place
that someone else took all the same is tried again one further.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from compass.access.work import Work
from compass.people.models import Person
from compass.people.queries import opened
from compass.people.searching.known import also_known
from compass.people.searching.tokens import Tokens, kept, record_of

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('people_searchtoken' || %s::text, 0))"
_HELD = "SELECT person_id, token FROM people_searchtoken WHERE person_id = ANY (%s::uuid[]) AND organisation_id = %s"
_TAKEN = "SELECT token FROM people_searchtoken WHERE organisation_id = %s AND token = ANY (%s::bigint[])"
_TAKE = """
INSERT INTO people_searchtoken (organisation_id, token, person_id)
SELECT %s, * FROM unnest(%s::bigint[], %s::uuid[])
ON CONFLICT DO NOTHING RETURNING token
"""
_GIVE_UP = """
UPDATE people_searchtoken t SET person_id = NULL FROM unnest(%s::uuid[], %s::bigint[]) AS gone(person_id, token)
WHERE t.person_id = gone.person_id AND t.token = gone.token AND t.organisation_id = %s
"""
#: How many people, or gaps that people left, each pair has.
Ends = dict[str, int]
#: Numbers looked at in one statement while the end of a chain is sought: most pairs are new or rare.
_STEPS = ((0,), (1, 3, 7), (15, 31, 63, 127), (255, 511, 1023, 2047))
_PARTS = 8


def index_people(work: Work, people: Iterable[UUID]) -> None:
    """Bring the index into line with what is sealed about these people, at the end of this unit of work.

    Who cannot be opened here any more, because the key is gone, is taken out.
    """
    work.at_end(write_index, people)


def write_index(work: Work, people: Sequence[UUID]) -> None:
    """The last step of `index_people`; what is right already is left as it is."""
    by_office: dict[UUID, dict[UUID, list[str]]] = defaultdict(dict)
    rows = Person.objects.filter(pk__in=people).only("organisation_id", "identity_sealed", "contact_sealed")
    held = work.keys.holds(people)
    also = also_known(work, held)
    for row in rows:
        pairs: list[str] = []
        if row.pk in held:
            sealed = opened(work, row)
            pairs = kept(record_of(sealed.identity, sealed.contact, also.get(row.pk)))
        by_office[row.organisation_id][row.pk] = pairs
    for office in sorted(by_office):
        _Writing(Tokens(work.keys.index_key(office)), office).write(by_office[office])


def clear_index(organisation: UUID) -> None:
    """Take everyone of an office out of the index; the caller writes them anew."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [organisation])
        cursor.execute("DELETE FROM people_searchtoken WHERE organisation_id = %s", [organisation])


class _Writing:
    """One office's places in one unit of work."""

    def __init__(self, tokens: Tokens, organisation: UUID) -> None:
        self._tokens, self._organisation = tokens, organisation

    def write(self, wanted: Mapping[UUID, list[str]]) -> None:
        with connection.cursor() as self._cursor:
            self._cursor.execute(_LOCK, [self._organisation])
            pairs = {person: self._tokens.filled(person, found) for person, found in wanted.items()}
            held = self._held(list(pairs))
            missing = [(person, pair) for person, found in pairs.items() for pair in found]
            ends = self._ends({pair for _, pair in missing})
            there: set[tuple[UUID, str]] = set()
            for person in held:
                right = {token: pair for pair in pairs[person] for token in self._tokens.first(pair, ends[pair])}
                there |= {(person, right[token]) for token in held[person] if token in right}
                held[person] -= right.keys()
            self._give_up(held)
            missing = [each for each in missing if each not in there]
            while missing:
                missing = self._take(missing, ends)
                ends = self._ends({pair for _, pair in missing})

    def _held(self, people: list[UUID]) -> dict[UUID, set[int]]:
        found: dict[UUID, set[int]] = defaultdict(set)
        self._cursor.execute(_HELD, [people, self._organisation])
        for person, token in self._cursor.fetchall():
            found[person].add(token)
        return dict(found)

    def _ends(self, pairs: Iterable[str]) -> Ends:
        """Where each chain ends: steps that double until a free place, then eighths; one statement for all chains."""
        taken, free = dict.fromkeys(pairs, -1), dict[str, int]()
        steps = iter(_STEPS)
        while open_pairs := [pair for pair, last in taken.items() if pair not in free or free[pair] - last > 1]:
            numbers = next(steps, ())
            probes = {
                self._tokens.at(pair, number): (pair, number)
                for pair in open_pairs
                for number in (_parts(taken[pair], free[pair]) if pair in free else numbers or _doubled(taken[pair]))
            }
            self._cursor.execute(_TAKEN, [self._organisation, sorted(probes)])
            there = {token for (token,) in self._cursor.fetchall()}
            for token, (pair, number) in probes.items():
                if token in there:
                    taken[pair] = max(taken[pair], number)
            for token, (pair, number) in probes.items():
                if token not in there and number > taken[pair]:
                    free[pair] = min(free.get(pair, number), number)
        return free

    def _take(self, missing: list[tuple[UUID, str]], ends: Ends) -> list[tuple[UUID, str]]:
        """Put each into the next place of its chain; gives back whom someone else was faster than."""
        places: dict[int, tuple[UUID, str]] = {}
        for person, pair in missing:
            places.setdefault(self._tokens.at(pair, ends[pair]), (person, pair))
            ends[pair] += 1
        in_order = sorted(places)
        self._cursor.execute(_TAKE, [self._organisation, in_order, [places[token][0] for token in in_order]])
        taken = {places[token] for (token,) in self._cursor.fetchall()}
        return [each for each in missing if each not in taken]

    def _give_up(self, places: Mapping[UUID, set[int]]) -> None:
        gone = [(person, token) for person, tokens in places.items() for token in tokens]
        if gone:
            self._cursor.execute(
                _GIVE_UP, [[person for person, _ in gone], [token for _, token in gone], self._organisation]
            )


def _parts(taken: int, free: int) -> range:
    """Numbers between two, at most fourteen of them."""
    return range(taken + 1, free, max(1, (free - taken) // _PARTS))


def _doubled(taken: int) -> tuple[int]:
    return (2 * taken + 1,)
