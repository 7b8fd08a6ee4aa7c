"""Writing the blind index: in the unit of work that writes identity or contact, taken last, just before the trail.

One writer of an office at a time: a lock of the office is held from here to the end of the transaction. It keeps two
units of work from waiting for each other's places; that no sub-token holds more than ten is the database's own rule, and
a place that someone else took all the same is tried again one further.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

from compass.access.work import Work
from compass.people.models import Person
from compass.people.queries import opened
from compass.people.searching.tokens import TEN, Tokens, kept, record_of

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('people_searchtoken' || %s::text, 0))"
_HELD = "SELECT person_id, token FROM people_searchtoken WHERE person_id = ANY (%s::uuid[]) AND organisation_id = %s"
_USED = """
SELECT token, max(slot) + 1 FROM people_searchtoken WHERE organisation_id = %s AND token = ANY (%s::bigint[])
GROUP BY token
"""
_TAKE = """
INSERT INTO people_searchtoken (organisation_id, token, slot, person_id)
SELECT %s, * FROM unnest(%s::bigint[], %s::smallint[], %s::uuid[])
ON CONFLICT DO NOTHING RETURNING token, slot
"""
_GIVE_UP = """
UPDATE people_searchtoken t SET person_id = NULL FROM unnest(%s::uuid[], %s::bigint[]) AS gone(person_id, token)
WHERE t.person_id = gone.person_id AND t.token = gone.token AND t.organisation_id = %s
"""
#: A chain: how many full sub-tokens it begins with, and the places taken in the next one.
Ends = dict[str, tuple[int, int]]


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
    for row in rows:
        sealed = opened(work, row) if row.pk in held else None
        by_office[row.organisation_id][row.pk] = kept(record_of(sealed.identity, sealed.contact)) if sealed else []
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
                right = {
                    self._tokens.at(pair, number): pair for pair in pairs[person] for number in range(ends[pair][0] + 1)
                }
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

    def _ends(self, pairs: set[str]) -> Ends:
        """Where each chain ends: steps that double until one is not full, then halving; one statement for all chains."""
        full = dict.fromkeys(pairs, -1)
        beyond: dict[str, tuple[int, int]] = {}
        open_pairs = sorted(pairs)
        while open_pairs:
            probes = {}
            for pair in open_pairs:
                low = full[pair]
                number = (low + beyond[pair][0]) // 2 if pair in beyond else 2 * low + 1 if low >= 0 else 0
                probes[self._tokens.at(pair, number)] = (pair, number)
            self._cursor.execute(_USED, [self._organisation, sorted(probes)])
            used = dict(self._cursor.fetchall())
            for token, (pair, number) in probes.items():
                if used.get(token, 0) >= TEN:
                    full[pair] = number
                else:
                    beyond[pair] = number, used.get(token, 0)
            open_pairs = [pair for pair in open_pairs if pair not in beyond or beyond[pair][0] - full[pair] > 1]
        return beyond

    def _take(self, missing: list[tuple[UUID, str]], ends: Ends) -> list[tuple[UUID, str]]:
        """Put each into the next place of its chain; gives back whom someone else was faster than."""
        places: dict[tuple[int, int], tuple[UUID, str]] = {}
        for person, pair in missing:
            number, slot = ends[pair]
            places.setdefault((self._tokens.at(pair, number), slot), (person, pair))
            ends[pair] = (number, slot + 1) if slot + 1 < TEN else (number + 1, 0)
        in_order = sorted(places)
        self._cursor.execute(
            _TAKE,
            [
                self._organisation,
                [token for token, _ in in_order],
                [slot for _, slot in in_order],
                [places[place][0] for place in in_order],
            ],
        )
        taken = {places[place] for place in self._cursor.fetchall()}
        return [each for each in missing if each not in taken]

    def _give_up(self, places: Mapping[UUID, set[int]]) -> None:
        gone = [(person, token) for person, tokens in places.items() for token in tokens]
        if gone:
            self._cursor.execute(
                _GIVE_UP, [[person for person, _ in gone], [token for _, token in gone], self._organisation]
            )
