"""Terms that a country sets for what people may ask about their data."""

from __future__ import annotations

from functools import cache
from typing import Any

from compass.vocabulary.files import read


@cache
def _terms() -> dict[str, Any]:
    return read("rights")


def answer_days(country: str) -> int:
    """Within how many days a request is answered in a country (ISO 3166 alpha-2); the default where it says nothing."""
    told = _terms()["answer_days"]
    return int(told["countries"].get(country, told["default"]))
