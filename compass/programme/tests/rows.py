"""People and services for the tests of figures, recorded through the ordinary list actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from compass.people.actions import Registration, ServiceGiven, record_services, register_people

#: (number of the person, sex, age, country, class of service, day)
Row = tuple[int, str, str, str, str, date]


def record(at: Callable[..., Any], told: Callable[..., dict[str, Any]], rows: list[Row]) -> None:
    """Register each person once and record the services. `age` is child, adult or unknown."""
    born = {"unknown": None, "child": 2012, "adult": 1990}
    people = {row[0]: (row[1], row[2]) for row in rows}
    with at("zinder.social") as work:
        registered = register_people(
            work,
            [
                Registration(
                    **told(basis="vital_interest"),
                    sex=sex,
                    identity={"given": "Adama", **({"birth_year": born[age]} if born[age] else {})},
                )
                for sex, age in people.values()
            ],
        )
        known = dict(zip(people, registered, strict=True))
        record_services(
            work,
            [
                ServiceGiven(
                    **told(basis="vital_interest", id=known[person].pk),
                    service="FOD",
                    service_class=kind,
                    country=country,
                    delivered_on=day,
                )
                for person, _s, _a, country, kind, day in rows
            ],
        )
