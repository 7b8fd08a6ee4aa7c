"""Who agrees with what was asked, read from the blind index with a bounded number of look-ups.

The people of a pair stand in a chain of places (see tokens). The first places of every chain are asked for, the same for
somebody known and for nobody. Of a chain that goes on only its length is asked, and beside it what narrows it by one
attribute more, which few people share. Then whole chains are read, the shortest first, as many as an answer can wait for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection

from compass.people.matching.keys import attribute_keys
from compass.people.matching.records import Record
from compass.people.searching.tokens import Tokens, agreements, asked, narrower

#: Places of every chain that are always asked for; in eights, as they are made.
HEAD = 8
#: How long a chain that goes on is, at most; one that goes on after the last of these is not read.
ENDS = (32, 128, 512)
#: Places of chains that go on which are read in one search.
MOST_READ = 1024
_PLACES = """
SELECT token, person_id::text FROM people_searchtoken WHERE organisation_id = %s AND token = ANY (%s::bigint[])
"""


@dataclass
class Agreeing:
    """In what each person agrees, and by how many years their births are apart, 0 where that was not compared. `cut`:
    somebody who agrees in something may be missing. People are the texts of their identifiers: thousands are read, and few
    are asked for."""

    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    apart: dict[str, int] = field(default_factory=dict)
    cut: bool = False

    def level(self, person: str) -> tuple[int, int]:
        """The same for all who agree equally; less for who agrees in more, or in a nearer year."""
        return -len(self.kinds[person]), self.apart.get(person, 0)

    def at_most(self, number: int) -> list[UUID]:
        """Whole levels, so that of those who agree equally nobody is left out for others, until `number`: more than that
        only if the first level is longer."""
        levels = {person: self.level(person) for person in self.kinds}
        ranked = sorted(levels, key=levels.__getitem__)
        if len(ranked) > number:
            self.cut = True
            best, first_left_out = levels[ranked[0]], levels[ranked[number]]
            ranked = [one for one in ranked if levels[one] < first_left_out or best == first_left_out == levels[one]]
        return [UUID(one) for one in ranked]


def agreeing(tokens: Tokens, record: Record, organisation: UUID) -> Agreeing:
    """Everyone of an office who agrees with a record in two attributes, as far as `MOST_READ` reaches.

    One statement where no chain is longer than its head, as for nobody; four at most. Who is only known to stand at the
    head of a chain that was not read is left out: others stand behind.
    """
    reading = _Reading(tokens, organisation)
    wide, ends = reading.look(asked(record))
    if wide:
        inner, ends = reading.look(narrower(record, wide), measured=wide)
        wide, ends = wide + inner, ends | reading.look((), measured=inner)[1]
    years = {int(year) for year in attribute_keys(record).get("year", ())}
    unread, left = set(wide), MOST_READ
    for end, _, chain in sorted((end, _apart(chain, years), chain) for chain, end in ends.items()):
        left -= end - HEAD
        if left >= 0:
            unread.discard(chain)
    reading.read({chain: end for chain, end in ends.items() if chain not in unread})
    found = Agreeing(cut=bool(unread))
    known = {person for chain, people in reading.people.items() if chain not in unread for person in people}
    for chain, people in reading.people.items():
        kinds, apart = agreements(chain), _apart(chain, years)
        for person in known.intersection(people):
            found.kinds[person] |= kinds
            if "|year:" in chain:
                found.apart[person] = min(apart, found.apart.get(person, apart))
    return found


def _apart(chain: str, years: set[int]) -> int:
    """Years between the year of a chain and the nearest of those that were told; 0 for a chain without one."""
    _, year, digits = chain.partition("year:")
    return min(abs(int(digits.partition("|")[0]) - told) for told in years) if year else 0


class _Reading:
    """Places of one office as they are looked up. `people`: of each chain, as far as it was read."""

    def __init__(self, tokens: Tokens, organisation: UUID) -> None:
        self._tokens, self._organisation = tokens, organisation
        self.people: dict[str, list[str]] = defaultdict(list)

    def look(self, chains: Iterable[str], measured: Iterable[str] = ()) -> tuple[list[str], dict[str, int]]:
        """Read the heads of chains and measure others with one statement: (the chains that go on, where the measured ones
        end at most; one that goes on after that is not among them)."""
        places = {token: (chain, n) for chain in chains for n, token in enumerate(self._tokens.first(chain, HEAD))}
        places |= {self._tokens.at(chain, end): (chain, end) for chain in measured for end in ENDS}
        there = self._ask(places)
        on = [chain for chain, number in there if number == HEAD - 1]
        ends = {chain: [end for end in ENDS if (chain, end) not in there][:1] for chain in measured}
        return on, {chain: end for chain, found in ends.items() for end in found}

    def read(self, chains: Mapping[str, int]) -> None:
        """Read chains from their heads up to an end."""
        self._ask(
            {
                token: (chain, number)
                for chain, end in chains.items()
                for number, token in enumerate(self._tokens.first(chain, end, after=HEAD), HEAD)
            }
        )

    def _ask(self, places: Mapping[int, tuple[str, int]]) -> set[tuple[str, int]]:
        """Which of these places are taken."""
        if not places:
            return set()
        there = set()
        with connection.cursor() as cursor:
            # As the text of an array: the driver would look at each of thousands of tokens.
            cursor.execute(_PLACES, [self._organisation, f"{{{','.join(map(str, places))}}}"])
            for token, person in cursor.fetchall():
                there.add(places[token])
                if person is not None:
                    self.people[places[token][0]].append(person)
        return there
