"""The rapid screening: which questions, in which order, and what an answer leads to. Declared, never an `if` in a view.

Source: case-management.md 1.4 (result codes, first questions), 2.5 (high-risk triggers) and 3 (the purposes; TIP-02: of a
child the act and its purpose count, whatever the means).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.vocabulary import code_list

CASE_RESULTS = frozenset(
    {"protection_case", "possible_vot", "child_uasc", "possible_international_protection", "possible_statelessness"}
)
NOTHING = "no_protection_need"
#: Nationalities of ICAO 9303 that name no country: stateless, not determined.
NO_COUNTRY = frozenset({"XXA", "XXX", "XNC"})


@dataclass(frozen=True)
class Question:
    """A yes or no. `result` is the code of screening_result that a yes leads to; `because` says so to the worker.

    `trigger`: a yes is a high-risk trigger (code of high_risk_trigger). `risk`: the least risk level of a yes.
    """

    code: str
    text: Promise
    result: str
    because: Promise
    hint: Promise | str = ""
    trigger: str = ""
    risk: str = "low"


URGENT = (
    Question(
        "medical_now", _("Does someone need a doctor now?"), "immediate_needs_only",
        _("Someone needs a doctor now."),
        _("Bleeding, fits, high fever, labour pains, trouble breathing, thoughts of ending life."),
        "untreated_illness", "high",
    ),
    Question(
        "danger_now", _("Is someone in danger now, here or close by?"), "protection_case",
        _("Someone is in danger now."), _("Threatened, followed, held, hurt by someone who is near."),
        "danger_to_life", "high",
    ),
)  # fmt: skip

ROUTING = (
    Question(
        "basic_needs", _("Is food, water or a safe place to sleep missing tonight?"), "immediate_needs_only",
        _("Basic needs are not met tonight."),
    ),
    Question(
        "child_alone", _("Is this a child without parents or usual carer?"), "child_uasc",
        _("A child without parents or usual carer needs the best-interests procedure."), risk="high",
        trigger="child_without_caregiver",
    ),
    Question(
        "harmed", _("Was the person hurt, threatened or abused on the way or here?"), "protection_case",
        _("Violence or abuse on the way or here."), risk="medium",
    ),
    Question(
        "controlled", _("Did someone force, trick or control the person to work, beg or have sex, or keep papers or pay?"),
        "possible_vot", _("Control by others: possible trafficking."), risk="medium",
    ),
    Question(
        "fears_return", _("Is the person afraid of harm in the home country?"), "possible_international_protection",
        _("Fear of harm in the home country: possible need of international protection."), risk="medium",
    ),
    Question(
        "no_nationality", _("Does no country recognise the person as its national?"), "possible_statelessness",
        _("No country recognises the person as its national."),
    ),
)  # fmt: skip

QUESTIONS = (*URGENT, *ROUTING)

USED = _("The child is used by others: possible trafficking.")
_YOUNG: dict[str, dict[str, Any]] = {
    "fears_return": {"text": _("Would the child be in danger of harm in the home country?")}
}
_CHILD: dict[str, dict[str, Any]] = {
    "controlled": {
        "text": _(
            "Does someone make the child work, beg, marry or steal, use it sexually, or keep its papers or what it earns?"
        ),
        "hint": _("No force or trick is needed: of a child it counts in any case."),
        "because": USED,
    }
}
_SMALL: dict[str, dict[str, Any]] = {
    "controlled": {
        "text": _("Does someone use this small child to beg, hurt it sexually, or offer or ask money for it?"),
        "hint": _("Also when the family seems to agree: of a child it counts in any case."),
        "because": USED,
    }
}
#: Age band -> code of a question -> its words at that age. The code and what a yes leads to stay.
WORDED = {
    "0-4": _SMALL | _YOUNG, "5-11": _CHILD | _YOUNG, "12-14": _CHILD, "15-17": _CHILD,
    # Of a closed file it is known only that this is a child.
    "child": _CHILD,
}  # fmt: skip
#: Age band -> high-risk triggers that nobody asks about then.
UNFIT = {
    "0-4": frozenset({"late_pregnancy", "suicidal_intent"}), "5-11": frozenset({"late_pregnancy"}),
    "60+": frozenset({"late_pregnancy"}),
}  # fmt: skip


def routing(age_band: str, *, child: bool, known: Mapping[str, bool] | None = None) -> tuple[Question, ...]:
    """The routing questions about somebody of this age, or of unknown age. `child`: may be a child without its parents.

    known: {code of a question: yes} that the record answers already; nobody is asked that again.
    """
    worded = WORDED.get(age_band, {})
    asked = (question for question in ROUTING if child or question.code != "child_alone")
    return tuple(replace(q, **worded.get(q.code, {})) for q in asked if q.code not in (known or {}))


def recorded(*, uasc_status: str, nationality: str, child: bool) -> dict[str, bool]:
    """The routing questions that the record of somebody answers, as `known` of `routing`."""
    found = {}
    if child and uasc_status in ("unaccompanied", "separated"):
        found["child_alone"] = True
    if nationality and nationality not in NO_COUNTRY:
        found["no_nationality"] = False
    return found


def triggers(age_band: str, sex: str = "") -> list[str]:
    """The high-risk triggers that may hold at this age and sex."""
    unfit = UNFIT.get(age_band, frozenset()) | ({"late_pregnancy"} if sex == "male" else frozenset())
    return [code for code in code_list("high_risk_trigger").values if code not in unfit]


@dataclass(frozen=True)
class Outcome:
    """What the rules say: result codes, the least risk level, whether a trigger holds, and the questions that led there."""

    results: tuple[str, ...]
    risk_level: str
    triggers: tuple[str, ...]
    because: tuple[Question, ...]

    @property
    def said(self) -> tuple[str, ...]:
        """The triggers that were ticked; one that an answer brings along is told by the answer."""
        brought = {question.trigger for question in self.because}
        return tuple(code for code in self.triggers if code not in brought)

    @property
    def opens_case(self) -> bool:
        return bool(CASE_RESULTS & set(self.results))


RANK = {"low": 1, "medium": 2, "high": 3}


def outcome(
    answers: Mapping[str, bool], triggers: Iterable[str] = (), asked: Iterable[Question] = QUESTIONS
) -> Outcome:
    """The result of the answers ({code of question: yes}). Any high-risk trigger makes the risk high and opens a case.

    asked: the questions as they were worded.
    """
    led = tuple(question for question in asked if answers.get(question.code))
    found = tuple(dict.fromkeys([*triggers, *(question.trigger for question in led if question.trigger)]))
    results = list(dict.fromkeys(question.result for question in led))
    if found and not CASE_RESULTS & set(results):
        results.append("protection_case")
    level = max((question.risk for question in led), key=RANK.__getitem__, default="low")
    return Outcome(_lasting(results), "high" if found else level, found, led)


def _lasting(results: Iterable[str]) -> tuple[str, ...]:
    """Each result once; "immediate needs only" and "nothing" give way to a case, which covers direct help too."""
    found = list(dict.fromkeys(results))
    for less in (NOTHING, "immediate_needs_only"):
        if len(found) > 1 and less in found:
            found.remove(less)
    return tuple(found) or (NOTHING,)


def with_more(computed: Outcome, added: Iterable[str], risk_level: str) -> Outcome:
    """What the worker decides: results may be added and the risk raised, never the other way round."""
    level = max([computed.risk_level, risk_level or "low"], key=RANK.__getitem__)
    return Outcome(_lasting([*computed.results, *added]), level, computed.triggers, computed.because)
