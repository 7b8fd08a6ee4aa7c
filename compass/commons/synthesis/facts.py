"""The programme's published figures, typed, with what each can and cannot be compared with.

Source: `data/published-facts.csv`, one published figure a line. Published figures are never corrected. Where they
disagree, or cannot be added, both stay and carry a caution; what we compute from them is marked derived and names what
it comes from. The words for codes are in `compass/commons/words.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast, get_args

from compass.commons.synthesis.rejections import Refused, Rejection, lines_of

SOURCE = Path(__file__).resolve().parent.parent / "data" / "published-facts.csv"
HEADER = ("period", "scope", "figure", "value", "unit", "status", "source")

Kind = Literal["published", "cumulative", "derived", "synthetic"]
Bound = Literal["exact", "over", "at_least", "up_to", "about"]
Unit = Literal["people", "percent", "EUR"]
Status = Literal["published", "derived", "synthetic"]
Caution = Literal[
    "cumulative_not_one_year",
    "exceeds_sum_of_years",
    "part_of_another_figure",
    "some_countries_only",
    "one_event_only",
    "bound_not_exact",
    "mixes_assistance_and_protection",
    "difference_of_over_and_exact",
]

# Published words, without what stands in brackets, to a code that pages can name in every language.
_FIGURES: dict[str, str] = {
    "migrants given protection services": "protection",
    "migrants with protection services": "protection",
    "migrants with specialised protection": "protection",
    "migrants with protection assistance": "protection",
    "of whom humanitarian or direct assistance": "humanitarian_assistance",
    "of whom comprehensive assistance": "comprehensive_assistance",
    "migrants helped to return": "returns",
    "of whom return support": "returns",
    "voluntary returns by 6 Feb 2024": "returns_to_february_2024",
    "returned from Niger to Bamako on one flight 16 Dec 2022": "returns_one_flight",
    "reintegration assistance": "reintegration",
    "full reintegration assistance": "reintegration_full",
    "migrants assisted cumulative": "migrants_assisted",
    "stakeholders trained": "trained",
    "officials and stakeholders trained": "trained",
    "state and non-state actors trained": "trained",
    "policymakers trained or given tools": "trained",
    "frontline staff trained 24-27 June 2025": "trained_one_course",
    "satisfaction with services": "satisfaction",
    "satisfaction": "satisfaction",
    "young people reached": "young_people_reached",
    "community ambassadors trained": "ambassadors_trained",
    "budget": "budget",
    "budget phase 2": "budget",
}
FIGURE_CODES = frozenset(_FIGURES.values())
_ONE_EVENT = {"returns_one_flight", "trained_one_course"}
_SOURCES: dict[str, str] = {
    "000_1c9ab18c727b726b.txt": "COMPASS fact sheet, first phase (IOM)",
    "002_056f38850ad3c198.txt": "IOM press release, Geneva, 27 June 2024",
}
_BRACKETS = re.compile(r"\s*\(([^)]*)\)")
_PERIOD = re.compile(r"(20[0-9]{2})(?:-(20[0-9]{2}))?")
_YEAR = re.compile(r"20[0-9]{2}")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_VALUE = re.compile(r"[0-9]{1,12}")
_SCOPE = re.compile(r"programme|[A-Z]{3}")
_BOUNDS: dict[str, Bound] = {"over": "over", "at least": "at_least", "up to": "up_to"}

# The seven countries of the satisfaction figure of 2021 and any other list of country codes in brackets.
_COUNTRIES = re.compile(r"[A-Z]{3}(?: [A-Z]{3})*")
ASSISTED_2021 = ("protection", "returns", "reintegration")


@dataclass(frozen=True)
class Fact:
    """One figure.

    `id` is stable: scope, period, code. `scope` is `programme` or an ISO 3166 alpha-3 country. `first_year` and
    `last_year` include both ends. `code` names what is counted, `words` are the publisher's own. `value` is in `unit`;
    `bound` says how exactly it was given and `as_stated` in which month ("2024-06"), if that was said. `derived_from`
    are ids.
    """

    id: str
    scope: str
    first_year: int
    last_year: int
    code: str
    words: str
    value: int
    unit: Unit
    bound: Bound
    status: Status
    kind: Kind
    source: str
    countries: tuple[str, ...] = ()
    as_stated: str = ""
    cautions: tuple[Caution, ...] = ()
    derived_from: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        """The year, or the first and last with a hyphen."""
        return str(self.first_year) if self.first_year == self.last_year else f"{self.first_year}-{self.last_year}"

    @property
    def source_title(self) -> str:
        """The source in words a reader can look for."""
        return _SOURCES.get(self.source, self.source)

    def cautioned(self, *more: Caution) -> Fact:
        """The same fact with further cautions, each once."""
        return replace(self, cautions=tuple(dict.fromkeys((*self.cautions, *more))))


@dataclass(frozen=True)
class Facts:
    """All figures: those of the file, then the derived ones. Lines that could not be used are in `rejections`."""

    facts: tuple[Fact, ...]
    rejections: tuple[Rejection, ...]

    def get(self, fact_id: str) -> Fact:
        """One figure. Raises KeyError when there is none."""
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise KeyError(fact_id)


def load(path: Path = SOURCE) -> Facts:
    """Read the published figures and derive the others. Raises OSError and WrongHeader."""
    return parse(path.read_bytes())


def parse(content: bytes) -> Facts:
    """Read the bytes of a file of the published form. Raises WrongHeader; a bad line is a rejection, never an error."""
    found: dict[str, Fact] = {}
    rejections: list[Rejection] = []
    for line, text, cells in lines_of(content, HEADER):
        try:
            if isinstance(cells, Refused):
                raise cells
            fact = _fact(cells)
            if fact.id in found:
                raise Refused("duplicate", f"an earlier line already gives {fact.id}")
        except Refused as refused:
            rejections.append(refused.at(line, text))
            continue
        found[fact.id] = fact
    return Facts(tuple(_contradictions([*found.values(), *_derived(found)])), tuple(rejections))


def _fact(row: list[str]) -> Fact:
    period, scope, words, value, unit, status, source = row
    years = _PERIOD.fullmatch(period)
    if not years:
        raise Refused("bad_period", "the period is neither a year nor two years with a hyphen")
    first, last = int(years[1]), int(years[2] or years[1])
    if last < first or (years[2] and last == first):
        raise Refused("bad_period", "the period does not end after it begins")
    if not _SCOPE.fullmatch(scope):
        raise Refused("unknown_scope", "the scope is neither programme nor a country's three letters")
    if not _VALUE.fullmatch(value):
        raise Refused("not_a_number", "the value is not a whole number")
    if unit not in get_args(Unit):
        raise Refused("unknown_unit", f"the unit is not one of {', '.join(get_args(Unit))}")
    if unit == "percent" and int(value) > 100:
        raise Refused("outside_range", "a percentage is above 100")
    if status not in get_args(Status):
        raise Refused("unknown_status", f"the status is not one of {', '.join(get_args(Status))}")
    if not source.strip():
        raise Refused("no_source", "the figure names no source")
    bound, as_stated, countries = _brackets(words)
    code = _FIGURES.get(_BRACKETS.sub("", words).strip())
    if code is None:
        raise Refused("unknown_figure", "the words of the figure are not in the list of what is counted")
    fact = Fact(
        id=f"{scope}:{period}:{code}",
        scope=scope,
        first_year=first,
        last_year=last,
        code=code,
        words=words,
        value=int(value),
        unit=cast(Unit, unit),
        bound=bound,
        status=cast(Status, status),
        kind=_kind(cast(Status, status), unit, last > first),
        source=source,
        countries=countries,
        as_stated=as_stated,
    )
    return fact.cautioned(*_cautions(fact))


def _brackets(words: str) -> tuple[Bound, str, tuple[str, ...]]:
    """What the brackets of a figure say: how exact it is, when it was stated, which countries it covers."""
    bound: Bound = "exact"
    as_stated = ""
    countries: tuple[str, ...] = ()
    for inside in _BRACKETS.findall(words):
        for part in (piece.strip() for piece in inside.split(";")):
            if part in _BOUNDS:
                bound = _BOUNDS[part]
            elif part.startswith("as stated "):
                as_stated = _month(part.removeprefix("as stated "))
            elif _COUNTRIES.fullmatch(part):
                countries = tuple(part.split())
            else:
                raise Refused("unknown_remark", "the remark in brackets is not understood")
    return bound, as_stated, countries


def _month(words: str) -> str:
    name, _, year = words.partition(" ")
    if name not in _MONTHS or not _YEAR.fullmatch(year):
        raise Refused("unknown_remark", "the month in brackets is not understood")
    return f"{year}-{_MONTHS.index(name) + 1:02}"


def _kind(status: Status, unit: str, several_years: bool) -> Kind:
    if status != "published":
        return status
    # A budget of several years is one decision; people of several years are a running total.
    return "cumulative" if several_years and unit == "people" else "published"


def _cautions(fact: Fact) -> list[Caution]:
    found: list[Caution] = []
    if fact.kind == "cumulative":
        found.append("cumulative_not_one_year")
    if fact.words.startswith("of whom"):
        found.append("part_of_another_figure")
    if fact.countries:
        found.append("some_countries_only")
    if fact.code in _ONE_EVENT:
        found.append("one_event_only")
    if fact.bound != "exact":
        found.append("bound_not_exact")
    return found


def _derived(found: dict[str, Fact]) -> list[Fact]:
    """What can be computed: everyone assisted in 2021 (a sum), in 2022 (a difference) and in all three years."""
    parts = [found[key] for code in ASSISTED_2021 if (key := f"programme:2021:{code}") in found]
    two_years = found.get("programme:2021-2022:migrants_assisted")
    if len(parts) != len(ASSISTED_2021):
        return []
    of_2021 = _assisted(2021, 2021, sum(fact.value for fact in parts), "exact", parts)
    of_2021 = of_2021.cautioned("mixes_assistance_and_protection")
    if two_years is None:
        return [of_2021]
    of_2022 = _assisted(2022, 2022, two_years.value - of_2021.value, "over", [two_years, of_2021])
    of_2022 = of_2022.cautioned("difference_of_over_and_exact")
    of_2023 = found.get("programme:2023:protection")
    if of_2023 is None:
        return [of_2021, of_2022]
    years = [of_2021, of_2022, of_2023]
    # "over" and "up to" together bound the sum on neither side.
    total = _assisted(2021, 2023, sum(fact.value for fact in years), "about", years)
    return [of_2021, of_2022, total.cautioned("cumulative_not_one_year", "mixes_assistance_and_protection")]


def _assisted(first: int, last: int, value: int, bound: Bound, parts: list[Fact]) -> Fact:
    period = str(first) if first == last else f"{first}-{last}"
    fact = Fact(
        id=f"programme:{period}:migrants_assisted",
        scope="programme",
        first_year=first,
        last_year=last,
        code="migrants_assisted",
        words="migrants assisted",
        value=value,
        unit="people",
        bound=bound,
        status="derived",
        kind="derived",
        source="computed from the figures named",
        derived_from=tuple(part.id for part in parts),
    )
    return fact if bound == "exact" else fact.cautioned("bound_not_exact")


def _contradictions(facts: Iterable[Fact]) -> list[Fact]:
    """Mark each cumulative figure of people protected that is higher than the sum of its years."""
    rows = list(facts)
    sums = {fact.period: fact for fact in rows if fact.kind == "derived" and fact.first_year < fact.last_year}
    marked: list[Fact] = []
    for fact in rows:
        total = sums.get(fact.period)
        counts_all = fact.kind == "cumulative" and fact.code == "protection" and fact.scope == "programme"
        higher = total is not None and counts_all and fact.value > total.value
        marked.append(fact.cautioned("exceeds_sum_of_years") if higher else fact)
    return marked
