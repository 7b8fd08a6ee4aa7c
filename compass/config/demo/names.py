"""Names that fit people, language and script; every combination is invented.

The lists are in `data/names.json`. `NameBook` gives the names of people and families and writes a name again as
another desk would spell it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from compass.config.demo.shapes import Names, Script, Sex
from compass.config.demo.targets import DATA

# Two names that together would point at a public figure; folded, in any order.
_DENIED = tuple(
    frozenset(pair.split())
    for pair in (
        "abiy ahmed", "ashraf ahmadi ghani", "hamid karzai", "saddam hussein", "muhammad omar", "bashar asad",
        "ibrahim traore", "ousmane sonko", "macky sall", "ibrahim keita", "modibo keita", "amadou toure",
        "moussa traore", "alpha conde", "sekou toure", "yaya toure", "kolo toure", "sadio mane", "alassane ouattara",
        "mahamadou issoufou", "mohamed bazoum", "mohamed salah", "muhammadu buhari", "sani abacha", "umaru yaradua",
        "bola tinubu", "ibrahim babangida", "olusegun obasanjo", "godwin obaseki", "chinua achebe", "idriss deby",
        "mahamat deby", "hissein habre", "goukouni oueddei", "omar bashir", "haile selassie", "mengistu haile",
        "kenenisa bekele", "tirunesh dibaba", "almaz ayana", "derartu tulu", "malala yousafzai", "ahmad masoud",
        "abdullah abdullah", "muqtada sadr", "haider abadi", "saad hariri", "nabih berri", "fouad siniora",
        "mostafa kamal", "hosni mubarak", "khalifa haftar", "omar mukhtar", "habib bourguiba", "tahar jelloun",
        "mohamed bouazizi", "kais saied", "mohamed boudiaf", "houari boumediene", "samuel etoo", "paul biya",
        "mohamed siad", "mohamed farah", "isaias afwerki", "seydou keita", "salif keita", "oumou sangare",
        "ali farka", "amadou bagayoko", "fatoumata diawara", "youssou ndour", "aissata tall", "cheikh diop",
        "moussa faki", "mohamed morsi", "abdallah hamdok", "mohamed hamdan", "rahmatullah nabil", "tadesse mamo",
    )
)  # fmt: skip

# Spellings that desks confuse, in the order in which they are tried from a random start.
_LATIN_SLIPS = (
    ("ou", "u"), ("dj", "j"), ("kh", "k"), ("ss", "s"), ("ph", "f"), ("mm", "m"), ("ll", "l"), ("aa", "a"),
    ("ee", "i"), ("th", "t"), ("sh", "ch"), ("q", "k"), ("w", "u"), ("y", "i"), ("z", "s"), ("é", "e"), ("h", ""),
    ("i", "y"), ("k", "c"), ("o", "u"), ("e", "i"), ("a", "e"), ("n", "nn"), ("u", "o"),
)  # fmt: skip
_ARABIC_SLIPS = (
    ("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("عبد ", "عبد"), ("ة", "ه"), ("ى", "ي"), ("ؤ", "و"), ("ئ", "ي"), ("گ", "ك"),
    ("ی", "ي"), ("ک", "ك"), ("ۆ", "و"), ("ێ", "ي"), ("ڕ", "ر"), ("ڵ", "ل"), ("ە", "ه"), ("ګ", "گ"), ("ږ", "ژ"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One name: its spellings in Latin script, the usual one first, and in Arabic script when people write it so."""

    latin: tuple[str, ...]
    arabic: str

    def written(self, script: Script) -> str:
        """The usual spelling in that script."""
        return self.arabic if script == "Arab" else self.latin[0]


@dataclass(frozen=True)
class Group:
    """The naming custom of one group of speakers."""

    id: str
    scripts: tuple[Script, ...]
    form: str
    one_name: float
    languages: tuple[str, ...]
    given: Mapping[Sex, tuple[Entry, ...]]
    family: tuple[Entry, ...]
    family_female: tuple[Entry, ...]
    places: tuple[Entry, ...]
    by_spelling: Mapping[str, Entry]


@dataclass(frozen=True)
class Lineage:
    """What the members of one household share: script, father's, grandfather's and family name."""

    script: Script
    father: str
    grandfather: str
    family: str
    one_name: bool


def _entry(text: str) -> Entry:
    latin, _, arabic = text.replace("_", " ").partition("=")
    return Entry(tuple(dict.fromkeys(latin.split("|"))), arabic)


def _entries(text: str, sex: str, pools: Mapping[str, Mapping[str, str]]) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for token in text.split():
        entries = _entries(pools[token[1:]][sex], sex, pools) if token.startswith("@") else (_entry(token),)
        for entry in entries:
            found.setdefault(entry.latin[0], entry)
    return tuple(found.values())


