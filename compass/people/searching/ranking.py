"""How alike a candidate is to what was asked, once both are open inside the process."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from compass.people.matching.folding import fold, name_parts, skeletons, tokens, with_joined
from compass.people.matching.keys import PHONE_DIGITS, YEARS_APART, number, place_key
from compass.people.matching.records import Record, birth_year

EXACT, CLOSE, POSSIBLE = "exact", "close", "possible"
_EXACT_FROM, _CLOSE_FROM = 0.95, 0.6
#: Levels of agreement: the same letters, the same sound, the same consonants.
_LETTERS, _SOUND, _BONES = 3.0, 2.5, 1.5


@dataclass(frozen=True)
class Likeness:
    """How many attributes agree, how well (0 to 1), and that in a word: exact | close | possible.

    `by_name`: at least two names agree, or all where somebody told fewer, or the number does. People of one family share
    a name, the place and nearly the year, and are only possible.
    """

    attributes: int
    share: float
    by_name: bool

    @property
    def word(self) -> str:
        if not self.by_name or self.share < _CLOSE_FROM:
            return POSSIBLE
        return EXACT if self.share >= _EXACT_FROM else CLOSE

    @property
    def order(self) -> tuple[bool, float, int]:
        """What comes first is most alike."""
        return not self.by_name, -self.share, -self.attributes


class Compared:
    """A record as it is compared, read once.

    names: each name in the ways in which it is written: by itself, and with the others of its part as one word; `ways`: all
    of these.
    """

    __slots__ = ("documents", "fathers", "mothers", "names", "phones", "places", "ways", "year")

    def __init__(self, record: Record) -> None:
        self.names = _names(record)
        self.ways = {way for each in self.names for way in each}
        self.fathers, self.mothers = (
            {token for name in told for token in tokens(name)} for told in (record.father, record.mother)
        )
        self.year = birth_year(record)
        self.places = {place_key(place) for place in record.places} - {""}
        self.phones = {number(phone)[-PHONE_DIGITS:] for phone in record.phones} - {""}
        self.documents = {number(each) for each in record.documents} - {""}


def likeness(asked: Compared, found: Compared) -> Likeness | None:
    """None unless two attributes agree; two names are two.

    Each attribute that both have counts alike, each name asked for by itself. Where people carry the father's name,
    whoever asks writes it among their own: it agrees too, once a name of theirs does.
    """
    levels = [_best(ways, found.ways) for ways in asked.names]
    if not any(levels):
        return None
    levels = [level or _best(ways, found.fathers) for level, ways in zip(levels, asked.names, strict=True)]
    names = sum(level > 0 for level in levels)
    phone, document = _shared(asked.phones, found.phones), _shared(asked.documents, found.documents)
    # How well one of the mother's names agrees with one of those known.
    mother = _best(asked.mothers, found.mothers) if asked.mothers and found.mothers else None
    others = (_year(asked.year, found.year), _shared(asked.places, found.places), mother, phone, document)
    told = [level for level in others if level is not None]
    agreed = names + sum(level > 0 for level in told)
    if agreed < 2:
        return None
    levels += told
    by_name = names >= min(2, len(asked.names), len(found.names)) or bool(phone) or bool(document)
    return Likeness(agreed, sum(levels) / (_LETTERS * len(levels)), by_name)


def _names(record: Record) -> list[tuple[str, ...]]:
    ways: dict[str, dict[str, None]] = {}
    parts = {part for name in record.names for part in name_parts(name.given, name.family)}
    parts |= {part for name in record.others for part in name_parts(name, "")}
    for part in parts:
        for token in part:
            ways.setdefault(token, {token: None}).update(dict.fromkeys(with_joined(part)[len(part) :]))
    return [tuple(found) for _, found in sorted(ways.items())]


def _best(ways: Iterable[str], known: Collection[str]) -> float:
    """How well the best of these names agrees with the best of those known."""
    if any(one in known for one in ways):
        return _LETTERS
    return max((_name(one, other) for one in ways for other in known), default=0.0)


def _name(one: str, other: str) -> float:
    if fold(one) == fold(other):
        return _SOUND
    bones = skeletons(other)
    return _BONES if any(each in bones for each in skeletons(one)) else 0.0


def _year(mine: int | None, theirs: int | None) -> float | None:
    if mine is None or theirs is None:
        return None
    apart = abs(mine - theirs)
    return _LETTERS - 0.5 * apart if apart <= YEARS_APART else 0.0


def _shared(mine: set[str], theirs: set[str]) -> float | None:
    """None where one of the two has none."""
    return (_LETTERS if mine & theirs else 0.0) if mine and theirs else None
