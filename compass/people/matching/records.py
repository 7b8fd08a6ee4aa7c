"""What the linker is told about one person. Nothing here knows Django, the vault or a database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of a name as someone wrote it, in any script. Who has one name only has it in either field."""

    given: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One person. Every field may be empty; several values are alternatives of which any may agree.

    names: spellings of the name (the order of given and family name need not be right).
    others: what else somebody is called: a kunya, a name before marriage, a nickname. Families share such names, so that
    two of them agree as family names do; one of them and a given name of the other side agree as given names.
    father, mother: their names.
    born: "1990-05-12", "1990-05", "1990", or the eight digits; a day that does not exist is kept as written.
    born_estimated: the day is a guess (also assumed of 1 January): only the year is compared.
    places: names of the place of origin or living, any script.
    areas: codes of such places (postcode, administrative code).
    phones, documents: numbers with or without separators.
    sex: any code; compared for equality. nationalities: codes, of which any may be the same.
    """

    names: tuple[Name, ...] = ()
    others: tuple[str, ...] = ()
    father: tuple[str, ...] = ()
    mother: tuple[str, ...] = ()
    born: str = ""
    born_estimated: bool = False
    places: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    sex: str = ""
    nationalities: tuple[str, ...] = ()


def born_digits(record: Record) -> str:
    """The digits of `born` in any script of digits: eight for a day, six for a month, four for a year, else none."""
    born = record.born
    digits = born if born.isascii() and born.isdigit() else "".join(str(int(sign)) for sign in born if sign.isdecimal())
    return digits if len(digits) in (4, 6, 8) else ""


def birth_day(record: Record) -> str:
    """Eight digits of a day of birth that was told and not guessed, or nothing.

    Registers write 1 January where only a year is known, so that day says no more than its year.
    """
    digits = born_digits(record)
    return digits if len(digits) == 8 and not record.born_estimated and not digits.endswith("0101") else ""


def birth_year(record: Record) -> int | None:
    """The year of birth in the calendar of the record, where it is known or estimated."""
    digits = born_digits(record)
    return int(digits[:4]) if digits else None
