"""The long form, with the sources themselves: `make proof`. What the public side shows against the files it was made from.

The sources may not all be shipped, so they lie beside the repository (`../shared`) or where COMPASS_SHARED says. Each
comparison is made once more with something spoiled on purpose, which must be found.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

import compass
from compass.commons.synthesis import facts, missing_migrants
from compass.config.commands import load_public
from compass.ui.data import build_world
from compass.vocabulary.places import areas

pytestmark = pytest.mark.proof

PACKAGE = Path(compass.__file__).resolve().parent
#: ISO 3166-2 codes of the sources that ISO has withdrawn or never gave, by file.
OLD_UNITS = {
    "chad": {"TD-X01~"},
    "libya": {"LY-AJ", "LY-GD", "LY-MZ", "LY-QB", "LY-TN"},
    "morocco": {"MA-13", "MA-14", "MA-15", "MA-16"},
}
#: The other copy of the incidents ends in January 2020 and was read before IOM's last corrections.
COMPARABLE = range(2014, 2018)


def sources() -> Path:
    """The folder of the sources. A proof without them proves nothing, so it fails and is never skipped."""
    folder = Path(os.environ.get("COMPASS_SHARED") or PACKAGE.parent.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.fail(
            f"The proof needs the source files, and there is no folder {folder}. Put the folder `shared` beside the "
            "repository, or say where it is: COMPASS_SHARED=/path/to/shared make proof"
        )
    return folder


@pytest.fixture
def shared() -> Path:
    return sources()


@pytest.fixture
def aggregate(shared: Path) -> Path:
    return shared / "missing-migrants" / "mmp-2025-03-10.csv"


def counted(content: str) -> dict[str, Any]:
    """Rows, people, and people by year and by place, by nothing but splitting lines: no code of COMPASS."""
    rows = [line.split(",") for line in content.strip().splitlines()[1:]]
    by_year: Counter[int] = Counter()
    places: Counter[tuple[float, float]] = Counter()
    for row in rows:
        # The cause may hold commas; year stands first, and longitude, latitude and number last.
        by_year[int(row[0])] += int(row[-1])
        places[float(row[-3]), float(row[-2])] += int(row[-1])
    return {"rows": len(rows), "people": sum(by_year.values()), "by_year": by_year, "places": places}


def read(content: bytes) -> dict[str, Any]:
    """The same, as COMPASS reads it."""
    parsed = missing_migrants.parse(content)
    by_year: Counter[int] = Counter()
    places: Counter[tuple[float, float]] = Counter()
    for record in parsed.records:
        by_year[record.year] += record.people
        places[record.lon, record.lat] += record.people
    return {"rows": len(parsed.records), "people": parsed.people, "by_year": by_year, "places": places}


class TestMissingMigrants:
    def test_every_row_is_read_and_the_sums_are_those_of_an_independent_count(self, aggregate):
        content = aggregate.read_bytes()

        assert missing_migrants.parse(content).rejections == ()
        assert read(content) == counted(content.decode())
        assert (read(content)["rows"], read(content)["people"]) == (1391, 53320)

    def test_a_row_that_is_lost_or_changed_would_be_noticed(self, aggregate):
        lines = aggregate.read_bytes().splitlines(keepends=True)
        fewer = b"".join(lines[:700] + lines[701:])

        assert read(fewer) != counted(aggregate.read_text())

    def test_every_rejected_row_is_named(self, aggregate):
        lines = aggregate.read_text().splitlines()
        spoiled = {10: "2014,Drowning,200,37.3,12", 500: "1999,Violence,5,35.9,15", 900: "2021,Magic,5,35.9,15",
                   1300: "2024,Drowning,5,35.9,-3", 1391: "2025,Drowning"}  # fmt: skip
        for number, line in spoiled.items():
            lines[number - 1] = line

        parsed = missing_migrants.parse("\n".join(lines).encode())

        assert {rejection.line for rejection in parsed.rejections} == set(spoiled)
        assert all(rejection.text in spoiled[rejection.line] for rejection in parsed.rejections)
        assert len(parsed.records) == 1391 - len(spoiled)

    def test_the_other_copy_of_the_incidents_says_about_the_same(self, aggregate, shared):
        """Incidents of ten people and more, year by year: between 85 and 105 percent."""
        incidents: Counter[int] = Counter()
        with (shared / "missing-migrants" / "incidents_2014-2020.csv").open(
            encoding="utf-8", errors="replace"
        ) as lines:
            for row in csv.DictReader(lines):
                people = int(row["Total Dead and Missing"].replace(",", "") or 0)
                if people >= 10:
                    incidents[int(row["Reported Year"])] += people
        ours = read(aggregate.read_bytes())["by_year"]

        assert all(0.85 <= incidents[year] / ours[year] <= 1.05 for year in COMPARABLE)
        # The years are told apart: put off by one they do not agree.
        assert not all(0.85 <= incidents[year] / ours[year - 1] <= 1.05 for year in COMPARABLE if year > 2014)

    def test_loaded_it_is_the_same(self, aggregate, shared, owner, db):
        from django.db import connection

        said = io.StringIO()
        with redirect_stdout(said):
            refused = load_public.load("geneva.results", shared / "published-facts.csv", aggregate)
        with connection.cursor() as cursor:
            cursor.execute("SELECT year, sum(people)::int, count(*)::int FROM commons_missingmigrants GROUP BY year")
            kept = {year: (people, rows) for year, people, rows in cursor.fetchall()}

        whole = counted(aggregate.read_text())
        assert refused == 0, said.getvalue()
        assert "1391 rows, 0 rejected" in said.getvalue()
        assert {year: people for year, (people, _) in kept.items()} == dict(whole["by_year"])
        assert sum(rows for _, rows in kept.values()) == whole["rows"]


class TestPublishedFacts:
    def test_every_figure_is_there_with_its_value_unit_and_source(self, shared):
        with (shared / "published-facts.csv").open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        loaded = facts.load()

        assert loaded.rejections == ()
        assert [
            (fact.period, fact.scope, fact.words, str(fact.value), fact.unit, fact.status, fact.source)
            for fact in loaded.facts
            if fact.kind != "derived"
        ] == [tuple(row.values()) for row in rows]

    def test_a_figure_that_was_changed_would_be_noticed(self, shared):
        whole = (shared / "published-facts.csv").read_text()
        changed = facts.parse(whole.replace("29117", "29118").encode())

        assert facts.parse(whole.encode()) == facts.load() != changed

    def test_the_sum_of_2021_is_the_published_one(self, shared):
        found = {
            words: int(value)
            for words, value in re.findall(
                r"^2021,programme,([^,]+),(\d+),people", (shared / "published-facts.csv").read_text(), re.M
            )
        }

        parts = ("migrants given protection services", "migrants helped to return", "reintegration assistance")
        assert (
            sum(found[part] for part in parts) == facts.load().get("programme:2021:migrants_assisted").value == 30_392
        )


class TestMaps:
    SOURCES = ("world_map.json", "disputed_dotted_black.json", "disputed_dotted_white.json")

    @staticmethod
    def built(*sources: Path) -> str:
        said = io.StringIO()
        with redirect_stdout(said):
            build_world.main(*map(str, sources))
        return said.getvalue()

    def test_the_borders_are_those_of_the_organisation_drawn_anew(self, shared):
        drawn = self.built(*(shared / "missing-migrants" / name for name in self.SOURCES))

        assert drawn == (PACKAGE / "ui" / "data" / "world.json").read_text()

    def test_a_border_that_was_moved_would_be_noticed(self, shared, tmp_path):
        world, *disputed = (shared / "missing-migrants" / name for name in self.SOURCES)
        topology = json.loads(world.read_text())
        longest = max(topology["arcs"], key=len)
        longest[len(longest) // 2][0] += 3_000
        moved = tmp_path / "world.json"
        moved.write_text(json.dumps(topology))

        assert self.built(moved, *disputed) != (PACKAGE / "ui" / "data" / "world.json").read_text()

    def test_the_fourteen_countries_are_the_drawing_of_the_source(self, shared):
        source = shared / "maps" / "admin0-14-from-iom-world-map.svg"

        assert (PACKAGE / "ui" / "data" / "countries.svg").read_bytes() == source.read_bytes()


class TestAreas:
    @staticmethod
    def missing(shared: Path, ours: Callable[[str], set[str]]) -> dict[str, set[str]]:
        """Units of the sources that the vocabulary does not know, by country; old ones are left out."""
        found = {}
        for path in sorted((shared / "maps" / "superset-admin1").glob("*.geojson")):
            codes = {str(each["properties"]["ISO"]) for each in json.loads(path.read_text())["features"]}
            codes -= OLD_UNITS.get(path.stem, set())
            alpha2 = next(iter(codes))[:2]
            if lost := codes - ours(alpha2):
                found[alpha2] = lost
        return found

    @staticmethod
    def known(alpha2: str) -> set[str]:
        return {area.code for area in areas(alpha2)}

    def test_no_unit_of_the_source_is_missing(self, shared):
        assert self.missing(shared, self.known) == {}

    def test_a_unit_that_was_left_out_would_be_noticed(self, shared):
        assert self.missing(shared, lambda alpha2: self.known(alpha2) - {"NE-7"}) == {"NE": {"NE-7"}}


def test_without_the_sources_the_proof_fails_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("COMPASS_SHARED", str(tmp_path))

    with pytest.raises(pytest.fail.Exception, match="COMPASS_SHARED=/path/to/shared make proof"):
        sources()
