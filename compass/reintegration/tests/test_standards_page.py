"""The page docs/standards.md on the rules of return and reintegration: each is computed, or said to be kept or not done."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import override

from compass.cases import ladder, standards
from compass.returns import machine
from compass.vocabulary import standards as statements

ROOM = Path(__file__).resolve().parents[1]
DOCUMENT = ROOM.parents[1] / "docs" / "standards.md"
HEADING = "## Return and reintegration, not computed"


def rows() -> list[list[str]]:
    lines = [line for line in DOCUMENT.read_text().split(HEADING)[1].splitlines() if line.startswith("| R-")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_rule_is_computed_or_on_the_page():
    computed = {each.id for each in standards.registered()}
    with override("en"):
        wanted = [(e.value, e.label.rstrip(".")) for e in statements() if e.extra["family"] == "R"]

    assert [row[:2] for row in rows()] == [list(each) for each in wanted if each[0] not in computed]
    assert all(row[2] and row[3] for row in rows())


def test_what_the_page_calls_refused_is_refused_by_the_code():
    guards = {guard.rule for step in machine.TRANSITIONS.values() for guard in step.guards}
    steps = {step.rule for step in ladder.LONG}
    code = "".join(
        path.read_text() for room in (ROOM, ROOM.parent / "returns") for path in (room / "actions").glob("*.py")
    )

    for rule, _asks, kept, _why in rows():
        refused = rule in guards | steps or f'"{rule}"' in code or f'({rule})")' in code
        assert refused == (kept == "refused at the step"), rule
