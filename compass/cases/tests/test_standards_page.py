"""docs/standards.md says what the registry says: a standard that is added or changed is described there."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import override

from compass.cases import standards
from compass.vocabulary import standards as statements

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "standards.md"
COMPUTED, NOT_YET = "## Computed", "## Not computed yet"


def rows(heading: str) -> list[list[str]]:
    part = DOCUMENT.read_text().split(heading)[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def where(each: standards.Standard) -> str:
    places = (
        ("work list", each.due or each.queue), ("closing gate", "closure" in each.at), ("page of the case", each.due),
    )  # fmt: skip
    return ", ".join(name for name, computed in places if computed)


def test_the_first_table_is_the_registry():
    with override("en"):
        wanted = [[e.id, e.statement.rstrip("."), e.source, where(e)] for e in standards.registered()]

    assert rows(COMPUTED) == wanted


def test_the_second_table_names_every_other_standard_of_the_reference():
    computed = {each.id for each in standards.registered()}
    with override("en"):
        wanted = [(e.value, e.label.rstrip(".")) for e in statements() if e.extra["family"] == "CM"]

    assert [(row[0], row[1]) for row in rows(NOT_YET)] == [each for each in wanted if each[0] not in computed]
    assert all(row[2] and row[3] for row in rows(NOT_YET))
