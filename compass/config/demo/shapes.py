"""What an invented person is made of: plain records without a database. Codes are those of `compass.vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Script = Literal["Latn", "Arab"]
Sex = Literal["female", "male"]
ServiceClass = Literal["H", "C", "R", "RI"]
Kind = Literal["family", "couple", "siblings", "single_woman", "single_man", "child_alone", "separated_child"]

CLASSES: tuple[ServiceClass, ...] = ("H", "C", "R", "RI")


@dataclass(frozen=True, slots=True)
class Names:
    """A name as it is registered. `family` is empty for who has one name only; in customs without family names it
    holds the father's name and `other` the grandfather's; elsewhere `other` may hold the father's name.
    """

    given: str
    family: str
    other: str
    script: Script

    @property
    def parts(self) -> tuple[str, ...]:
        """All parts that are not empty."""
        return tuple(part for part in (self.given, self.other, self.family) if part)


@dataclass(frozen=True, slots=True)
class Service:
    """One service delivered: code of the list `service`, reporting class, day."""

    code: str
    service_class: ServiceClass
    on: date


@dataclass(frozen=True, slots=True)
class Return:
    """A return home. `organised_by` is `compass` (a service of class R) or `other` (before the programme met them)."""

    on: date
    destination: str
    organised_by: Literal["compass", "other"]


@dataclass(frozen=True, slots=True)
class Person:
    """One registration of one person.

    `number` counts people from 1; a second registration has a number of its own above them and names the first in
    `duplicate_of`, has no service and no `main_class`, and so never counts. `age` is in years on arrival;
    `birth_date` is given when `age_basis` is `exact_date`, else only `birth_year` is known or guessed.
    """

    number: int
    names: Names
    sex: Sex
    birth_date: date | None
    birth_year: int
    age: int
    age_basis: str
    nationality: str
    languages: tuple[str, ...]
    relation: str
    uasc: str
    phone: str
    safe_contact: str
    origin: str
    urgent_needs: tuple[str, ...]
    disability: tuple[str, ...]
    risk_triggers: tuple[str, ...]
    risk: str
    screening: str
    refused: tuple[str, ...]
    main_class: ServiceClass | None
    services: tuple[Service, ...]
    returned: Return | None
    reintegrated: bool
    duplicate_of: int | None

    @property
    def is_child(self) -> bool:
        """Under eighteen on arrival."""
        return self.age < 18


@dataclass(frozen=True, slots=True)
class Household:
    """People met together: in which country programme (alpha-2) and area (ISO 3166-2), when, and through whom.

    `arrived` is aware (UTC). The first member is the principal. All of them count in the year of `arrived`.
    """

    number: int
    kind: Kind
    country: str
    area: str
    arrived: datetime
    source: str
    migration_status: str
    members: tuple[Person, ...]

    @property
    def year(self) -> int:
        """The year in which its members are counted."""
        return self.arrived.year
