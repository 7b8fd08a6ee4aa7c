"""What the actions of this room and of the rooms above share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.people.models import FURTHER, HouseholdMember, Person
from compass.problems import Invalid, UnknownCode
from compass.vault.identifiers import new_id
from compass.vocabulary import known, language, nationalities


def moment(work: Work, day: date) -> datetime:
    """Noon (UTC) of a day, or now when the day is today: when only the day is known."""
    return work.now if day == work.today else datetime.combine(day, time(12), UTC)


def known_or_empty(list_id: str, value: str) -> str:
    """The value when it is empty or in its list: a clear column holds codes, never words. Raises UnknownCode."""
    return known(list_id, value) if value else value


def nationality(value: str) -> str:
    """A nationality, or empty. Raises UnknownCode."""
    if value and value not in nationalities():
        raise UnknownCode(value=value[:40], list="nationality")
    return value


def further_nationalities(identity: Mapping[str, Any], first: str) -> None:
    """Check the nationalities that are sealed beside the `first` one, see Person.

    Raises UnknownCode for what is no country; Invalid for one that is said twice, and beside an answer that says there is
    none or that nobody knows.
    """
    told = [str(identity[name]) for name in FURTHER if identity.get(name)]
    for value in told:
        if len(value) != 2 or value not in nationalities():
            raise UnknownCode(value=value[:40], list="nationality")
    if told and (len(first) != 2 or len({first, *told}) <= len(told)):
        raise Invalid(what=_("a further nationality"))


def spoken(codes: Iterable[str]) -> list[str]:
    """Languages of the programme's list. Raises UnknownCode."""
    found = list(codes)
    for code in found:
        try:
            language(code)
        except KeyError as error:
            raise UnknownCode(value=code[:40], list="languages") from error
    return found


def belongs(person: Person, change: str, *, since: date, care: str = "", **told: Any) -> HouseholdMember:
    """Where a person belongs now, as a row to be saved beside every change of it. `told`: see `stamp`."""
    return HouseholdMember(
        id=new_id(),
        person=person,
        organisation_id=person.organisation_id,
        household_id=person.household_id,
        relation=person.relation,
        uasc_status=person.uasc_status,
        change=change,
        care=care,
        since=since,
        **told,
    )
