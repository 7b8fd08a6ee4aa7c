"""How many people are the only one of their kind by what an outsider may know and the disk shows: sex, age band,
nationality, area and time of arrival.

Counted over the invented programme as it would be loaded (no database). A case is closed as many days after the arrival
as the demonstration keeps cases open. Whoever knows these five of somebody who is the only one finds their record on a
stolen disk: its codes, times and services, never a name. Open and closed cases are told apart on the disk, and counted
apart here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from compass.config.bench.machine import Figures, machine

SEED = 3
TRIED = (
    "coarser steps, one after the other, until few are alone. Closed cases are not coarsened yet: the first three lines are"
    " what lies on the disk for whoever knows the day, the week or the month."
)


@dataclass(frozen=True)
class Known:
    """What is clear of one person."""

    sex: str
    band: str
    nationality: str
    country: str
    area: str
    arrived: date
    child: bool


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def _half(day: date) -> tuple[int, bool]:
    return day.year, day.month > 6


#: From what lies on the disk to what would have to be left of it.
VIEWS: dict[str, Callable[[Known], tuple[object, ...]]] = {
    "sex, age band, nationality, area, day": lambda p: (p.sex, p.band, p.nationality, p.area, p.arrived),
    "the same, week": lambda p: (p.sex, p.band, p.nationality, p.area, p.arrived.isocalendar()[:2]),
    "the same, month": lambda p: (p.sex, p.band, p.nationality, p.area, p.arrived.year, p.arrived.month),
    "the same, quarter": lambda p: (p.sex, p.band, p.nationality, p.area, _quarter(p.arrived)),
    "child or adult, quarter": lambda p: (p.sex, p.child, p.nationality, p.area, _quarter(p.arrived)),
    "child or adult, country instead of area, quarter": lambda p: (
        p.sex,
        p.child,
        p.nationality,
        p.country,
        _quarter(p.arrived),
    ),
    "the same, half-year": lambda p: (p.sex, p.child, p.nationality, p.country, _half(p.arrived)),
    "the same, year": lambda p: (p.sex, p.child, p.nationality, p.country, p.arrived.year),
}


def alone(people: Iterable[Known], view: Callable[[Known], tuple[object, ...]]) -> float:
    """The share of people who are the only one of their kind."""
    kinds = Counter(map(view, people))
    return sum(number == 1 for number in kinds.values()) / max(1, kinds.total())


def crowds(people: int, until: date) -> tuple[list[Known], list[Known]]:
    """(people of open cases, people of closed ones)."""
    from compass.config.demo.load_cases import OPEN_FOR, OPEN_FOR_LONGER
    from compass.config.demo.population import population
    from compass.people.ages import band

    parts: tuple[list[Known], list[Known]] = [], []
    for home in population(people, SEED, until):
        arrived = home.arrived.date()
        closed = until - arrived > OPEN_FOR_LONGER.get(home.country, OPEN_FOR)
        for one in home.members:
            told = one.sex, band(one.age), one.nationality, home.country, home.area, arrived, one.is_child
            parts[closed].append(Known(*told))
    return parts


def run(people: int) -> tuple[Figures, list[tuple[str, str, str]]]:
    """Shares of people who are alone, by view, of open and of closed cases."""
    import django

    from compass.config.environment import use

    use({"COMPASS_PROCESS": "owner", "DJANGO_SETTINGS_MODULE": "compass.config.settings"})
    django.setup()
    on = machine()
    open_, closed = crowds(people, datetime.now(UTC).date())
    shares = {name: (alone(open_, view), alone(closed, view)) for name, view in VIEWS.items()}
    rows = [
        (f"alone by {name}", f"open {100 * one:.1f} %, closed {100 * other:.1f} %", "")
        for name, (one, other) in shares.items()
    ]
    rows[0] = (*rows[0][:2], f"{len(open_):,} people of open and {len(closed):,} of closed cases")
    return {"machine": on, "people": people, "open": len(open_), "closed": len(closed), "alone": shares}, rows
