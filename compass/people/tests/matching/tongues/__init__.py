"""A generated set of people of six kinds, registered once or again by different clerks; frozen by its seed.

It judges the nightly linker on names that no public labelled set has (Hausa, romanised Amharic, Dari, people of one name).
It was first written without reading `compass.people.matching`, from the field reference alone, so that the linker is not
measured by its own rules; a change of the linker is no reason to change it.

Changed once since, when the linker had been measured on the draft and not yet changed: half of the people hold a document,
a person mostly repeats the year of birth they believe in, a telephone is written for 60 of 100 instead of 50 and is changed
less often, a place for 85 instead of 80 (of people of one name 95 instead of 90), and it is the village rather than the
town for 90 instead of 85. Before, even a learner that was told the truth about 3,500 such people (gradient boosted trees
over all levels and distances) found only 0.82 to 0.91 of the Arabic and French pairs at a precision of 0.95; what nobody
can decide judges nobody. The names are as they were first written.

Changed a second time by another author, who had not read the linker and knew of what it finds only the bar (0.85 at 0.95),
that three kinds miss it and the paragraph above, to what the desk asks today and to what the field says of it; `desk.py`
gives the sources. What was easier than life, harder than life or missing:

- A document is held by sex, nationality and age instead of by half of everyone, is with the person or not both times, and
  may be lost in between. A number of another organisation is a second number, kept by fewer. The desk asks for no token.
- Not everyone has a telephone of their own: 0.7 of the women, no young child. The others give that of the household.
- Whoever does not know when they were born rounds their age to five in 0.3 of the cases; before, in 0.04 and anew each time.
- Of Arab men the names after the first are as common as Sudan's; before, the second to the tenth were 1.5 to 4 times as
  common and the last ones rarer.
- Arab and Afghan women no longer take the husband's name; those of the French tradition do as often as before, but his
  family name and not his given name.
- "FNU" and a single name written twice are rarer (0.02, 0.04; before 0.06 each): the page asks whether there is one name
  only, and none is invented.
- The father's name of people of one name is asked and told by 0.7 (0.5 where it is not uttered) and stands mostly as his;
  before, 0.25 had it among the other names and nobody as the father's. Arabs of one name are Sudanese: Syrian papers have
  a family name.
- Father's and mother's names, the name in a document and numbers of other organisations are new: the desk asks for them.

Kept, because no source was found that says otherwise: how often somebody is registered again, how names are misspelt and
how often, which clerks an office has, how common names are (but of Arab men), whose birthday is known, how a place is told
(of people of one name 0.95: they are told apart by it, Megerdoomian 2009), how often a telephone is written and changes, a
sex is written wrong, a number is misread. Nationality is told each time; the linker's record has no place for it.

People come in families of the same villages: brothers and sisters share father, grandfather, family name, place and often
the telephone; cousins share the grandfather's name as their own; twins share the birthday. Those are the pairs a linker
must not make.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from compass.people.tests.matching.tongues import desk, names
from compass.people.tests.matching.tongues.spelling import Clerk, Name, slipped, spell

TONGUES = ("arabic", "french", "hausa", "amharic", "dari", "one_name")
SEED = 20261122
#: Of people registered, how many are registered a second and a third time.
AGAIN, THRICE = 0.22, 0.03
#: The peoples among whom somebody may have one name, and their nationality.
OF_ONE_NAME = (("dari", "AFG"), ("hausa", "NER"), ("arabic", "SDN"))


@dataclass(frozen=True)
class Registered:
    """What one clerk wrote. Two records with the same `person` are one person. `birth`: ISO date, year alone or nothing.

    father, mother: their names as further names. printed: the name in the document. agency: a number with another
    organisation that is this person's alone.
    """

    person: int
    given: str
    family: str
    other: str
    birth: str
    sex: str
    nationality: str
    place: str
    phone: str
    document: str
    father: str
    mother: str
    printed: str
    agency: str


@dataclass(frozen=True)
class Soul:
    """Who somebody truly is."""

    number: int
    woman: bool
    given: Name
    father: Name
    mother: Name
    grandfather: Name
    family: Name | None
    style: str
    nationality: str
    born: date
    knows_birth: bool
    #: The year of birth that they believe in.
    believes: int
    village: tuple[str, ...]
    town: tuple[str, ...]
    #: Their own, or nothing.
    phone: str
    phone_of_household: str
    #: The number by which another organisation knows them, or nothing.
    agency: str
    #: The husband's family name.
    spouse: Name | None
    #: The number of a document that they have with them, and the name in it; or nothing.
    document: str = ""
    printed: str = ""


class Pool:
    """Names with Zipf's frequencies: the first is several times as common as the tenth. `known`: shares of the first ones,
    where a source gives them; the others are then as common as each other."""

    def __init__(self, written: str, known: tuple[float, ...] = ()) -> None:
        self.names = [Name.read(one) for one in written.split()]
        others = len(self.names) - len(known)
        zipf = [1 / (rank + 2) ** 0.9 for rank in range(len(self.names))]
        self.weights = list(accumulate([*known, *[(1 - sum(known)) / others] * others] if known else zipf))

    def draw(self, chance: Random) -> Name:
        return chance.choices(self.names, cum_weights=self.weights)[0]


@dataclass(frozen=True)
class Tongue:
    """A people: its names, how its names are built, what is known of births, which clerks write them down."""

    men: Pool
    women: Pool
    families: Pool | None
    #: How somebody's names are built, and which nationality such people have.
    styles: tuple[tuple[str, str], ...]
    #: Share of people who know the day they were born.
    knows_birth: float
    clerks: tuple[Clerk, ...]
    #: The calendar in which a birthday may be told: years behind ours.
    calendar: str = ""
    knows: str = ""


ENGLISH, FRENCH, SCRIPT = Clerk("english"), Clerk("french"), Clerk("english", arabic=True)


def _tongues() -> dict[str, Tongue]:
    arabic = Pool(names.ARABIC_MEN, known=desk.ARABIC_MEN), Pool(names.ARABIC_WOMEN)
    sahel = Pool(names.SAHEL_MEN), Pool(names.SAHEL_WOMEN)
    hausa = Pool(names.HAUSA_MEN), Pool(names.HAUSA_WOMEN)
    dari = Pool(names.DARI_MEN), Pool(names.DARI_WOMEN)
    ethiopian = Pool(names.ETHIOPIAN_MEN), Pool(names.ETHIOPIAN_WOMEN)
    return {
        "arabic": Tongue(
            *arabic,
            Pool(names.ARABIC_FAMILIES),
            (("family", "SYR"), ("family", "MAR"), ("chain", "SDN"), ("chain", "SDN"), ("ould", "MRT")),
            0.7,
            (ENGLISH, FRENCH, SCRIPT),
        ),
        "french": Tongue(
            *sahel,
            Pool(names.SAHEL_FAMILIES),
            (("family", "GIN"), ("family", "MLI"), ("family", "SEN"), ("family", "CIV")),
            0.65,
            (FRENCH, FRENCH, FRENCH, ENGLISH),
        ),
        "hausa": Tongue(
            *hausa, Pool(names.HAUSA_CALLED), (("called", "NER"), ("called", "NGA")), 0.4, (ENGLISH, FRENCH)
        ),
        "amharic": Tongue(*ethiopian, None, (("chain", "ETH"),), 0.55, (ENGLISH,), calendar="ethiopian"),
        "dari": Tongue(
            *dari,
            Pool(names.DARI_FAMILIES),
            (("perhaps", "AFG"), ("perhaps", "AFG"), ("family", "AFG")),
            0.4,
            (ENGLISH, ENGLISH, SCRIPT),
            calendar="hijri",
        ),
        "one_name": Tongue(*dari, None, (("one", "AFG"),), 0.4, (ENGLISH, ENGLISH, SCRIPT), calendar="hijri"),
    }


def _one_of(chance: Random, *weighted: tuple[str, float]) -> str:
    return chance.choices([value for value, _ in weighted], weights=[weight for _, weight in weighted])[0]


def _number(chance: Random) -> str:
    return f"{chance.choice((6, 7, 9))}{chance.randrange(10_000_000):07d}"


class Country:
    """The people of one tongue, village by village and family by family."""

    def __init__(self, kind: str, seed: int) -> None:
        self.chance = Random(f"{seed} {kind}")
        self.kinds = [_tongues()[kind]]
        if kind == "one_name":  # the custom is not of one people
            known = _tongues()
            self.kinds = [replace(known[people], styles=(("one", code),)) for people, code in OF_ONE_NAME]
        self.kind = kind
        self.count = 0

    def souls(self, wanted: int) -> list[Soul]:
        found: list[Soul] = []
        while len(found) < wanted:
            found += self._village(self.chance.choice(self.kinds))
        return found[:wanted]

    def _village(self, tongue: Tongue) -> list[Soul]:
        chance, people = self.chance, _people_of(tongue)
        stems, towns = names.PLACES[people].split(), names.TOWNS[people].split()
        after = tongue.men.draw(chance).english[0]
        village = (f"{chance.choice(stems)} {after}",)
        town = tuple(chance.choice(towns).replace("_", " ").split("|"))
        style, nationality = chance.choice(tongue.styles)
        return [
            soul
            for _ in range(chance.randrange(3, 9))
            for soul in self._family(tongue, style, nationality, village, town)
        ]

    def _family(
        self, tongue: Tongue, style: str, nationality: str, village: tuple[str, ...], town: tuple[str, ...]
    ) -> list[Soul]:
        """Those of one grandfather who are registered: some of his sons' children, one household after the other."""
        chance = self.chance
        grandfather, family = tongue.men.draw(chance), None
        if tongue.families and (style in ("family", "called") or chance.random() < 0.5):
            family = tongue.families.draw(chance)
        found: list[Soul] = []
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            father, mother, phone = tongue.men.draw(chance), tongue.women.draw(chance), _number(chance)
            eldest = date(1968, 1, 1) + timedelta(days=chance.randrange(365 * 40))
            born = eldest
            for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4, 5))):
                twins = chance.random() < 0.02 and born != eldest
                born = born if twins else born + timedelta(days=chance.randrange(330, 1300))
                woman = chance.random() < 0.4
                given = (tongue.women if woman else tongue.men).draw(chance)
                if not woman and chance.random() < 0.12:
                    given = grandfather  # named after the grandfather, as his cousins are
                if any(sibling.given == given and sibling.father == father for sibling in found):
                    continue  # nobody names two living children alike
                self.count += 1
                age = desk.TODAY - born.year
                owns = desk.WOMEN_WITH_TELEPHONE if woman else 1
                telephone = age >= desk.OWN_TELEPHONE_FROM and chance.random() < owns
                soul = Soul(
                    self.count,
                    woman,
                    given,
                    father,
                    mother,
                    grandfather,
                    family,
                    style,
                    nationality,
                    born,
                    chance.random() < tongue.knows_birth,
                    self._believed(born.year),
                    village,
                    town,
                    _number(chance) if telephone else "",
                    phone,
                    _number(chance) if chance.random() < desk.has_agency_number(nationality) else "",
                    tongue.families.draw(chance)
                    if tongue.families and woman and born.year < 2005 and chance.random() < 0.6
                    else None,
                )
                if chance.random() < desk.holds(nationality, woman, age) * desk.WITH_THEM:
                    soul = replace(soul, document=_number(chance), printed=self._printed(soul))
                found.append(soul)
        return found

    def _believed(self, year: int) -> int:
        """The year of birth that somebody believes in who does not know it: of grown people often that of a round age."""
        age = desk.TODAY - year
        rounds = age > 20 and self.chance.random() < desk.ROUND_AGE
        return desk.TODAY - 5 * round(age / 5) if rounds else year

    def _printed(self, soul: Soul) -> str:
        """The name as the state wrote it, once and for all, in Latin letters."""
        state = FRENCH if soul.nationality in desk.FRENCH_PAPERS else ENGLISH
        parts = {
            "one": (soul.given,),
            "family": (soul.given, soul.family),
            "called": (soul.given, soul.father),
            "perhaps": (soul.given, soul.family),
        }.get(soul.style, (soul.given, soul.father, soul.grandfather))
        return " ".join(spell(part, state, self.chance) for part in parts if part)

    def record(self, soul: Soul, earlier: Registered | None) -> Registered:
        chance = self.chance
        tongue = next(kind for kind in self.kinds if soul.nationality in {code for _, code in kind.styles})
        clerk = chance.choice(tongue.clerks)

        def write(name: Name) -> str:
            return spell(name, clerk, chance)

        given, family, other, father = self._names(soul, write)
        parents = desk.PARENTS[_people_of(tongue)]
        if soul.style != "one" and chance.random() < parents.father:
            father = write(soul.father)
        mother = write(soul.mother) if chance.random() < parents.mother else ""
        phone = ""
        if chance.random() < 0.6:
            phone = soul.phone_of_household if chance.random() < 0.25 or not soul.phone else soul.phone
            if chance.random() < (0.3 if earlier else 0):
                phone = _number(chance)  # people on the road change it
        place = ""
        if chance.random() < (0.95 if soul.style == "one" else 0.85):
            known = soul.village if chance.random() < 0.9 else soul.town
            place = spell(Name(known, (), ""), ENGLISH, chance)
        sex = "female" if soul.woman else "male"
        if chance.random() < 0.01:
            sex = "male" if soul.woman else "female"
        document = "" if earlier and chance.random() < desk.LOST_SINCE else self._copied(soul.document)
        copied = desk.NAME_COPIED_FROM_OTHER_SCRIPT if soul.nationality in desk.OTHER_SCRIPT else desk.NAME_COPIED
        printed = slipped(soul.printed, chance) if document and chance.random() < copied else ""
        return Registered(
            soul.number,
            given,
            family,
            other,
            self._birth(soul, tongue),
            sex,
            soul.nationality,
            place,
            phone,
            document,
            father,
            mother,
            printed,
            self._copied(soul.agency),
        )

    def _copied(self, number: str) -> str:
        """A number as it was written down, or nothing."""
        chance = self.chance
        if not number or chance.random() >= desk.NUMBER_WRITTEN:
            return ""
        if chance.random() < 0.04:  # two digits changed places
            return number[:3] + number[4] + number[3] + number[5:]
        return number

    def _one_name(self, soul: Soul, write: Callable[[Name], str]) -> tuple[str, str, str, str]:
        """As `_names`."""
        chance, given = self.chance, write(soul.given)
        people = next(people for people, code in OF_ONE_NAME if code == soul.nationality)
        put = {"father": "", "other": "", "family": ""}
        if chance.random() < desk.PARENTS[people].father_of_one_name:
            put[_one_of(chance, *desk.FATHER_PUT)] = write(soul.father)
        if put["family"]:
            return given, put["family"], "", ""
        where = _one_of(chance, ("given", 0.84), ("family", 0.1), ("both", 0.04), ("fnu", 0.02))
        written = {"given": (given, ""), "family": ("", given), "both": (given, given), "fnu": ("FNU", given)}[where]
        return *written, put["other"], put["father"]

    def _names(self, soul: Soul, write: Callable[[Name], str]) -> tuple[str, str, str, str]:
        """Which of the names the clerk put where: given, family, other, father (only of people of one name)."""
        chance, style, other = self.chance, soul.style, ""
        if style == "one":
            return self._one_name(soul, write)
        given, father, grandfather = write(soul.given), write(soul.father), write(soul.grandfather)
        family = write(soul.family) if soul.family else ""
        if style == "ould":
            of = "Mint" if soul.woman else chance.choice(("Ould", "Ould", "Wuld"))
            built = _one_of(chance, ("of", 0.7), ("chain", 0.15), ("bare", 0.15))
            family = {"of": f"{of} {father}", "chain": f"{of} {father} Ould {grandfather}", "bare": father}[built]
        elif style == "chain" or not family:
            built = _one_of(chance, ("father", 0.5), ("both", 0.35), ("grandfather", 0.15))
            if built == "grandfather":
                given = f"{given} {father}"
            family = {"father": father, "both": f"{father} {grandfather}", "grandfather": grandfather}[built]
        elif style == "called":
            built = _one_of(chance, ("father", 0.6), ("called", 0.2), ("both", 0.2))
            other = family if built == "father" and chance.random() < 0.3 else ""
            family = {"father": father, "called": family, "both": f"{father} {family}"}[built]
        elif soul.nationality in ("SYR", "AFG"):
            built = _one_of(chance, ("family", 0.72), ("both", 0.18), ("father", 0.1))
            family = {"family": family, "both": f"{father} {family}", "father": father}[built]
        if soul.spouse and self.kind == "french" and chance.random() < 0.12:
            other = family if chance.random() < 0.5 else other
            family = write(soul.spouse)
        if self.kind == "arabic" and not other and chance.random() < 0.06:
            other = ("Umm " if soul.woman else "Abu ") + write(soul.grandfather)
        order = _one_of(chance, ("asked", 0.93), ("swapped", 0.04), ("together", 0.03))
        if order == "swapped":
            return family, given, other, ""
        return (f"{given} {family}", "", other, "") if order == "together" else (given, family, other, "")

    def _birth(self, soul: Soul, tongue: Tongue) -> str:
        chance, born = self.chance, soul.born
        if not soul.knows_birth:
            # Whoever does not know the year has one on some paper or believes in one and mostly tells that.
            year = soul.believes + chance.choices((0, 1, -1, 2, -2), weights=(76, 8, 8, 4, 4))[0]
            return _one_of(chance, (f"{year}-01-01", 0.5), (str(year), 0.47), ("", 0.03))
        kind = _one_of(
            chance, ("day", 0.84), ("swapped", 0.03), ("slip", 0.04), ("year", 0.04), ("none", 0.02), ("calendar", 0.03)
        )
        if kind == "calendar" or (tongue.calendar and chance.random() < 0.06):
            return _in_calendar(born, tongue.calendar)
        if kind == "swapped" and born.day <= 12:
            return date(born.year, born.day, born.month).isoformat()
        if kind == "slip":
            step = chance.choice((-10, -1, 1, 10))
            return date(born.year + step, born.month, min(born.day, 28)).isoformat()
        return {"year": str(born.year), "none": ""}.get(kind, born.isoformat())


