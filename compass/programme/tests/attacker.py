"""Someone who reads everything that was shown and subtracts: bounds on every cell, tightened until nothing moves.

Cells are keyed (granularity, starts, country, class, breakdown, part). A total is at most the sum of its parts and at
least the largest of them; where parts cannot overlap (`additive`), it is their sum.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

Key = tuple[str, date, str, str, str, str]
ABOVE = {"month": "quarter", "quarter": "year", "year": "all"}
START = date(2021, 1, 1)


def families(keys: list[Key]) -> dict[tuple[str, Key], list[Key]]:
    """Parts by way and total."""
    found: dict[tuple[str, Key], list[Key]] = defaultdict(list)
    for key in keys:
        granularity, starts, country, kind, breakdown, part = key
        if country:
            found["country", (granularity, starts, "", kind, breakdown, part)].append(key)
        if kind:
            found["class", (granularity, starts, country, "", breakdown, part)].append(key)
        if breakdown != "total":
            found[breakdown, (granularity, starts, country, kind, "total", "")].append(key)
        if granularity in ABOVE:
            above = ABOVE[granularity]
            first = {
                "quarter": date(starts.year, (starts.month - 1) // 3 * 3 + 1, 1),
                "year": date(starts.year, 1, 1),
                "all": START,
            }[above]
            if breakdown == "total" or above in {"year", "all"}:
                found["period", (above, first, country, kind, breakdown, part)].append(key)
    return found


def bounds(shown: dict[Key, int | None], *, slack: int, additive: set[str]) -> dict[Key, tuple[float, float]]:
    """What the reader can know of each cell; a shown value is known to within `slack`, a withheld one is at least 1."""
    low = {k: float(max(v - slack, 1)) if v is not None else 1.0 for k, v in shown.items()}
    high = {k: float(v + slack) if v is not None else float("inf") for k, v in shown.items()}
    sums = families(list(shown))
    moved = True
    while moved:
        moved = False
        for (way, total), parts in sums.items():
            exact = way in additive
            lowest = sum(low[p] for p in parts) if exact else max(low[p] for p in parts)
            ways: list[tuple[Key, float, float]] = [(total, lowest, sum(high[p] for p in parts))]
            for each in parts:
                others = [p for p in parts if p != each]
                least = low[total] - sum(high[p] for p in others)
                most = high[total] - (sum(low[p] for p in others) if exact else 0)
                ways.append((each, least, most))
            for cell, least, most in ways:
                if least > low[cell] + 1e-9:
                    low[cell], moved = least, True
                if most < high[cell] - 1e-9:
                    high[cell], moved = most, True
    return {k: (low[k], high[k]) for k in shown}
