"""The child's ladder: what is done, what must happen first, and one form for each step."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases import ladder
from compass.cases.actions import best_interests as acts
from compass.cases.forms import KeptForm
from compass.cases.forms_best_interests import (
    AgreeForm,
    ChildAssessmentForm,
    ConfirmForm,
    HearForm,
    JourneyForm,
    PanelForm,
    ReopenForm,
    SpeakingForm,
    TraceForm,
    WithParentForm,
)
from compass.cases.models import BestInterests, Case
from compass.cases.standards import link
from compass.cases.views.common import Sealed, compare
from compass.people import consent
from compass.people.models import Person
from compass.problems import NotFound
from compass.vocabulary import standard

Told = dict[str, Any]
Run = Callable[[Work, Told, dict[str, Any]], Any]


def _with_parent(work: Work, told: Told, data: dict[str, Any]) -> Any:
    return acts.check_with_parent(work, [acts.WithParent(**told, view=data["view"], unheard=data.get("unheard", ""))])


#: Part of the ladder -> its words, its form, what it does.
PARTS: dict[str, tuple[str | Promise, type[KeptForm], Run]] = {
    "hear": (
        gettext_lazy("Hear the child"), HearForm,
        lambda work, told, d: acts.hear_children(
            work, [acts.Heard(**told, view=d["view"], unheard=d.get("unheard", ""), weight=d["weight"])]
        ),
    ),
    "assess": (
        gettext_lazy("Write the assessment"), ChildAssessmentForm,
        lambda work, told, d: acts.assess_children(
            work, [acts.ChildAssessed(**told, text=d["text"], determination=d["determination"])]
        ),
    ),
    "trace": (
        gettext_lazy("Record the tracing"), TraceForm,
        lambda work, told, d: acts.trace_families(
            work,
            [
                acts.Traced(
                    **told, outcome=d["outcome"], family_assessed=d["family_assessed"], care_agreed=d["care_agreed"]
                )
            ],
        ),
    ),
    "decide": (
        gettext_lazy("Record the panel’s decision"), PanelForm,
        lambda work, told, d: acts.record_decisions(
            work,
            [
                acts.PanelDecision(
                    **told, members=d["members"], options=tuple(d["options"]), decision=d["decision"],
                    reasons=d["reasons"], review_told=d["review_told"],
                )
            ],
        ),
    ),
    "agree": (
        gettext_lazy("Record the guardian’s agreement"), AgreeForm,
        lambda work, told, d: acts.record_guardians_agreement(work, [acts.GuardianAgrees(**told)]),
    ),
    "journey": (
        gettext_lazy("Arrange the journey and the visits"), JourneyForm,
        lambda work, told, d: acts.arrange_journeys(
            work,
            [
                acts.JourneyArranged(
                    **told, escort=d["escort"], received_by=d["received_by"], first_visit_on=d["first_visit_on"]
                )
            ],
        ),
    ),
    "confirm": (
        gettext_lazy("Confirm the parent"), ConfirmForm,
        lambda work, told, d: acts.confirm_parents(work, [acts.ParentConfirmed(**told)]),
    ),
    "with_parent": (gettext_lazy("Check and record"), WithParentForm, _with_parent),
    "reopen": (
        gettext_lazy("New facts or an appeal"), ReopenForm,
        lambda work, told, d: acts.reopen_procedures(work, [acts.Reopened(**told, appeal=d["why"] == "appeal")]),
    ),
}  # fmt: skip


def _child(work: Work, pk: UUID) -> ladder.Child:
    """Raises NotFound for someone of another office and for a grown person."""
    person = work.find("best_interests.view", Person, pk)
    found = ladder.children([person.pk]).get(person.pk)
    if found is None:
        raise NotFound
    return found


@require_http_methods(["GET"])
@page("best_interests.read")
def best_interests(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The ladder with the rule of each step."""
    child = _child(work, pk)
    steps = ladder.steps(child)
    open_rules = ladder.unmet(child)
    rungs = _rungs(work, child, open_rules)
    household = Case.objects.filter(person__household_id=child.person.household_id).order_by("code")
    context = {
        "child": child, "person": child.person, "cases": household, "rungs": rungs, "open": open_rules,
        "done": sum(step.met(child) for step in steps), "all": len(steps), "long": steps is ladder.LONG,
        "record": child.procedure, "may_reopen": ladder.is_decided(child.record),
        "unconfirmed": child.unconfirmed,
        "may_confirm": child.unconfirmed and not acts.rests(child.record) and not _not_you(work, child, "confirm"),
        "may_ask_panel": steps is ladder.SHORT
        and (child.record.stage == "appealed" or not ladder.is_decided(child.record)),
    }  # fmt: skip
    return TemplateResponse(request, "cases/best_interests.html", context)


#: What a decision rests on: nobody writes it anew until the procedure is reopened.
SETTLED = frozenset({"hear", "assess", "trace", "decide", "with_parent"})
AFTER = frozenset({"agree", "journey"})