def _in_calendar(born: date, calendar: str) -> str:
    """The day as somebody tells it in their own calendar, taken down as if it were ours; or badly turned into ours."""
    if calendar == "ethiopian":
        told = born - timedelta(
            days=253
        )  # the year begins on 11 September, seven behind ours; twelve months of thirty days
        month, day = divmod(told.timetuple().tm_yday - 1, 30)
        return f"{told.year - 7}-{min(month, 11) + 1:02d}-{min(day, 27) + 1:02d}"
    if calendar == "hijri":
        return f"{born.year + (1 if born.month < 4 else -1)}-{born.month:02d}-{min(born.day, 28):02d}"
    return f"{born.year}-01-01"


def _people_of(tongue: Tongue) -> str:
    codes = {code for _, code in tongue.styles}
    return next(
        name
        for name, mark in (("dari", "AFG"), ("hausa", "NER"), ("amharic", "ETH"), ("french", "GIN"), ("arabic", "SDN"))
        if mark in codes
    )


def registered(kind: str, people: int, seed: int = SEED) -> list[Registered]:
    """Records of so many people of one kind (of `TONGUES`), in the order they were registered; some come again."""
    country = Country(kind, seed)
    records: list[Registered] = []
    for soul in country.souls(people):
        first = country.record(soul, None)
        records.append(first)
        turns = country.chance.random()
        for _ in range((turns < AGAIN) + (turns < THRICE)):
            records.append(country.record(soul, first))
    country.chance.shuffle(records)
    return records
