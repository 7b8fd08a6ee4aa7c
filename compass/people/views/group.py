"""Groups other than the household: who is in them, since when, what became of them; a new one, and what is said of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.staff import names_of_colleagues
from compass.access.work import Work
from compass.people import grounds, queries
from compass.people.actions import record_groups
from compass.people.consent import DETAILS, answer
from compass.people.forms import GroupForm, RevealForm
from compass.people.groups import Group, Member, Said, groups_of
from compass.people.models import GroupMember, Person
from compass.people.views.common import tongues
from compass.problems import ConsentMissing, NotFound, StaleVersion
from compass.ui.templatetags.ui import sealed
from compass.ui.words import day
from compass.vocabulary import label_of


@require_http_methods(["GET", "POST"])
@page("people.groups")
def groups(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Every group of a person with its members by code; names and words on the response to a reason."""
    person = work.find("people.group", Person, pk)
    reveal = RevealForm(request.POST or None)
    if queries.ended(queries.consent_of(queries.spoken_under(person))):
        reveal.without_consent()
    found = groups_of(work, person)
    names: dict[UUID, str] | None = None
    if request.method == "POST" and reveal.is_valid():
        reason = reveal.cleaned_data["reason"]
        opened = queries.reveal(work, person, reason)
        there = {each.person.pk: each.person for group in found for each in group.others}
        names = {**queries.reveal_names(work, list(there.values()), reason), person.pk: opened.name}
    context = {
        "person": person, "reveal": reveal, "opened": names is not None, "groups": _shown(work, found, names or {}),
        "edits": person.merged_into_id is None and not queries.erased(person),
    }  # fmt: skip
    return TemplateResponse(request, "people/groups.html", context)


def _shown(work: Work, found: Sequence[Group], names: dict[UUID, str]) -> list[dict[str, Any]]:
    rows = [said.row for group in found for each in (group.own, *group.others) for said in (each.now, *each.before)]
    who = names_of_colleagues(work.actor.organisations, {row.recorded_by for row in rows})

    def line(said: Said, *, words: bool) -> dict[str, Any]:
        return {"said": said, "who": who.get(said.row.recorded_by, ""), "words": words}

    def member(each: Member) -> dict[str, Any]:
        words = each.person.pk in names
        return {
            "person": each.person,
            "now": line(each.now, words=words),
            "name": names.get(each.person.pk, ""),
            "before": [line(said, words=words) for said in each.before],
        }

    return [{"group": group, "own": member(group.own), "others": [member(each) for each in group.others]}
            for group in found]  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("people.group")
def group(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Begin a group around a person, or (`of`) say what became of one and who joined it."""
    person = work.find("people.group", Person, pk)
    known = _one(work, person, request.GET["of"]) if "of" in request.GET else None
    initial = {"seen": str(known.own.now.row.pk), "kind": known.kind, "state": known.own.now.row.state} if known else {}
    form = GroupForm(
        request.POST or None, initial=initial, group=known,
        find=lambda codes: _by_codes(work, codes), near=_near(work, person, known),
    )  # fmt: skip
    grounds.ask(form, person, purpose=DETAILS)
    rows: list[dict[str, Any]] = []
    if form.is_valid():
        with work.attempt(form):
            record_groups(work, form.commands(person, lambda who: _basis(work, form, who)))
            messages.success(
                request, _("The group has been saved. Nobody was told, and nothing follows from it by itself.")
            )
            return redirect("people:groups", pk=pk)
        if isinstance(form.problem, StaleVersion) and form.problem.current is not None:
            rows = _beside(form, form.problem.current)
            data = form.data.copy()
            data["seen"] = str(form.problem.current.pk)
            form.data = data
    kept_back = answer(queries.consent_of(person.pk), DETAILS).reason in {"refused", "withdrawn"}
    context = {"person": person, "form": form, "group": known, "rows": rows, "kept_back": kept_back}
    return TemplateResponse(request, "people/group.html", context)


def _basis(work: Work, form: GroupForm, who: Person) -> str:
    """On what it rests for one of them. Raises ConsentMissing, and says of whom a ground is asked."""
    try:
        return grounds.basis(work, form, who, purpose=DETAILS)
    except ConsentMissing:
        form.add_error("ground", _("It is asked because of %(code)s.") % {"code": who.code})
        raise


def _one(work: Work, person: Person, which: str) -> Group:
    """A group of the person. Raises NotFound."""
    for found in groups_of(work, person):
        if str(found.id) == which:
            return found
    raise NotFound


def _by_codes(work: Work, codes: Iterable[str]) -> dict[str, Person]:
    """People of this office by their codes; one query."""
    found = {row.code: row for row in work.allowed("people.group", Person).filter(code__in=list(codes))}
    work.saw(found.values())
    return found


def _near(work: Work, person: Person, known: Group | None) -> list[tuple[Person, str]]:
    """Whom to offer: the household, and one of each other household met in the last days; not who is in it already."""
    there = {each.person.pk for each in known.still} if known is not None else set()
    found = [*queries.household(work, person), *queries.neighbours(work, person)]
    found = [row for row in found if row.pk not in there and row.merged_into_id is None]
    work.saw(found)
    return [(row, _described(row)) for row in found]


def _described(other: Person) -> str:
    parts = [other.code, label_of("sex", other.sex)]
    if other.age_band:
        parts.append(label_of("age_band", other.age_band))
    if spoken := tongues(other.languages):
        parts.append(spoken)
    return " · ".join(parts)


def _beside(form: GroupForm, current: GroupMember) -> list[dict[str, Any]]:
    """What was typed beside what a colleague said meanwhile; what is sealed stays sealed."""
    told = form.cleaned_data
    return [
        {
            "label": str(form.fields["state"].label),
            "left": label_of("group_state", told["state"]),
            "right": label_of("group_state", current.state),
        },
        {
            "label": str(form.fields["kind"].label),
            "left": label_of("group_kind", told["kind"]),
            "right": sealed(),
            "state": "differs",
        },
        {
            "label": str(form.fields["since"].label),
            "left": day(told["since"], form="year") if told["since"] else "",
            "right": sealed(),
            "state": "differs",
        },
    ]
