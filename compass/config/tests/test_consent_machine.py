"""The states of consent, driven by hypothesis over every path through which something about a person leaves its office:
after each step every path is asked, and does what `consent_wishes`, written a second time, says.

Nothing is disclosed that neither consent nor another recorded ground covers; what is taken back counts at once, also at the
office that took the person over; and consent is no wall: what the person allowed is possible.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet
from hypothesis import Phase

from compass.access.prepared import Prepared
from compass.cases.actions import referral
from compass.config.tests import consent_paths
from compass.config.tests.consent_machine import ASKED, RETURN, SHARE, Machine, tried, walk
from compass.people import consent, registry
from compass.people.models import Consent


@pytest.fixture
def machine(apart, cluster):
    """A database of its own, in which days can pass."""
    with cluster.connect("compass_owner", apart) as owner:
        Machine.owner = owner
        yield


#: Steps of the machine, one after another: every path is asked in each state between them.
STORY: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("refer", ("vital_interest", False)),
    ("take_back", ({SHARE}, 0)),
    ("answer", ({SHARE, RETURN}, set(), 3, "other", True, False)),
    ("answer", ({SHARE}, set(), 0, "other", True, True)),
    ("refer", ("consent", True)),
    ("make_an_offer", ()),
    ("is_taken_over", ()),
    ("take_back", (set(), 0)),
    ("answer", (set(ASKED), set(), 40, "other", True, False)),
    ("days_pass", (80,)),
)


def tell(who: str, story: Sequence[tuple[str, tuple[Any, ...]]]) -> None:
    """A story without dice; every path is asked before, between and after its steps."""
    one = Machine()
    one.register(who, True, True)
    for name, said in story:
        one.ask_all()
        getattr(one, name)(*said)
    one.ask_all()


def test_a_story_asks_every_path(machine):
    tried.clear()

    tell("adult", STORY)

    held = {name for name, way in consent_paths.DISCLOSING.items() if way.held == consent_paths.MACHINE}
    assert held | {"people:find", "people:person", "reception:activity"} == tried


def test_nothing_is_disclosed_that_nothing_covers(machine):
    walk(4, 6)


@pytest.mark.proof
def test_nothing_is_disclosed_in_the_long_form(machine):
    walk(30, 20, seed=False, phases=(Phase.generate, Phase.shrink))


def _ignored(reason):
    """An `answer` for which this reason is none."""
    right = consent.answer

    def wrong(given, scope, today=None, **asked):
        found = right(given, scope, today, **asked)
        if found.reason != reason or (reason != "refused" and not given.scopes.get(scope)):
            return found
        return consent.Answer(True, "given", found.consent_id, found.on, scope)

    return {"answer": wrong}


def _forgotten():
    """An `answer` that remembers no name said in an earlier talk."""
    right = consent.answer

    def wrong(given, scope, today=None, *, receiver=None):
        earlier = Consent.objects.filter(person=given.person_id, occurred_at__lt=given.occurred_at) if given else None
        named = [row for row in earlier or () if receiver is not None and receiver.pk in row.not_to]
        return right(given, scope, today, receiver=None if named else receiver)

    return {"answer": wrong}


def _as_recorded():
    """The consent that was written down last, instead of the one that was given last."""

    def last_of(people: list[UUID]) -> QuerySet[Consent]:
        rows = Consent.objects.filter(person_id__in=people).order_by("person_id", "-recorded_at", "-id")
        return rows.distinct("person_id")

    def consents_of(people):
        found = {pk: [] for pk in people}
        for row in Consent.objects.filter(person_id__in=list(found)).order_by("recorded_at", "id"):
            found[row.person_id].append(row)
        return found

    return {"_newest": Prepared(last_of), "consents_of": consents_of}


ALL_BACK, A_YEAR = ("take_back", (set(), 0)), ("days_pass", (370,))
NO = ("answer", (set(), set(ASKED), 0, "guardian", True, False))
LATE_YES = ("answer", (set(ASKED), set(), 3, "guardian", True, False))
#: Everything agreed to for a year and shared, then only for twenty days; and those are over.
SOONER = ("answer", (set(ASKED), set(), 0, "guardian", True, False, 20))
OVER = ("days_pass", (25,))
#: Everything agreed to, and told neither to the partner nor to the other office; said in a talk, and taken back by name.
NAMED = ("answer", (set(ASKED), set(), 0, "guardian", True, False, None, "partner"))
NAMES_OFFICE = ("take_back", (set(), 0, "office"))
#: Whoever was named stays so in the next talk, unless the person says otherwise.
AGAIN = ("answer", (set(ASKED), set(), 0, "guardian", True, False))
NOBODY = ("answer", (set(ASKED), set(), 0, "guardian", True, False, None, "nobody"))
CHILD_SAYS_NO = ("answer", (set(ASKED), set(), 0, "guardian", False, False))
#: A rule that is broken, of whom, and the steps that show it.
BROKEN: dict[str, tuple[Callable[[], dict[str, Any]], str, tuple[tuple[str, tuple[Any, ...]], ...]]] = {
    "withdrawal is ignored": (lambda: _ignored("withdrawn"), "adult", (ALL_BACK,)),
    "the end is ignored": (lambda: _ignored("expired"), "adult", (A_YEAR,)),
    "a named end is ignored": (lambda: _ignored("expired"), "adult", (SOONER, OVER)),
    "what was shared outlasts a named end": (dict, "adult", (SOONER, OVER)),
    "a named receiver is told": (lambda: _ignored("named"), "adult", (NAMED,)),
    "a named office is told": (lambda: _ignored("named"), "adult", (NAMES_OFFICE,)),
    "names are forgotten": (_forgotten, "adult", (NAMED, AGAIN)),
    "a no counts as a yes": (lambda: _ignored("refused"), "adult", (NO,)),
    "the child is not heard": (lambda: _ignored("child_refused"), "child", (CHILD_SAYS_NO,)),
    "the one written down last counts": (_as_recorded, "adult", (NO, LATE_YES)),
    "nothing is recalled": (dict, "adult", (ALL_BACK,)),
}

#: Those that the dice find.
BY_ITSELF = ("withdrawal is ignored", "the end is ignored", "a no counts as a yes", "the child is not heard")


@pytest.fixture(params=BROKEN)
def broken(request, monkeypatch):
    """One rule broken wherever it is used; gives whose story shows it, and the steps."""
    changed, who, story = BROKEN[request.param]
    for name, wrong in changed().items():
        right = getattr(consent, name)
        for module in [each for key, each in list(sys.modules.items()) if key.startswith("compass.")]:
            if getattr(module, name, None) is right:
                monkeypatch.setattr(module, name, wrong)
    if request.param == "nothing is recalled":
        monkeypatch.setattr(registry, "_listeners", [])
    if request.param == "what was shared outlasts a named end":
        monkeypatch.setattr(referral, "_end_with", lambda newest, rows: None)
    return who, story


def test_the_machine_catches_a_rule_that_is_broken(machine, broken):
    who, story = broken

    with pytest.raises(AssertionError):
        tell(who, story)


def test_without_a_broken_rule_these_stories_end_well(machine):
    tell("adult", (NO, LATE_YES, ALL_BACK, A_YEAR))
    tell("adult", (SOONER, OVER))
    tell("adult", (NAMED, AGAIN, NAMES_OFFICE, A_YEAR, AGAIN, NOBODY))
    tell("adult", (("is_taken_over", ()), NAMES_OFFICE, ALL_BACK, AGAIN))
    tell("child", (CHILD_SAYS_NO,))


def test_a_record_that_is_handed_back_is_held_to_the_same(machine):
    tell("adult", (("is_taken_over", ()), ("make_an_offer", ()), ("is_taken_over", ()), ALL_BACK))


@pytest.mark.proof
@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("broken", BY_ITSELF, indirect=True)
def test_the_machine_finds_a_broken_rule_by_itself(machine):
    """The others need two steps in one order; their stories are told by hand above."""
    with pytest.raises(AssertionError):
        walk(150, 20)
