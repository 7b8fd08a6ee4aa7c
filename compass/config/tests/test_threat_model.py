from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2]
TEXT, ATTACKS = ((PACKAGE.parent / "docs" / name).read_text() for name in ("threat-model.md", "attack-sheet.md"))
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", TEXT + ATTACKS)))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_each_promise_names_a_test_that_exists(file, test):
    source = (PACKAGE / file).read_text()

    assert re.search(rf"^(?:    )?def {test}\(", source, re.M)


def test_every_promise_has_one():
    rows = [line for line in TEXT.split("## Promises")[1].split("## ")[0].splitlines() if line.startswith("| ")]

    assert len(rows) > 25
    assert all("::test_" in row for row in rows if not row.startswith("| Promise"))


def test_every_attack_names_what_happens_and_a_test():
    rows = [line for line in ATTACKS.splitlines() if line.startswith("| ") and not line.startswith("| Attack")]

    assert len(rows) > 25
    assert all(len(row.strip("|").split(" | ")) == 3 and "::test_" in row for row in rows)
