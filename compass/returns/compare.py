"""Two versions side by side: what was typed on a step of a return, and what a colleague saved meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.cases.sealing import load_keys, open_from
from compass.people.models import AboutPerson, Person
from compass.returns import words
from compass.returns.forms import PreparationForm
from compass.returns.machine import Facts
from compass.returns.models import Step
from compass.ui.compare import Rows, rows
from compass.ui.words import moment
from compass.vocabulary import code_list


class Reader:
    """The sealed words of the other side: masked until a reason was given, which goes into the trail."""

    def __init__(self, work: Work, row: AboutPerson, reason: str = "", rule: str = "returns.read_notes") -> None:
        self.work, self.reason, self.masked = work, reason, False
        self.may = work.may(rule)
        if reason:
            work.demand(rule)
            work.opens(rule, [row.person_id], results=[row.pk], reason=reason, compared=1)

    def words(self, row: AboutPerson, column: str, *names: str) -> dict[str, Any]:
        """What `column` holds under these names, or a mask for each; empty for a name without an answer."""
        empty = dict.fromkeys(names, "")
        if not getattr(row, column):
            return empty
        if not self.reason:
            self.masked = True
            return dict.fromkeys(names, _("sealed"))
        load_keys(self.work, [row])
        return {**empty, **(open_from(self.work, row, column) or {})}


def last_step(facts: Facts, *names: str) -> Step | None:
    """The newest step of the present round, or the newest of these names."""
    rows = Step.objects.filter(avr=facts.avr, round=facts.avr.round)
    if names:
        rows = rows.filter(transition__in=names)
    return rows.order_by("recorded_at", "id").last()


def of_step(read: Reader, name: str, form: Any, facts: Facts, person: Person | None = None) -> Rows:
    """The rows for a step of a return: which step each side took, then each answer."""
    last = last_step(facts)
    taken = f"{words.step_title(last)} · {moment(last.recorded_at)}" if last else ""
    first = {"label": _("Step"), "left": words.title(name), "right": taken, "state": "differs"}
    return [first, *rows(form, saved(read, name, facts, person))]


def saved(read: Reader, name: str, facts: Facts, person: Person | None = None) -> Mapping[str, Any]:
    """What was saved last of a step, by the questions of its form; empty when nothing was."""
    return _SAVED.get(name, _nothing)(read, facts, person)


Saved = Callable[[Reader, Facts, Person | None], Mapping[str, Any]]


def _fields(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _nothing(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    return {}


def _counselling(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    if (row := facts.counselling) is None:
        return {}
    plain = _fields(row, "topics", "language", "interpreter_mode", "time_offered", "days_offered")
    return plain | read.words(row, "notes_sealed", "notes")


def _declaration(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    row = facts.declarations.get(person.pk) if person else None
    if row is None:
        return {}
    return _fields(row, "statements", "language", "mode", "given_by") | read.words(row, "witness_sealed", "witness")


def _free_choice(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    if (row := facts.free_choice) is None:
        return {}
    answers = ("no_pressure", "informed", "capacity_doubted", "capacity_assessed", "detained")
    return _fields(row, *answers, "independent_counsel", "private_talk") | read.words(
        row, "evidence_sealed", "pressure", "information"
    )


def _eligibility(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for criterion in code_list("eligibility_criterion").values:
        row = facts.eligibility.get(criterion)
        evidence = read.words(row, "evidence_sealed", "evidence")["evidence"] if row else ""
        found |= {
            criterion: row.answer if row else "",
            f"{criterion}_kind": row.evidence_kind if row else "",
            f"{criterion}_evidence": evidence,
        }
    return found


def _decision(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    row = last_step(facts, "approve", "refuse", "send_back")
    if row is None:
        return {}
    # Nobody refuses without having done these three; they are not asked of whoever approves.
    done = dict.fromkeys(("explained", "referral_offered", "complaint_told"), row.transition == "refuse" or None)
    return {"decision": row.transition, "reason": row.reason, **done, **read.words(row, "note_sealed", "note")}


def _preparation(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    if (row := facts.preparation) is None:
        return {}
    return _fields(row, *PreparationForm.NAMES)


def _departure(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    row = last_step(facts, "depart")
    return {"reconfirmed": True, "method": row.reason, "departed_on": facts.avr.departed_on} if row else {}


def _arrival(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
    return _fields(facts.avr, "arrived_on")


def _moved(name: str) -> Saved:
    def found(read: Reader, facts: Facts, person: Person | None) -> Mapping[str, Any]:
        row = last_step(facts, name)
        return {"reason": row.reason, **read.words(row, "note_sealed", "note")} if row else {}

    return found


_SAVED: dict[str, Saved] = {
    "counselling": _counselling,
    "declaration": _declaration,
    "free_choice": _free_choice,
    "eligibility": _eligibility,
    "decision": _decision,
    "preparation": _preparation,
    "departure": _departure,
    "arrival": _arrival,
    "missed": _moved("miss"),
    "take_back": _moved("take_back"),
    "withdraw": _moved("withdraw"),
    "suspend": _moved("suspend"),
}
