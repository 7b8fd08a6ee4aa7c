"""What the pages of the room share: a case with its file, the legal basis of a step, the reasoned reveal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.forms import ChoiceField, Field
from django.http import HttpRequest

from compass.access.models import User
from compass.access.staff import name_of
from compass.access.work import Work
from compass.cases.actions.checks import SCOPE
from compass.cases.files import Files
from compass.cases.forms import KeptForm, RevealForm
from compass.cases.models import Assessment, Case, Closure, FollowUp, Goal, Plan, Reopening, RiskChange, Screening
from compass.cases.sealing import open_from
from compass.people import consent
from compass.people.models import AboutPerson
from compass.problems import Problem, StaleVersion
from compass.ui import words

SEALED: tuple[tuple[type[AboutPerson], str], ...] = (
    (Screening, "answers_sealed"), (RiskChange, "reason_sealed"), (Assessment, "narrative_sealed"),
    (Assessment, "remark_sealed"), (Goal, "statement_sealed"), (Plan, "remark_sealed"), (FollowUp, "note_sealed"),
    (Closure, "explanation_sealed"), (Closure, "remark_sealed"), (Reopening, "reason_sealed"),
)  # fmt: skip


def find_case(work: Work, pk: UUID, rule: str = "cases.view") -> tuple[Case, Files]:
    """The case with its file. Raises NotFound, Denied."""
    case = work.find(rule, Case, pk)
    return case, Files(work, [case])


def basis(files: Files, case: Case) -> str:
    """The legal basis of a step: consent where it was given, else vital interest."""
    given = files.consent(case)
    return "consent" if consent.answer(given, SCOPE, files.now.date()) else "vital_interest"


def supervisors(work: Work) -> list[str]:
    """The names of those who supervise in this office, to be called when it cannot wait."""
    valid = Q(grants__valid_to__isnull=True) | Q(grants__valid_to__gt=work.now)
    found = User.objects.filter(
        valid, is_active=True, grants__role="supervisor", grants__organisation_id__in=work.actor.organisations,
        grants__valid_from__lte=work.now,
    )  # fmt: skip
    return sorted({name_of(user) for user in found.exclude(pk=work.actor.id)})


def compare(
    form: KeptForm, theirs: Callable[[Any], Mapping[str, Any]], label: Callable[[str], str] | None = None
) -> list[dict[str, Any]]:
    """What was typed beside what a colleague saved meanwhile, for `{% cmp %}`; empty unless that happened.

    theirs: {field of the form: value} of the saved record. What was typed stays, and the form now carries the saved version:
    to save again is to replace it knowingly.
    """
    problem = form.problem
    if not isinstance(problem, StaleVersion) or problem.current is None:
        return []
    current = problem.current
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"], data["seen"] = str(current.version), str(current.pk)
    form.data = data
    rows = []
    for name, value in theirs(current).items():
        field = form.fields[name]
        mine, other = _said(field, form.cleaned_data.get(name)), _said(field, value)
        if mine or other:
            rows.append({"label": label(name) if label else field.label, "left": mine, "right": other})
    return rows


def _said(field: Field, value: Any) -> str:
    """An answer in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_said(field, each) for each in value)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(field, ChoiceField):
        value = field.prepare_value(value)
        offered: Any = field.choices
        return next((str(text) for code, text in _flat(offered) if str(code) == str(value)), str(value))
    return str(value)


def _flat(choices: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    for code, text in choices:
        if isinstance(text, list | tuple):
            yield from text
        else:
            yield code, text


def words_of(work: Work, row: AboutPerson, *columns: str) -> list[Any]:
    """The sealed words of a record that is compared, opened and recorded as such."""
    work.demand("cases.reveal")
    found = [open_from(work, row, column) for column in columns]
    work.record("cases.reveal", results=[row.pk], why="compare", count=sum(bool(each) for each in found))
    return [each or "" for each in found]


def reveal(request: HttpRequest, work: Work, case: Case, *models: type[AboutPerson]) -> dict[str, Any]:
    """The reveal's form and, after a reason was given, what these records of the case say. Shown on this response only.

    The reason's code goes into the trail with the records that were opened.
    """
    asked = request.method == "POST" and "reveal" in request.POST
    form = RevealForm(request.POST if asked else None, auto_id="reveal_%s")
    opened: list[dict[str, Any]] = []
    if asked and form.is_valid():
        work.demand("cases.reveal")
        rows = 0
        for model, column in SEALED:
            if models and model not in models:
                continue
            key = {"case_id": case.pk} if model is not Screening else {"person_id": case.person_id}
            for row in work.allowed("cases.reveal", model).filter(**key).order_by("occurred_at"):
                if value := _open(work, row, column):
                    rows += 1
                    opened.append({"kind": model.__name__ + "." + column, "row": row, "text": value})
        work.record("cases.reveal", results=[case.pk], why=form.cleaned_data["why"], count=rows)
    return {"reveal_form": form, "opened": opened, "revealed": asked and form.is_valid()}


def _open(work: Work, row: AboutPerson, column: str) -> str:
    try:
        value = open_from(work, row, column)
    except Problem as problem:
        return str(problem)
    if isinstance(value, dict):
        return str(value.get("note") or "")
    return str(value or "")
