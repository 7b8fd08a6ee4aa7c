"""What must happen first for a child, asked of the best-interests procedure (R-CHI-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from compass.cases import ladder


@dataclass(frozen=True)
class Stop:
    """One thing that must happen first: the rule that asks for it, and what it is, in words.

    `halts`: no return of this child may even be begun; else it is checked before the decision.
    """

    rule: str
    words: str | Promise
    halts: bool = False


def return_blocks(people: Iterable[UUID]) -> Mapping[UUID, Sequence[Stop]]:
    """For each child what must happen before the return; grown people and children with nothing open are not in it."""
    return _open(ladder.children(people))


def _open(children: Mapping[UUID, ladder.Child]) -> Mapping[UUID, Sequence[Stop]]:
    found = {}
    for pk, child in children.items():
        words = {step.rule: step.what for step in (*ladder.LONG, *ladder.steps(child))}
        if rules := ladder.unmet(child):
            halts = ladder.steps(child) is ladder.LONG
            found[pk] = [Stop(rule, words[rule], halts) for rule in rules]
    return found


def stopped(people: Iterable[UUID]) -> Mapping[UUID, Sequence[Stop]]:
    """The children for whom no return may even be begun: those without a parent, until the procedure allows it.

    A child who lives with a parent may be put on the parent's return; its shorter steps must be met before the decision.
    """
    return stopped_among(ladder.children(people))


def stopped_among(children: Mapping[UUID, ladder.Child]) -> Mapping[UUID, Sequence[Stop]]:
    """`stopped` for children who were read already."""
    return {pk: found for pk, found in _open(children).items() if ladder.steps(children[pk]) is ladder.LONG}