def _rungs(work: Work, child: ladder.Child, open_rules: list[str]) -> list[dict[str, Any]]:
    """Every rung; one form settles several, its button stands at the first of them that is open. Where the reader may not
    go on, words stand in its place."""
    rests = acts.rests(child.record)
    offered: set[str] = set()
    made = []
    for each in ladder.steps(child):
        rung = _rung(child, each, first=each.rule == next(iter(open_rules), ""))
        if rung["met"] or each.part in offered:
            rung["url"] = ""
        else:
            offered.add(each.part)
            rung["not_you"] = _not_you(work, child, each.part)
            if rests and each.part in SETTLED:
                rung["not_you"] = _("It was decided. New facts or an appeal reopen it first.")
            elif not rests and each.part in AFTER:
                rung["not_you"] = _("The panel decides first.")
        made.append(rung)
    return made


def _not_you(work: Work, child: ladder.Child, part: str) -> str:
    """Why this colleague does not take a step that a second person takes; empty when nothing is against it."""
    if part in ("confirm", "with_parent"):
        if part == "confirm" and not work.may("best_interests.decide"):
            return _("A supervisor who did not bring them together confirms the parent.")
        if acts.brought_together(work, child):
            return _("You recorded who belongs together here: a colleague answers for it.")
        return ""
    if part != "decide":
        return ""
    if not work.may("best_interests.decide"):
        return _("A supervisor who neither began this nor wrote the assessment records the decision.")
    if child.procedure is not None and acts.prepared(work, child.procedure):
        return _("You began this or wrote the assessment: another supervisor records the decision.")
    return ""


def _rung(child: ladder.Child, step: ladder.Step, *, first: bool) -> dict[str, Any]:
    url = (
        link("people:guardian", child.person.pk)
        if step.part == "guardian"
        else link("cases:best_interests_step", child.person.pk, step.part)
    )
    label = PARTS[step.part][0] if step.part in PARTS else _("Ask for a guardian")
    return {
        "rule": step.rule, "what": step.what, "why": standard(step.rule).label, "met": step.met(child), "first": first,
        "url": url, "action": label,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("best_interests.step")
def step(request: HttpRequest, work: Work, pk: UUID, part: str) -> HttpResponse:
    """One step of the ladder; what was written before stays sealed and is not shown."""
    child = _child(work, pk)
    if part not in PARTS:
        raise NotFound
    work.demand("best_interests.decide" if part in ("confirm", "decide") else "best_interests.write")
    title, form_class, run = PARTS[part]
    more = {"speaks": acts.speaks(work, child.person)} if issubclass(form_class, SpeakingForm) else {}
    version = child.procedure.version if child.procedure else 0
    form = form_class(request.POST or None, initial={"version": version}, **more)
    if form.is_valid():
        with work.attempt(form):
            run(work, _told(form, child), form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("cases:best_interests", pk=pk)
    return TemplateResponse(
        request,
        "cases/best_interests_step.html",
        {
            "child": child, "person": child.person, "form": form, "title": title,
            "not_you": _not_you(work, child, part),
            "compared": compare(form, partial(_saved, work, part, form.fields)),
        },
    )  # fmt: skip


def _saved(work: Work, part: str, asked: Collection[str], row: BestInterests) -> dict[str, Any]:
    """What is saved of a part of the ladder, as the answers of its form, whose questions are `asked`."""
    if part in ("hear", "with_parent"):
        view = Sealed(work, row, "view_sealed", "view")
        checked = row.with_parent_at is not None
        unheard = {"unheard": Sealed(work, row, "view_sealed", "unheard")} if "unheard" in asked else {}
        if part == "hear":
            return {"view": view, **unheard, "weight": Sealed(work, row, "view_sealed", "weight")}
        return {"together": checked, "agreed": checked, "safe": checked, "view": view, **unheard}
    if part == "assess":
        return {"text": Sealed(work, row, "assessment_sealed"), "determination": row.determination}
    if part == "trace":
        return {"outcome": row.tracing, "family_assessed": row.family_assessed, "care_agreed": row.care_agreed}
    if part == "decide":
        return {
            "members": Sealed(work, row, "decision_sealed", "members"), "options": row.options, "decision": row.decision,
            "reasons": Sealed(work, row, "decision_sealed", "reasons"), "review_told": row.review_told_at is not None,
        }  # fmt: skip
    if part == "journey":
        return {
            "escort": row.escort,
            "received_by": Sealed(work, row, "received_by_sealed"),
            "first_visit_on": row.first_visit_on,
        }
    if part == "confirm":
        return {"heard": bool(row.parents_confirmed)}
    if part == "agree":
        return {"agreed": row.parent_agreed_at is not None}
    return {"why": "appeal" if row.stage == "appealed" else "facts" if row.stage == "reopened" else ""}


def _told(form: KeptForm, child: ladder.Child) -> Told:
    agreed = consent.allows(child.person.pk, "case_management_services")
    legal = "consent" if agreed else "public_interest"
    return form.envelope(legal, id=child.person.pk, **form.mark())
