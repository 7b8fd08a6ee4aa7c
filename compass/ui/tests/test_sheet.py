"""The one sheet: contrast of its colours, its weight, and that it knows no left and right."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parent.parent / "static" / "ui" / "compass.css").read_text(encoding="utf-8")

#: Text colour and the surfaces it stands on.
TEXT = [
    *[("ink", surface) for surface in ("paper", "sheet", "tint", "bad-t", "due-t", "good-t")],
    *[("soft", surface) for surface in ("paper", "sheet", "tint", "bad-t", "due-t", "good-t")],
    *[("acc", surface) for surface in ("paper", "sheet", "tint", "bad-t", "due-t", "good-t")],
    ("on", "acc"),
    ("sheet", "ink"),
    *[(signal, surface) for signal in ("bad", "due", "good") for surface in ("paper", "sheet", f"{signal}-t")],
]
EDGES = [
    *[("edge", surface) for surface in ("paper", "sheet")],
    *[(mark, "sunk") for mark in ("acc", "bad")],
    *[("acc", surface) for surface in ("paper", "sheet")],
    *[(signal, f"{signal}-t") for signal in ("bad", "due", "good")],
]


def themes() -> dict[str, dict[str, str]]:
    """The tokens of the four themes, in the order the sheet lays them over each other."""
    blocks = re.findall(r"(?:@media([^{]+)\{)?:root\{([^}]*)\}", SHEET)
    found: dict[str, dict[str, str]] = {}
    for media, body in blocks:
        tokens = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", body))
        found["more" * ("contrast" in media) + " dark" * ("dark" in media)] = tokens
    light = found[""]
    return {
        "light": light,
        "dark": light | found[" dark"],
        "more": light | found["more"],
        "more dark": light | found[" dark"] | found["more"] | found["more dark"],
    }


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "more", "more dark"])
@pytest.mark.parametrize(("first", "second"), TEXT)
def test_text_can_be_read(theme, first, second):
    tokens = themes()[theme]

    assert contrast(tokens[first], tokens[second]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "more", "more dark"])
@pytest.mark.parametrize(("first", "second"), EDGES)
def test_edges_and_marks_can_be_seen(theme, first, second):
    tokens = themes()[theme]

    assert contrast(tokens[first], tokens[second]) >= 3


def test_contrast_is_measured_rightly():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_sheet_knows_no_left_and_right():
    rules = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.S)

    assert not re.findall(r"[;{]\s*(?:(?:margin|padding|border)-)?(?:left|right)\b", rules)
    assert not re.findall(r"(?:text-align|float|clear):\s*(?:left|right)", rules)
    assert not re.findall(r"[;{](?:width|height|min-width|max-width|min-height|max-height):", rules)
    assert not re.findall(r"[;{](?:margin|padding|inset):[^ ;}]+ [^ ;}]+ [^ ;}]+ [^ ;}]+", rules)


def test_the_sheet_asks_no_other_host_and_is_light():
    static = Path(__file__).parent.parent / "static" / "ui"
    weight = sum(len(gzip.compress(path.read_bytes(), 9)) for path in static.iterdir() if path.suffix != ".md")

    assert "http" not in SHEET
    assert "@import" not in SHEET
    assert len(gzip.compress(SHEET.encode(), 9)) <= 8 * 1024
    assert weight <= 20 * 1024