def _group(id: str, row: Mapping[str, Any], pools: Mapping[str, Mapping[str, str]]) -> Group:
    given: dict[Sex, tuple[Entry, ...]] = {
        "female": _entries(row["female"], "female", pools),
        "male": _entries(row["male"], "male", pools),
    }
    family = _entries(row["family"], "", pools)
    family_female = _entries(row.get("family_female", ""), "", pools)
    every = (*given["female"], *given["male"], *family, *family_female)
    scripts: list[Script] = ["Arab" if script == "Arab" else "Latn" for script in row["script"].split()]
    return Group(
        id=id,
        scripts=tuple(scripts),
        form=row["form"],
        one_name=row.get("one_name", 0.0),
        languages=tuple(row["languages"].split()),
        given=given,
        family=family,
        family_female=family_female,
        places=_entries(row["places"], "", pools),
        by_spelling={spelling: entry for entry in every for spelling in (*entry.latin, entry.arabic) if spelling},
    )


@cache
def groups() -> Mapping[str, Group]:
    """All groups by id, read on first use."""
    document = json.loads((DATA / "names.json").read_text(encoding="utf-8"))
    return {id: _group(id, row, document["pools"]) for id, row in document["groups"].items()}


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in plain if letter.isalpha() or letter == " ").lower()


def denied(names: Names) -> bool:
    """Whether the parts of the name could be read as a public figure's."""
    words = frozenset(word for part in names.parts for word in _folded(part).split())
    return any(pair <= words for pair in _DENIED)


class NameBook:
    """Draws names from the lists with a random source of the caller, so that the same seed gives the same people."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def _write(self, entry: Entry, script: Script) -> str:
        if script == "Arab" or len(entry.latin) == 1 or self._random.random() < 0.8:
            return entry.written(script)
        return self._random.choice(entry.latin)

    def lineage(self, group: Group, script: Script | None = None) -> Lineage:
        """A new family's shared names, in `script` or in one that the group writes."""
        draw = self._random
        first = group.scripts[0]
        if script is None:
            script = first if len(group.scripts) == 1 or draw.random() < 0.65 else group.scripts[1]
        men = group.given["male"]
        return Lineage(
            script=script,
            father=self._write(draw.choice(men), script),
            grandfather=self._write(draw.choice(men), script),
            family=self._write(draw.choice(group.family), script) if group.family else "",
            one_name=draw.random() < group.one_name,
        )

    def person(self, group: Group, lineage: Lineage, sex: Sex) -> Names:
        """A member of that family. No name on the small list of public figures comes out."""
        while True:
            names = self._person(group, lineage, sex)
            if not denied(names):
                return names
            if denied(Names(lineage.father, lineage.family, lineage.grandfather, lineage.script)):
                lineage = self.lineage(group, lineage.script)

    def _person(self, group: Group, lineage: Lineage, sex: Sex) -> Names:
        script = lineage.script
        given = self._write(self._random.choice(group.given[sex]), script)
        while given in (lineage.father, lineage.grandfather, lineage.family):
            given = self._write(self._random.choice(group.given[sex]), script)
        if lineage.one_name:
            return Names(given, "", "", script)
        if group.form == "given father":
            return Names(given, lineage.father, "", script)
        if group.form == "given ag father":
            return Names(given, ("walet " if sex == "female" else "ag ") + lineage.father, "", script)
        if group.form == "given father grandfather":
            return Names(given, lineage.father, lineage.grandfather, script)
        if group.form == "given father family":
            return Names(given, lineage.family, lineage.father, script)
        if sex == "female" and group.family_female:
            return Names(given, self._write(self._random.choice(group.family_female), script), "", script)
        return Names(given, lineage.family, "", script)

    def place(self, group: Group, script: Script) -> str:
        """A place where people of the group come from, in the script of the name."""
        return self._random.choice(group.places).written(script)

    def respelled(self, group: Group, names: Names) -> Names:
        """The same name as another desk would write it; never equal to `names`."""
        script = names.script
        if script == "Arab" and self._random.random() < 0.4:
            romanised = self._romanised(group, names)
            if romanised is not None:
                return romanised
        given = self._slip(group, names.given, script)
        family = self._slip(group, names.family, script) if self._random.random() < 0.5 else names.family
        other = names.other if self._random.random() < 0.6 else ""
        again = Names(given, family, other, script)
        if self._random.random() < 0.12 and family and family != given:
            again = Names(family, given, other, script)
        if again == names and script == "Arab":
            again = self._romanised(group, names) or names
        if again == names:
            again = Names(names.family, names.given, "", script) if names.family else self._doubled(names)
        return again if again != names else self._doubled(names)

    def _romanised(self, group: Group, names: Names) -> Names | None:
        entries = [group.by_spelling.get(part) for part in (names.given, names.family, names.other)]
        latin = [self._random.choice(entry.latin) if entry else "" for entry in entries]
        return Names(latin[0], latin[1], latin[2], "Latn") if latin[0] else None

    def _slip(self, group: Group, written: str, script: Script) -> str:
        entry = group.by_spelling.get(written)
        if script == "Latn" and entry is not None:
            others = [spelling for spelling in entry.latin if spelling != written]
            if others:
                return self._random.choice(others)
        slips = _LATIN_SLIPS if script == "Latn" else _ARABIC_SLIPS
        start = self._random.randrange(len(slips))
        for before, after in slips[start:] + slips[:start]:
            at = written.find(before, 0 if script == "Arab" else 1)
            if at >= 0:
                return written[:at] + after + written[at + len(before) :]
        return written

    @staticmethod
    def _doubled(names: Names) -> Names:
        return Names(names.given + names.given[-1], names.family, names.other, names.script)
