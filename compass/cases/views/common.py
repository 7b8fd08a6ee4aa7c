"""What the pages of the room share: a case with its file, two versions side by side, the reasoned reveal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from compass.access.prepared import Prepared
from compass.access.staff import names_in
from compass.access.work import Work
from compass.cases.files import Files
from compass.cases.forms import KeptForm, RevealForm
from compass.cases.models import Assessment, Case, Closure, FollowUp, Goal, Plan, Reopening, RiskChange, Screening
from compass.cases.sealing import open_from
from compass.people import consent
from compass.people.models import AboutPerson
from compass.problems import NotFound, Problem, StaleVersion
from compass.ui.compare import Rows, renew, said

SEALED: tuple[tuple[type[AboutPerson], str], ...] = (
    (Screening, "answers_sealed"), (RiskChange, "reason_sealed"), (Assessment, "narrative_sealed"),
    (Assessment, "remark_sealed"), (Goal, "statement_sealed"), (Plan, "remark_sealed"), (FollowUp, "note_sealed"),
    (Closure, "explanation_sealed"), (Closure, "remark_sealed"), (Reopening, "reason_sealed"),
)  # fmt: skip


def _with_person(where: Q, pk: UUID) -> QuerySet[Case]:
    rows = Case.objects.filter(where, pk=pk).select_related("person")
    return rows.defer("person__identity_sealed", "person__contact_sealed")


_case = Prepared(_with_person)


def find_case(work: Work, pk: UUID, rule: str = "cases.view") -> tuple[Case, Files]:
    """The case with its file. Raises NotFound, Denied."""
    found = work.rows(_case, rule, pk=pk)
    if work.take_up(rule, found):
        found = work.rows(_case, rule, pk=pk)
    if not found:
        raise NotFound
    work.saw(found)
    return found[0], Files(work, found)


def agrees(files: Files, case: Case) -> bool:
    """Whether the person agrees to case management today."""
    return bool(consent.answer(files.consent(case), consent.HELP, files.work.today))


def supervisors(work: Work) -> list[str]:
    """The names of those who supervise in this office, to be called when it cannot wait."""
    return names_in({"supervisor"}, work.actor.organisations, work.now, but=work.actor.id)


@dataclass(frozen=True)
class Sealed:
    """Sealed words of a record that is compared; they open for a reason, which goes into the trail.

    `part`: the words of that name, where the column holds several.
    """

    work: Work
    row: AboutPerson
    column: str
    part: str = ""

    def open(self, why: str) -> Any:
        self.work.demand("cases.reveal")
        self.work.opens("cases.reveal", [self.row.person_id], results=[self.row.pk], why=why, compared=1)
        value = open_from(self.work, self.row, self.column)
        return (value or {}).get(self.part) if self.part else value or ""


def compare(
    form: KeptForm, theirs: Callable[[Any], Mapping[str, Any]], label: Callable[[str], str] | None = None
) -> Rows:
    """What was typed beside what a colleague saved meanwhile, for `{% cmp %}`; empty unless that happened.

    theirs: {field of the form: value, or `Sealed`} of the saved record. What was typed stays. Sealed words are masked until
    the form says why (`form.masked`); once everything is on the screen the form carries the saved version: to save again is
    to replace it knowingly.
    """
    problem = form.problem
    if not isinstance(problem, StaleVersion) or problem.current is None:
        return []
    current, why = problem.current, form.opened_for
    found = []
    for name, value in theirs(current).items():
        field = form.fields[name]
        mine, other = said(field, form.cleaned_data.get(name)), ""
        if not isinstance(value, Sealed):
            other = said(field, value)
        elif getattr(value.row, value.column):
            other = said(field, value.open(why)) if why else _("sealed")
            form.masked = form.masked or not why
        if mine or other:
            found.append({"label": label(name) if label else field.label, "left": mine, "right": other})
    if not form.masked:
        renew(form, version=current.version, seen=current.pk)
    return found


def reveal(request: HttpRequest, work: Work, case: Case, *models: type[AboutPerson]) -> dict[str, Any]:
    """The reveal's form and, after a reason was given, what these records of the case say. Shown on this response only.

    The reason's code goes into the trail with the records that were opened.
    """
    asked = request.method == "POST" and "reveal" in request.POST
    form = RevealForm(request.POST if asked else None, auto_id="reveal_%s")
    opened: list[dict[str, Any]] = []
    if asked and form.is_valid():
        work.demand("cases.reveal")
        # Of a closed file this puts exact values back.
        work.take_up("cases.reveal", [case.person])
        rows = 0
        for model, column in SEALED:
            if models and model not in models:
                continue
            key = {"case_id": case.pk} if model is not Screening else {"person_id": case.person_id}
            for row in work.allowed("cases.reveal", model).filter(**key).order_by("occurred_at"):
                if value := _open(work, row, column):
                    rows += 1
                    opened.append({"kind": model.__name__ + "." + column, "row": row, "text": value})
        why = form.cleaned_data["why"]
        work.opens("cases.reveal", [case.person_id], results=[case.pk], why=why, count=rows)
    return {"reveal_form": form, "opened": opened, "revealed": asked and form.is_valid()}


def _open(work: Work, row: AboutPerson, column: str) -> str:
    try:
        value = open_from(work, row, column)
    except Problem as problem:
        return str(problem)
    if isinstance(value, dict):
        return str(value.get("note") or "")
    return str(value or "")
