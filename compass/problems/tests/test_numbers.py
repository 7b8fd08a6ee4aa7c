from __future__ import annotations

from collections import Counter

from compass.problems import Problem


def kinds(parent: type[Problem] = Problem) -> list[type[Problem]]:
    """Every kind of problem of the product that is not only a parent of others."""
    return [
        each
        for child in parent.__subclasses__()
        for each in (child, *kinds(child))
        if each.__module__.startswith("compass.problems.")
    ]


def test_a_number_names_one_problem():
    """Whoever calls about P-2010 must not be told of another one. A kind of a kind may keep its number."""
    own = [each.number for each in kinds() if "number" in vars(each)]

    assert len(own) > 20
    assert [number for number, count in Counter(own).items() if count > 1] == []
