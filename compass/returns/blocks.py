"""What must happen first for a child, asked of the best-interests procedure (R-CHI-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from compass.cases import ladder


@dataclass(frozen=True)
class Stop:
    """One thing that must happen first: the rule that asks for it, and what it is, in words."""

    rule: str
    words: str | Promise


def return_blocks(people: Iterable[UUID]) -> Mapping[UUID, Sequence[Stop]]:
    """For each child what must happen before the return; grown people and children with nothing open are not in it."""
    found = {}
    for pk, child in ladder.children(people).items():
        words = {step.rule: step.what for step in (*ladder.LONG, *ladder.steps(child))}
        if rules := ladder.unmet(child):
            found[pk] = [Stop(rule, words[rule]) for rule in rules]
    return found


def stopped(people: Iterable[UUID]) -> Mapping[UUID, Sequence[Stop]]:
    """The children for whom no return may even be begun: those without a parent, until the procedure allows it.

    A child who lives with a parent may be put on the parent's return; its shorter steps must be met before the decision.
    """
    wanted = list(people)
    blocks = return_blocks(wanted)
    alone = {pk for pk, child in ladder.children(wanted).items() if ladder.steps(child) is ladder.LONG}
    return {pk: found for pk, found in blocks.items() if pk in alone}
