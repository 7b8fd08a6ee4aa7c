"""How different clerks write the same name: school of spelling, script, habits, slips of the hand.

Written from `security-and-matching.md` (names for a multilingual benchmark), without reading `compass.people.matching`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

#: What a French school writes where an English one writes the first.
FRENCH = (
    ("sh", "ch"),
    ("oo", "ou"),
    ("ee", "i"),
    ("j", "dj"),
    ("w", "ou"),
    ("u", "ou"),
    ("gh", "r"),
    ("q", "k"),
)
#: Spellings between which every clerk wavers.
WAVERING = (
    ("kh", "k"),
    ("q", "k"),
    ("dj", "j"),
    ("gh", "g"),
    ("dh", "d"),
    ("th", "t"),
    ("ts", "tz"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("ei", "ai"),
    ("ay", "ai"),
    ("aa", "a"),
    ("ph", "f"),
    ("ck", "k"),
    ("c", "k"),
    ("ullah", "ollah"),
    ("zz", "z"),
    ("e", "a"),
    ("i", "e"),
    ("o", "u"),
    ("w", "v"),
    ("y", "i"),
    ("'", ""),
)
BESIDE = {
    **dict(zip("qwertyuiop", "wertyuioop", strict=True)),
    **dict(zip("asdfghjkl", "sdfghjklk", strict=True)),
    **dict(zip("zxcvbnm", "xcvbnmn", strict=True)),
}
#: How often a clerk wavers in one name, mistypes in one name.
WAVERS, SLIPS = 0.22, 0.05


@dataclass(frozen=True)
class Name:
    """One name of a person in all its spellings; the first of each school is the usual one."""

    english: tuple[str, ...]
    french: tuple[str, ...]
    arabic: str

    @classmethod
    def read(cls, written: str) -> Name:
        english, french, arabic = written.replace("_", " ").split("/", 2) if "/" in written else (written, "", "")
        if "/" in arabic or english[1:2] == "":  # "G/Mariam": the stroke is the clerk's own abbreviation
            parts = written.replace("_", " ").rsplit("/", 2)
            english, french, arabic = parts
        return cls(tuple(english.split("|")), tuple(french.split("|")) if french else (), arabic)


@dataclass(frozen=True)
class Clerk:
    """Who writes: in Latin letters of one school, or in Arabic ones where the name has them."""

    school: str
    arabic: bool = False


def _as_french(word: str) -> str:
    for english, french in FRENCH:
        word = re.sub(rf"{english}(?!h)", french, word, flags=re.IGNORECASE)
    return word.replace("oouou", "ou").replace("ouou", "ou")


def _wavered(word: str, chance: Random) -> str:
    usable = [(a, b) for a, b in WAVERING if a in word.lower()[1:]]
    if usable and chance.random() < WAVERS:
        one, other = chance.choice(usable)
        at = word.lower().index(one, 1)
        word = word[:at] + other + word[at + len(one) :]
    if chance.random() < WAVERS / 3:  # doubled letters come and go
        doubled = re.search(r"([b-df-hj-np-tv-z])\1", word)
        if doubled:
            return word[: doubled.start()] + word[doubled.start() + 1 :]
        at = chance.randrange(1, len(word)) if len(word) > 3 else 0
        if at and word[at] in "lmnsdtbr":
            return word[:at] + word[at] + word[at:]
    return word


def slipped(word: str, chance: Random) -> str:
    """A letter left out, typed twice, exchanged with the next one, or missed on the keyboard."""
    if len(word) < 4 or chance.random() >= SLIPS:
        return word
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + BESIDE.get(word[at].lower(), word[at]) + word[at + 1 :]


def _particled(word: str, chance: Random) -> str:
    """The article and "son of" are written together, apart, with another vowel or not at all."""
    article = re.match(r"(al|el|ben|abdul|abd al)[- ]", word, flags=re.IGNORECASE)
    if not article or chance.random() > 0.35:
        return word
    rest = word[article.end() :]
    if article.group(1).lower().startswith("abd"):
        return chance.choice(("Abdul " + rest, "Abd al-" + rest, "Abdul" + rest.lower(), "Abdel" + rest.lower()))
    if article.group(1).lower() == "ben":
        return chance.choice(("Ben " + rest, "Ben" + rest.lower(), "Bin " + rest))
    return chance.choice(("Al-" + rest, "El " + rest, "Al" + rest.lower(), "Al " + rest, rest))


def spell(name: Name, clerk: Clerk, chance: Random) -> str:
    """The name as this clerk writes it today."""
    if clerk.arabic and name.arabic:
        written = name.arabic
        if chance.random() < 0.25:  # hamza, dotless ya and ta marbuta are often left out
            written = written.translate(str.maketrans("أإآىة", "ااايه"))
        return slipped(written, chance)
    forms = name.english
    if clerk.school == "french":
        forms = name.french or tuple(_as_french(form) for form in name.english)
    word = forms[0] if chance.random() < 0.6 else chance.choice(forms)
    word = _wavered(_particled(word, chance), chance)
    if chance.random() < 0.5:
        word = word.translate(str.maketrans("éèïôç", "eeioc"))
    word = slipped(word, chance)
    return word.upper() if chance.random() < 0.12 else word
