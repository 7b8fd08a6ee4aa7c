"""Every page of the room that writes says which version was on the screen, or stands here with the reason why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from compass.cases import views

#: {view: why what a colleague saved meanwhile cannot be lost}. A version taken from the row just read does not count: it
#: is the present one by definition, and the second of two colleagues would always win.
WITHOUT = {
    "handover.hand_over": "adds an offer; a second open one is refused",
    "handover.step": "a button: only an open offer is accepted or withdrawn, and nothing typed is replaced",
    "referrals._attach": "adds a file beside others",
    "referral_new.refer": "adds a draft beside others",
    "steps.contact": "adds a record; what it changes for all carries the version of the case",
    "steps.assessment": "adds a record; carries which one was the newest",
    "steps.plan": "adds a record; carries which one was the newest",
    "steps.close": "adds a record; carries which one was the newest",
    "steps.reopen": "adds a record; only a closed case is opened again",
}
NEWEST = "carries which one was the newest"


def functions() -> Iterator[tuple[str, list[ast.Call]]]:
    for path in sorted(Path(views.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{path.stem}.{node.name}", [each for each in ast.walk(node) if isinstance(each, ast.Call)]


def named(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == name


def versioned(call: ast.Call) -> bool:
    """Whether the envelope carries a version: named, or from the form's mark."""
    return any(
        each.arg == "version" or (isinstance(each.value, ast.Call) and named(each.value, "mark"))
        for each in call.keywords
    )


def test_each_write_carries_its_version_or_says_why_not():
    silent = {
        view for view, calls in functions() if any(named(each, "envelope") and not versioned(each) for each in calls)
    }
    assert silent == set(WITHOUT)


def test_who_adds_beside_the_newest_says_which_one_it_was():
    marked = {view for view, calls in functions() if any(named(each, "mark_newest") for each in calls)}
    assert {view for view, why in WITHOUT.items() if NEWEST in why} <= marked
