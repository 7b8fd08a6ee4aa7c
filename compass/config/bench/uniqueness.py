"""How many people are the only one of their kind by what an outsider may know and the disk shows: sex, age band,
nationality, area and time of arrival.

Counted over the invented programme as it would be loaded (no database). A case is closed as many days after the arrival
as the demonstration keeps cases open. Whoever knows these five of somebody who is the only one finds their record on a
stolen disk: its codes, times and services, never a name. Open and closed cases are told apart on the disk, and counted
apart here. What is left of closed ones is what `compass.people.coarse` leaves of each row; that nothing finer stands
beside it in any table is what `cases/tests/test_coarsening.py` looks for in tables that were filled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from compass.config.bench.machine import Figures, machine
from compass.ui.quarters import quarter

SEED = 3
TRIED = (
    "coarser steps, one after the other, until few are alone. Of open files the day lies on the disk; of files closed for"
    " long enough what COARSE says. Identifiers still tell the moment of each record: see the threat model."
)
#: The view of who is on the disk once the file was made coarse.
COARSE = "child or adult, quarter"
#: The second size, beside the one that is asked for.
TIMES = 10


@dataclass(frozen=True, slots=True)
class Known:
    """What is clear of one person."""

    sex: str
    band: str
    nationality: str
    country: str
    area: str
    arrived: date


def _band(code: str) -> str:
    # The rooms are there only once the settings are.
    from compass.people.coarse import band

    return band(code)


def _half(day: date) -> tuple[int, bool]:
    return day.year, day.month > 6


#: From what lies on the disk to what would have to be left of it.
VIEWS: dict[str, Callable[[Known], tuple[object, ...]]] = {
    "sex, age band, nationality, area, day": lambda p: (p.sex, p.band, p.nationality, p.area, p.arrived),
    "the same, week": lambda p: (p.sex, p.band, p.nationality, p.area, p.arrived.isocalendar()[:2]),
    "the same, month": lambda p: (p.sex, p.band, p.nationality, p.area, p.arrived.year, p.arrived.month),
    "the same, quarter": lambda p: (p.sex, p.band, p.nationality, p.area, quarter(p.arrived)),
    COARSE: lambda p: (p.sex, _band(p.band), p.nationality, p.area, quarter(p.arrived)),
    "child or adult, country instead of area, quarter": lambda p: (
        p.sex,
        _band(p.band),
        p.nationality,
        p.country,
        quarter(p.arrived),
    ),
    "the same, half-year": lambda p: (p.sex, _band(p.band), p.nationality, p.country, _half(p.arrived)),
    "the same, year": lambda p: (p.sex, _band(p.band), p.nationality, p.country, p.arrived.year),
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
            told = one.sex, band(one.age), one.nationality, home.country, home.area, arrived
            parts[closed].append(Known(*told))
    return parts


def run(people: int) -> tuple[Figures, list[tuple[str, str, str]]]:
    """Shares of people who are alone, by view, of open and of closed cases."""
    import django

    from compass.config.environment import use

    use({"COMPASS_PROCESS": "owner", "DJANGO_SETTINGS_MODULE": "compass.config.settings"})
    django.setup()
    on = machine()
    figures: Figures = {"machine": on, "people": people}
    rows: list[tuple[str, str, str]] = []
    for size in (people, TIMES * people):
        found, told = _measured(size)
        figures[f"{size}"] = found
        rows += told
    return figures, rows


def _measured(people: int) -> tuple[Figures, list[tuple[str, str, str]]]:
    open_, closed = crowds(people, datetime.now(UTC).date())
    shares = {name: (alone(open_, view), alone(closed, view)) for name, view in VIEWS.items()}
    rows = [
        (
            f"{people:,} people: alone by {name}",
            f"open {100 * one:.1f} %, closed {100 * other:.1f} %",
            "what is left of closed files" if name == COARSE else "",
        )
        for name, (one, other) in shares.items()
    ]
    rows[0] = (*rows[0][:2], f"{len(open_):,} people of open and {len(closed):,} of closed cases")
    return {"open": len(open_), "closed": len(closed), "alone": shares}, rows
