"""What is compared, at which levels, and what is known about it before any data.

`prior`: how often two records of one person stand at each level; `chance`: how often two strangers do. Both from `DIFFER`
up, in any proportion. They are round figures of judgement, held against what the data says by the imagined pairs of `model`
(one person) and by `PRIOR_STRANGERS` imagined pairs (strangers).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

MISSING, DIFFER = -1, 0
SLIP, SAME = 1, 2
PRIOR_STRANGERS = 100.0


class TextLevel(IntEnum):
    """Names and places: similar letters; one slip of the pen; the same consonants; the same after folding."""

    DIFFER = 0
    ALIKE = 1
    SLIP = 2
    SKELETON = 3
    SAME = 4


class YearLevel(IntEnum):
    """Years of birth: a generation apart; up to ten; near, or as far apart as two calendars; one apart; the same.

    Who does not know the year is guessed at, by another clerk a few years off, but no child passes for a grown person.
    """

    DIFFER = 0
    APART = 1
    NEAR = 2
    NEXT = 3
    SAME = 4


class DayLevel(IntEnum):
    """Days of birth: years as `YearLevel`; two of day, month, year; one digit or day and month turned; the same."""

    DIFFER = 0
    APART = 1
    NEAR = 2
    PARTS = 3
    SLIP = 4
    SAME = 5


class RestLevel(IntEnum):
    """What is left of two names that agree in one that families bear: both bear a further one that the other does not;
    they agree crosswise only; one bears a further one; neither.

    Whoever is registered again leaves a grandfather or a tribe out, or says it this time; to bear another one is rarer
    (Noori, son of Abdul Qadir, and Hussaini, son of Abdul Qadir). Forms and clerks swap two names now and then; where few
    names go round, somebody else bears the two in the other order (Mohammad, son of Abdullah; Abdullah, son of Mohammad).
    """

    BOTH = 0
    TURNED = 1
    ONE = 2
    NOTHING = 3


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute. kin: families share it, so that alone it speaks for the family and not for the person."""

    name: str
    kin: bool
    prior: tuple[float, ...]
    chance: tuple[float, ...]


_PERSON = (0.05, 0.03, 0.07, 0.10, 0.75)
_STRANGER = (0.925, 0.05, 0.01, 0.01, 0.005)
FIELDS: tuple[Field, ...] = (
    Field("given", False, _PERSON, _STRANGER),
    Field("family", True, _PERSON, _STRANGER),
    Field("father", True, _PERSON, _STRANGER),
    Field("mother", True, _PERSON, _STRANGER),
    Field("day", False, (0.002, 0.04, 0.05, 0.05, 0.10, 0.758), (0.60, 0.28, 0.08, 0.039, 0.0008, 0.0002)),
    Field("year", False, (0.002, 0.03, 0.11, 0.15, 0.708), (0.40, 0.28, 0.18, 0.10, 0.04)),
    Field("place", True, (0.15, 0.03, 0.05, 0.02, 0.75), (0.92, 0.03, 0.005, 0.005, 0.04)),
    Field("area", True, (0.15, 0.10, 0.75), (0.94, 0.02, 0.04)),
    Field("phone", True, (0.45, 0.05, 0.50), (0.999, 0.0005, 0.0005)),
    Field("document", False, (0.20, 0.05, 0.75), (0.999, 0.0005, 0.0005)),
    Field("sex", False, (0.012, 0.988), (0.45, 0.55)),
    Field("nationality", True, (0.06, 0.94), (0.5, 0.5)),
    Field("told", False, (0.10, 0.90), (0.45, 0.55)),
    Field("rest", True, (0.07, 0.05, 0.35, 0.53), (0.45, 0.10, 0.35, 0.10)),
)
NAMES = tuple(field.name for field in FIELDS)
KIN = tuple(field.kin for field in FIELDS)
