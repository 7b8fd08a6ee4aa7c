"""How alike a candidate is to what was asked, once both are open inside the process."""

from __future__ import annotations

from dataclasses import dataclass

from compass.people.matching.folding import fold, name_parts, skeletons, with_joined
from compass.people.matching.keys import PHONE_DIGITS, YEARS_APART, number, place_key
from compass.people.matching.records import Record, birth_year

EXACT, CLOSE, POSSIBLE = "exact", "close", "possible"
_EXACT_FROM, _CLOSE_FROM = 0.95, 0.6
#: Levels of agreement: the same letters, the same sound, the same consonants.
_LETTERS, _SOUND, _BONES = 3.0, 2.5, 1.5


@dataclass(frozen=True)
class Likeness:
    """How many attributes agree, how well (0 to 1), and that in a word: exact | close | possible."""

    attributes: int
    share: float

    @property
    def word(self) -> str:
        return EXACT if self.share >= _EXACT_FROM else CLOSE if self.share >= _CLOSE_FROM else POSSIBLE

    @property
    def order(self) -> tuple[float, int]:
        """What comes first is most alike."""
        return -self.share, -self.attributes


def likeness(asked: Record, found: Record) -> Likeness | None:
    """None unless two attributes agree; two names are two.

    Each attribute that both have counts alike, each name asked for by itself.
    """
    mine, theirs = _names(asked), _names(found)
    levels = [max((_name(one, other) for other in theirs), default=0.0) for one in mine]
    agreed = sum(level > 0 for level in levels)
    if not agreed:
        return None
    for level in (_year(asked, found), _place(asked, found), _phone(asked, found)):
        if level is not None:
            levels.append(level)
            agreed += level > 0
    return Likeness(agreed, sum(levels) / (_LETTERS * len(levels))) if agreed >= 2 else None


def _names(record: Record) -> list[str]:
    parts = {part for name in record.names for part in name_parts(name.given, name.family) if part}
    return sorted({token for part in parts for token in (with_joined(part) if len(part) > 2 else part)})


def _name(one: str, other: str) -> float:
    if one == other:
        return _LETTERS
    if fold(one) == fold(other):
        return _SOUND
    return _BONES if set(skeletons(one)) & set(skeletons(other)) else 0.0


def _year(asked: Record, found: Record) -> float | None:
    mine, theirs = birth_year(asked), birth_year(found)
    if mine is None or theirs is None:
        return None
    apart = abs(mine - theirs)
    return _LETTERS - 0.5 * apart if apart <= YEARS_APART else 0.0


def _place(asked: Record, found: Record) -> float | None:
    mine, theirs = ({place_key(place) for place in record.places} - {""} for record in (asked, found))
    return (_LETTERS if mine & theirs else 0.0) if mine and theirs else None


def _phone(asked: Record, found: Record) -> float | None:
    mine, theirs = ({number(phone)[-PHONE_DIGITS:] for phone in record.phones} - {""} for record in (asked, found))
    return (_LETTERS if mine & theirs else 0.0) if mine and theirs else None
