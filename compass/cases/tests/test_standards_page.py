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


def assert_table(heading: str, found: list[list[str]], wanted: list[list[str]]) -> None:
    """Rows of the document against those of the registry, in the order of their identifiers."""
    missing = [f"| {' | '.join(row)} |" for row in wanted if row not in found]
    too_many = [f"| {' | '.join(row)} |" for row in found if row not in wanted]
    said = "\n".join((*missing, "and no longer:" if too_many else "", *too_many))
    assert found == wanted, f"docs/standards.md, table {heading[3:]!r}, sorted by identifier, should say:\n{said}"


def test_the_first_table_is_the_registry():
    with override("en"):
        wanted = [[e.id, e.statement.rstrip("."), e.source, where(e)] for e in standards.registered()]

    assert_table(COMPUTED, rows(COMPUTED), wanted)


def test_the_second_table_names_every_other_standard_of_the_reference():
    computed = {each.id for each in standards.registered()}
    with override("en"):
        wanted = [(e.value, e.label.rstrip(".")) for e in statements() if e.extra["family"] == "CM"]

    assert_table(
        NOT_YET, [row[:2] for row in rows(NOT_YET)], [list(each) for each in wanted if each[0] not in computed]
    )
    assert all(row[2] and row[3] for row in rows(NOT_YET))
