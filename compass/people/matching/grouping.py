"""Several records of one person: two of them belong together as far as all of them do.

A pair is judged by itself first. Somebody who was registered three times makes three pairs, and a stranger who happens to
be like one of the records is mostly unlike the others: the mean of what speaks for two groups of records being one person,
taken over every pair between them, tells the two apart. Groups grow from single records, the likeliest two first (average
linkage), and a pair is as likely as the two groups were that brought it together. So a third record confirms or
contradicts, and two that were never compared with each other can be found through it.

Source: average linkage (UPGMA), Sokal and Michener 1958; for groups of records Hassanzadeh et al. 2009.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from compass.people.matching.columns import Ints

Doubles = NDArray[np.float64]
#: What speaks for one pair counts up to so much either way, in natural logarithms of the odds: one sure pair does not
#: outweigh all doubts, and what is less likely than that, or was never compared, is as good as not.
MOST, LEAST = 12.0, -4.0
#: Groups do not grow beyond so many records, since nobody is registered so often; what would, stays as likely as it is pair
#: by pair.
MOST_TOGETHER = 50


def together(size: int, first: Ints, second: Ints, odds: Doubles, least: float) -> tuple[Ints, Ints, Doubles]:
    """The pairs of `size` records that groups bring together, with the natural logarithm of the odds of each.

    first, second, odds: the pairs by themselves, each once; those left out count as `LEAST`. least: groups are not made of
    anything less likely. The answer is in no order.
    """
    ends = np.concatenate([first, second])
    order = np.argsort(ends, kind="stable")
    beside = np.concatenate([second, first])[order].tolist()
    above = (np.clip(np.concatenate([odds, odds]), LEAST, MOST) - LEAST)[order].tolist()
    start = np.searchsorted(ends[order], np.arange(size + 1)).tolist()
    group = list(range(size))
    members: dict[int, list[int]] = {}
    found: dict[tuple[int, int], float] = {}
    strong = np.flatnonzero(odds >= least)
    waiting = list(zip((-odds[strong]).tolist(), first[strong].tolist(), second[strong].tolist(), strict=True))
    heapify(waiting)
    gone: set[int] = set()
    new = size
    while waiting:
        height, one, other = heappop(waiting)
        if one in gone or other in gone:
            continue
        left, right = members.get(one, [one]), members.get(other, [other])
        if len(left) + len(right) > MOST_TOGETHER:
            theirs = set(right)
            for record in left:
                for place in range(start[record], start[record + 1]):
                    if beside[place] in theirs and above[place] + LEAST >= least:
                        found.setdefault(_pair(record, beside[place]), above[place] + LEAST)
            continue
        found |= {_pair(a, b): -height for a in left for b in right}
        gone |= {one, other}
        members.pop(one, None), members.pop(other, None)
        members[new] = both = left + right
        for record in both:
            group[record] = new
        for height, neighbour in _means(both, group, members, beside, above, start):
            if height >= least:
                heappush(waiting, (-height, neighbour, new))
        new += 1
    if not found:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0)
    pairs = np.array(list(found), np.int32)
    return pairs[:, 0], pairs[:, 1], np.array(list(found.values()))


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _means(
    both: list[int], group: list[int], members: dict[int, list[int]], beside: list[int], above: list[float],
    start: list[int],
) -> list[tuple[float, int]]:  # fmt: skip
    """What speaks on average for a group and each one that it has pairs with, and that one's number."""
    own = group[both[0]]
    sums: dict[int, float] = defaultdict(float)
    for record in both:
        for place in range(start[record], start[record + 1]):
            if (neighbour := group[beside[place]]) != own:
                sums[neighbour] += above[place]
    return [
        (LEAST + total / (len(both) * len(members.get(neighbour, (neighbour,)))), neighbour)
        for neighbour, total in sums.items()
    ]
