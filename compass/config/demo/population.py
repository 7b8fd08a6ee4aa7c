"""The invented people of the demonstration, household by household.

`population` is deterministic in (people, seed, until), needs no database and holds a handful of households at a time.
Totals by year and class are those of `targets`; how they spread over countries is synthetic (`data/countries.json`).
Phone numbers begin with three zeros after the country code, which no numbering plan assigns.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from types import MappingProxyType
from typing import Any

from compass.config.demo import traits
from compass.config.demo.names import Group, Lineage, NameBook, groups
from compass.config.demo.shapes import CLASSES, Household, Kind, Person, Return, Service, ServiceClass
from compass.config.demo.targets import DATA, YearTarget, apportion, targets

# Days that a journey of the class needs inside its year, where the year still has them.
_LEAD: Mapping[ServiceClass, int] = {"H": 1, "C": 7, "R": 75, "RI": 60}
_LATE_BY = 20
#: In the last two years, at least so many people a year where the story takes place.
SEEN: Mapping[str, int] = MappingProxyType({"NE": 6, "NG": 3})
NOWHERE: Mapping[str, int] = MappingProxyType({})
_Split = dict[str, dict[ServiceClass, int]]


@dataclass(frozen=True)
class Country:
    """A country programme of the demonstration: weights by class, areas and peoples with cumulative weights."""

    code: str
    first_year: int
    dial: str
    digits: int
    weights: Mapping[ServiceClass, int]
    areas: tuple[str, ...]
    area_weights: tuple[int, ...]
    peoples: tuple[tuple[str, str], ...]
    people_weights: tuple[int, ...]


def _cumulative(weights: list[int]) -> tuple[int, ...]:
    return tuple(accumulate(weights))


@cache
def _document() -> Mapping[str, Any]:
    document: dict[str, Any] = json.loads((DATA / "countries.json").read_text(encoding="utf-8"))
    return document


@cache
def countries() -> tuple[Country, ...]:
    """The country programmes with their synthetic weights, by alpha-2 code."""
    return tuple(
        Country(
            code=code,
            first_year=row["first_year"],
            dial=row["dial"],
            digits=row["digits"],
            weights=row["weights"],
            areas=tuple(row["areas"]),
            area_weights=_cumulative(list(row["areas"].values())),
            peoples=tuple((group, nationality) for group, nationality, _ in row["people"]),
            people_weights=_cumulative([weight for _, _, weight in row["people"]]),
        )
        for code, row in _document()["countries"].items()
    )


def no_return() -> frozenset[str]:
    """Nationalities whose country nobody of the demonstration returns to."""
    return frozenset(_document()["no_return"]["nationalities"])


def synthetic_split_reason() -> str:
    """One sentence that says why the split by country is synthetic, for screens and exports."""
    return str(_document()["reason"])


@cache
def _peoples_for(code: str, name: ServiceClass) -> tuple[tuple[tuple[str, str], ...], tuple[int, ...]]:
    """Who can be met there in that class: returns go abroad and only where return is safe, reintegration is at home."""
    row = _document()["countries"][code]["people"]
    closed = set(_document()["no_return"]["nationalities"])
    if name == "R":
        row = [entry for entry in row if entry[1] != code and entry[1] not in closed]
    elif name == "RI":
        row = [entry for entry in row if entry[1] == code]
    return tuple((entry[0], entry[1]) for entry in row), _cumulative([entry[2] for entry in row])


def split_by_country(year: YearTarget, seen: Mapping[str, int] = NOWHERE) -> _Split:
    """The people of a year by country and class; each class adds up to the year's own.

    `seen`: how many there shall be at least in a country, taken from the others, so that a small demonstration shows work
    where one looks. In a large one the weights give more than that, and nothing moves.
    """
    active = [country for country in countries() if country.first_year <= year.year and any(country.weights.values())]
    split: _Split = {country.code: {} for country in active}
    for name in CLASSES:
        weights = [country.weights[name] if _peoples_for(country.code, name)[0] else 0 for country in active]
        for country, part in zip(active, apportion(year.people[name], weights), strict=True):
            split[country.code][name] = part
    for code, least in seen.items():
        givers = sorted(set(split) - set(seen))
        while code in split and sum(split[code].values()) < least:
            # Humanitarian help is met everywhere; returns and reintegration need a fitting country.
            giver = max(givers, key=lambda each: split[each]["H"], default=None)
            if giver is None or not split[giver]["H"]:
                break
            split[giver]["H"] -= 1
            split[code]["H"] += 1
    return split


@dataclass
class _Desk:
    """What one run carries from household to household."""

    random: Random
    people: int
    until: date
    duplicates: int
    household: int = 0
    person: int = 0
    repeated: int = 0
    waiting: deque[tuple[int, Household, Person]] = field(default_factory=deque)
    book: NameBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = NameBook(self.random)


def population(people: int, seed: int, until: date) -> Iterator[Household]:
    """Households whose `people` members count once each, and about one in a hundred of them registered twice.

    Second registrations come later, as households of one with `duplicate_of` set, on top of `people`. Order: by year,
    then by country. Raises ValueError as `targets` does.
    """
    desk = _Desk(Random(f"compass:{seed}"), people, until, round(people / 100))
    for year in targets(people, until).years:
        split = split_by_country(year, SEEN if year.year >= until.year - 1 else NOWHERE)
        for country in countries():
            remaining = dict(split.get(country.code, {}))
            while any(remaining.values()):
                household = _household(desk, country, year, remaining)
                yield household
                _note_repeat(desk, household)
                while desk.waiting and desk.waiting[0][0] <= desk.household:
                    yield _repeat(desk)
    while desk.waiting:
        yield _repeat(desk)


def _household(desk: _Desk, country: Country, year: YearTarget, remaining: dict[ServiceClass, int]) -> Household:
    draw = desk.random
    name = draw.choices(CLASSES, [remaining.get(each, 0) for each in CLASSES])[0]
    peoples, weights = _peoples_for(country.code, name)
    group_id, nationality = draw.choices(peoples, cum_weights=weights)[0]
    group = groups()[group_id]
    kind, roles = traits.composition(draw, name, remaining[name])
    arrived = _arrival(draw, year, name, desk.until)
    desk.household += 1
    lineage = desk.book.lineage(group)
    origin = desk.book.place(group, lineage.script)
    area = draw.choices(country.areas, cum_weights=country.area_weights)[0]
    members: list[Person] = []
    for at, role in enumerate(roles):
        main: ServiceClass = name
        if name == "C" and at and role.age < 18 and remaining["H"] and draw.random() < 0.3:
            main = "H"
        remaining[main] -= 1
        desk.person += 1
        members.append(_person(desk, country, year, arrived, group, lineage, nationality, origin, role, main))
    return Household(
        number=desk.household,
        kind=kind,
        country=country.code,
        area=area,
        arrived=arrived,
        source=traits.source(draw, name),
        migration_status=traits.migration_status(draw, name, nationality == country.code),
        members=tuple(members),
    )


def _arrival(draw: Random, year: YearTarget, name: ServiceClass, until: date) -> datetime:
    span = (year.last - year.first).days
    latest = span - _LEAD[name]
    on = year.first + timedelta(days=draw.randint(0, latest if latest > 0 else span // 3))
    return datetime.combine(on, time(draw.randint(5, 21), draw.randrange(60)), tzinfo=UTC)


def _person(
    desk: _Desk,
    country: Country,
    year: YearTarget,
    arrived: datetime,
    group: Group,
    lineage: Lineage,
    nationality: str,
    origin: str,
    role: traits.Role,
    main: ServiceClass,
) -> Person:
    draw = desk.random
    shared = lineage if role.kin else desk.book.lineage(group, lineage.script)
    names = desk.book.person(group, shared, role.sex)
    birth = traits.birth(draw, role.age, arrived.date())
    needs = traits.needs(
        draw,
        main,
        role.sex,
        role.age,
        role.uasc,
        abroad=nationality != country.code,
        at_risk_at_home=nationality in _document()["protection_abroad"],
    )
    given = traits.services(draw, main, role.sex, role.age, needs, arrived.date(), year.last)
    return Person(
        number=desk.person,
        names=names,
        sex=role.sex,
        birth_date=birth.on,
        birth_year=birth.year,
        age=role.age,
        age_basis=birth.basis,
        nationality=nationality,
        languages=group.languages,
        relation=role.relation,
        uasc=role.uasc,
        phone=_phone(draw, country) if role.age > 14 and draw.random() < 0.6 else "",
        safe_contact=traits.safe_contact(draw, role.age),
        origin=origin,
        urgent_needs=needs.urgent,
        disability=needs.disability,
        risk_triggers=needs.triggers,
        risk=needs.risk,
        screening=needs.screening,
        refused=traits.refused(draw, main),
        main_class=main,
        services=given,
        returned=_returned(draw, main, nationality, given, arrived.date()),
        reintegrated=main == "RI",
        duplicate_of=None,
    )


def _phone(draw: Random, country: Country) -> str:
    digits = "".join(str(draw.randrange(10)) for _ in range(country.digits - 3))
    return f"+{country.dial}000{digits}"


def _returned(
    draw: Random, main: ServiceClass, nationality: str, given: tuple[Service, ...], arrived: date
) -> Return | None:
    if main == "R":
        on = next(service.on for service in given if service.code == "AVR")
        return Return(on, nationality, "compass")
    if main == "RI":
        return Return(arrived - timedelta(days=draw.randint(1, 60)), nationality, "other")
    return None


def _note_repeat(desk: _Desk, household: Household) -> None:
    """Choose who will be registered again, evenly along the stream, so that the number comes out exactly."""
    while desk.repeated + len(desk.waiting) < min(desk.duplicates, (desk.person + 50) * desk.duplicates // desk.people):
        old_enough = household.arrived.date() <= desk.until - timedelta(days=3)
        taken = {person.number for _, _, person in desk.waiting}
        who = [
            person
            for person in household.members
            if "duplicate_check" not in person.refused and person.number not in taken and person.main_class != "RI"
        ]
        if not who or not old_enough:
            return
        desk.waiting.append((desk.household + _LATE_BY, household, desk.random.choice(who)))


def _repeat(desk: _Desk) -> Household:
    """The same person at another desk, later: another spelling, another phone, often another guess of the age."""
    draw = desk.random
    _, household, first = desk.waiting.popleft()
    country = next(row for row in countries() if row.code == household.country)
    desk.household += 1
    desk.repeated += 1
    group_id = next(
        id for id, nationality in country.peoples
        if nationality == first.nationality and first.names.given in groups()[id].by_spelling
    )  # fmt: skip
    latest = min((desk.until - household.arrived.date()).days, 75)
    on = household.arrived.date() + timedelta(days=draw.randint(1, latest))
    shift = 0 if first.age_basis == "exact_date" and draw.random() < 0.8 else draw.choice((-2, -1, 0, 1, 2))
    birth_year = first.birth_year + shift
    exact = first.birth_date is not None and not shift and draw.random() < 0.7
    child = first.age < 18
    again = replace(
        first,
        number=desk.people + desk.repeated,
        names=desk.book.respelled(groups()[group_id], first.names),
        birth_date=first.birth_date if exact else None,
        birth_year=birth_year,
        age=max(0, on.year - birth_year) if not exact else first.age,
        age_basis="exact_date" if exact else "stated_age",
        relation="principal",
        uasc="unknown" if child else "accompanied",
        phone=_phone(draw, country) if first.phone else "",
        urgent_needs=(),
        risk_triggers=(),
        risk="not_assessed",
        screening="",
        main_class=None,
        services=(),
        returned=None,
        reintegrated=False,
        duplicate_of=first.number,
    )
    sexed: Kind = "single_woman" if first.sex == "female" else "single_man"
    return Household(
        number=desk.household,
        kind="child_alone" if child else sexed,
        country=country.code,
        area=draw.choices(country.areas, cum_weights=country.area_weights)[0],
        arrived=datetime.combine(on, time(draw.randint(5, 21), draw.randrange(60)), tzinfo=UTC),
        source=household.source,
        migration_status=household.migration_status,
        members=(again,),
    )


__all__ = ["Country", "Household", "Person", "countries", "population", "split_by_country", "synthetic_split_reason"]
