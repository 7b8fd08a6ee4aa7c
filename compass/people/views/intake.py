"""The steps of an intake, each a page of its own: consent before story, who belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.people import grounds, queries
from compass.people.actions import change_households, give_consent, on_page, request_guardians, withdraw_consent
from compass.people.actions.consents import CONSENT_YEARS
from compass.people.ages import age_on
from compass.people.consent import DETAILS, answer, carried
from compass.people.content.consent import ChildVersion, Notice, Section, available, notice
from compass.people.forms import ConsentForm, HouseholdForm
from compass.people.forms.consent import CORE_SCOPES, OTHER_SCOPES
from compass.people.forms.person import CHILDREN_NEXT, FIRST_OF_FAMILY
from compass.people.models import Consent, GuardianRequest, Person
from compass.people.named import may_be_named, named_in
from compass.people.views.common import STEPS, step_to, tongues, without_text, worker_notice
from compass.people.views.person import guardian_rows
from compass.people.voices import recordings
from compass.problems import StaleVersion
from compass.problems.words import in_a_row
from compass.ui.templatetags.ui import code as code_shown
from compass.ui.words import day
from compass.vocabulary import code_list, label_of, language


def _notices(person: Person, asked: str | None) -> tuple[Notice, Notice]:
    """The notice to be heard (as asked, else the person's language, else the worker's) and the worker's own."""
    worker = worker_notice()
    for code in (asked, *person.languages):
        if code in available():
            return notice(code), worker
    return worker, worker


def _ladder(person: Person, age: int | None) -> str:
    if not person.is_child:
        return ""
    if age is None:
        return "0-5" if person.age_band == "0-4" else "6-11" if person.age_band == "5-11" else person.age_band
    return "0-5" if age < 6 else "6-11" if age < 12 else "12-14" if age < 15 else "15-17"


@require_http_methods(["GET", "POST"])
@page("people.consent")
def consent(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Notice, questions, answers. "Cannot be asked now" leaves the 72 hours running and goes on."""
    person = work.find("people.consent", Person, pk)
    shown = "show" in request.POST
    heard, worker = _notices(person, request.POST.get("talk" if shown else "language"))
    age = age_on(queries.opened(work, person).identity, work.today) if person.is_child else None
    step = _ladder(person, age)
    if request.method == "POST" and "later" in request.POST:
        return step_to("identity", person, request, _("Nothing was asked. Consent must be asked within 72 hours."))
    played = recordings(work, heard.language)
    reliable = all(row.relied_on for row in played.values())
    children = queries.children_answered_for(work, person, request.POST.getlist("children"))
    work.saw([child for child, _given in children])
    informs = bool(played) and reliable
    newest = queries.consent_of(person.pk)
    # What is not asked again stays as it was answered: a talk about one more purpose begins from there.
    before = carried(newest, (), work.now)
    asked_on = work.day(newest.occurred_at) if newest else work.today
    sooner = (
        newest.expires_on if newest and any(before.values()) and newest.expires_on < asked_on + CONSENT_YEARS else None
    )
    build = partial(
        ConsentForm,
        step=step,
        worker_notice=worker,
        voice_informs=informs,
        children=children,
        standing=before,
        foreign=bool(person.languages) and heard.language not in person.languages,
        ended_sooner=sooner,
        organisations=may_be_named(work, person, newest),
        named=newest.not_to if newest else (),
    )
    form = build(request.POST or None, initial={"seen": on_page(newest)})
    if shown:
        form = build(initial={field.name: field.value() for field in form})
    rows: list[dict[str, Any]] = []
    if form.is_valid():
        with work.attempt(form):
            (given,) = give_consent(work, [form.command(person, heard)])
            taken = form.withdrawals()
            if taken:
                withdraw_consent(work, taken)
            kept = answer(given, "data_processing")
            return step_to("identity" if kept else "household", person, request, _answered(given, len(taken)))
        if isinstance(form.problem, StaleVersion) and form.problem.current.person_id == person.pk:
            rows = _consent_rows(form, form.problem.current)
            form.data = form.data.copy()
            form.data["seen"] = on_page(form.problem.current)
    child, own_child = (text.for_child(age) if age is not None else None for text in (heard, worker))
    return TemplateResponse(
        request,
        "people/consent.html",
        {
            "person": person,
            "form": form,
            "unfolded": _unfolded(form, bool(rows)),
            "step": 2 if "intake" in request.GET else 0,
            "steps": STEPS,
            "notice": heard,
            "missing": without_text(person, heard.language),
            "same_language": heard.language == worker.language,
            "tongues": [language(code) for code in available()],
            "title": [(heard.title, worker.title)],
            "sections": [_point(row, worker, played) for row in heard.sections],
            "child": child,
            "child_pairs": _beside(_child_says(child), _child_says(own_child)),
            "child_voice": played.get(child.code) if child else None,
            "core": [_asked(form, heard, played, scope) for scope in CORE_SCOPES],
            "others": [_asked(form, heard, played, scope) for scope in OTHER_SCOPES],
            "kept": [{"scope": s, "said": _said(before[s])} for s in (*CORE_SCOPES, *OTHER_SCOPES) if s in before],
            "until": newest.expires_on if newest else None,
            "named": named_in(newest),
            "reliable": reliable,
            "rows": rows,
        },
    )


def _unfolded(form: ConsentForm, conflict: bool) -> set[str]:
    """The parts of the page that are open: the talk at first, afterwards those that need another look."""
    if not form.is_bound:
        return {"explain"}
    if conflict:
        return {"ask"}
    parts = {**dict.fromkeys(("information", "interpreter_mode", "interpreter"), "know")}
    parts |= dict.fromkeys(("child_agrees", "given_by", "adult"), "child")
    parts |= dict.fromkeys(("children", "term", "until", "not_to"), "ask")
    parts |= {f"scope_{scope}": "later" if scope in OTHER_SCOPES else "ask" for scope in (*CORE_SCOPES, *OTHER_SCOPES)}
    found = {parts[name] for name in form.errors if name in parts}
    return found | {"ask"} if "later" in found else found


def _answered(given: Consent, children: int) -> str:
    yes = sum(given.scopes.values())
    saved = _("The answers are saved: %(yes)s yes, %(no)s no.") % {"yes": yes, "no": len(given.scopes) - yes}
    unasked = len({*CORE_SCOPES, *OTHER_SCOPES} - given.scopes.keys())
    if unasked:
        text = ngettext(
            "%(count)s purpose not asked, so not allowed", "%(count)s purposes not asked, so not allowed", unasked
        )
        saved = f"{saved} {text % {'count': unasked}}."
    if given.child_agrees is False:
        saved = _("The child said no, and that outweighs an adult’s yes: nothing may be recorded or shared by consent.")
    elif yes:
        ends = _("The yes holds until %(day)s at the latest.") % {"day": day(given.expires_on, form="year")}
        saved = f"{saved} {ends}"
    if not children:
        return saved
    text = ngettext(
        "The no is taken down for %(count)d child too.", "The no is taken down for %(count)d children too.", children
    )
    return f"{saved} {text % {'count': children}}"


def _consent_rows(form: ConsentForm, current: Consent) -> list[dict[str, Any]]:
    """The answers just heard beside those a colleague recorded meanwhile, by purpose."""
    told, unasked = form.cleaned_data, _("Not asked")
    back = _("Taken back") if current.withdrawn_at is not None else ""
    rows = [
        {
            "label": label_of("consent_scope", scope),
            "left": _said(told[f"scope_{scope}"]) or unasked,
            "right": back or _said(current.scopes.get(scope)) or unasked,
        }
        for scope in (*CORE_SCOPES, *OTHER_SCOPES)
        if told[f"scope_{scope}"] is not None or scope in current.scopes
    ]
    rows.append(
        {
            "label": _("How it was given"),
            "left": label_of("consent_mode", told["mode"]),
            "right": label_of("consent_mode", current.mode),
        }
    )
    last = form.last_day()
    ends = day(last, form="year") if last else _("One year")
    rows.append(
        {"label": _("How long the yes holds"), "left": ends, "right": back or day(current.expires_on, form="year")}
    )
    names = dict(form.fields["not_to"].choices) if "not_to" in form.fields else {}  # type: ignore[attr-defined]
    sides = [{names.get(str(pk), "") for pk in side} for side in (told.get("not_to", ()), current.not_to)]
    if any(sides):
        left, right = (in_a_row(sorted(side)) if side else _("None") for side in sides)
        rows.append({"label": _("Organisations that must not know"), "left": left, "right": right})
    if "child_agrees" in told:
        right = _said(current.child_agrees)
        rows.append({"label": _("What the child answers"), "left": _said(told["child_agrees"]), "right": right})
    return rows


def _said(value: bool | None) -> str:
    """Yes, no, or nothing when it was not asked."""
    return "" if value is None else _("Yes") if value else _("No")


def _beside(heard: Sequence[str], own: Sequence[str]) -> list[tuple[str, str]]:
    """Each sentence with what it says in the worker's language: nobody reads aloud what they do not understand."""
    return list(zip_longest(heard, own, fillvalue=""))


def _point(section: Section, worker: Notice, played: dict[str, Any]) -> dict[str, Any]:
    own = worker.section(section.code)
    pairs = _beside(section.sentences, own.sentences)
    return {"section": section, "worker": own, "pairs": pairs, "voice": played.get(section.code)}


def _child_says(text: ChildVersion | None) -> list[str]:
    return [*text.sentences, text.question] if text else []


def _asked(form: ConsentForm, heard: Notice, played: dict[str, Any], scope: str) -> dict[str, Any]:
    question = heard.question(scope)
    return {"field": form[f"scope_{scope}"], "question": question, "voice": played.get(question.voice_key)}


@require_http_methods(["GET", "POST"])
@page("people.household")
def household(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Who belongs together; for a child alone, the request for a guardian."""
    person = work.find("people.household", Person, pk)
    own = queries.household(work, person)
    near = queries.neighbours(work, person)
    work.saw([*own, *near])
    form = HouseholdForm(
        request.POST or None,
        initial=HouseholdForm.initial_of(person),
        person=person,
        own=own,
        others=[(str(other.household_id), _with(other)) for other in near],
        asked=queries.guardian_of(work, person) is not None,
        later="intake" not in request.GET,
    )
    grounds.ask(form, person, purpose=DETAILS)
    rows: list[dict[str, Any]] = []
    if form.is_valid():
        with work.attempt(form):
            before = person.household_id
            (kept,) = change_households(
                work, [form.command(person, grounds.basis(work, form, person, purpose=DETAILS))]
            )
            asked = [command for command in [form.guardian(person)] if command]
            request_guardians(work, asked)
            saved = _("Who belongs together has been saved.")
            if kept.household_id != before and (left := _left_behind(kept, own)):
                messages.warning(request, _left_words(left))
            if asked:
                authority = label_of("guardian_authority", asked[0].authority)
                saved = _("Who belongs together has been saved. Guardian requested: %(authority)s.") % {
                    "authority": authority
                }
            if form.cleaned_data["household"] == CHILDREN_NEXT:
                after = _("Next: register their children.")
                messages.success(request, f"{saved} {after}")
                return redirect("reception:children", pk=person.pk)
            if form.cleaned_data["household"] == FIRST_OF_FAMILY:
                after = _("Register the others of the family too; each of them chooses “With %(code)s”.")
                after %= {"code": person.code}
                saved = f"{saved} {after}"
            return step_to("person", person, request, saved)
        if isinstance(form.problem, StaleVersion):
            rows = _household_rows(form, form.problem.current)
            form.decide_again(person, guardian_asked=isinstance(form.problem.current, GuardianRequest))
    return TemplateResponse(
        request,
        "people/household.html",
        {
            "person": person,
            "form": form,
            "own": own,
            "step": STEPS if "intake" in request.GET else 0,
            "steps": STEPS,
            "rows": rows,
        },
    )


def _left_behind(person: Person, own: Sequence[Person]) -> Sequence[Person]:
    """The children who stay in a household without a grown person, now that this one has left it."""
    return [] if person.is_child or any(not other.is_child for other in own) else own


def _left_words(left: Sequence[Person]) -> str:
    """What is said of them, each code leading to the page where it is answered: no page leads there any more."""
    words = _("No grown person is recorded with %(codes)s any more. Say on the page of each child who cares for them.")
    links = (
        format_html('<a href="{}">{}</a>', reverse("people:household", args=[child.pk]), code_shown(child.code))
        for child in left
    )
    return format_html(words % {"codes": in_a_row(["{}"] * len(left))}, *links)


def _household_rows(form: HouseholdForm, current: Person | GuardianRequest) -> list[dict[str, Any]]:
    told = form.cleaned_data
    if isinstance(current, GuardianRequest):
        return guardian_rows(told, current)
    relations = {**dict(code_list("person_relation").choices()), "principal": _("The principal person, or alone")}
    rows = [
        {
            "label": _("Who does this person belong to?"),
            "left": form.household_in_words(told["household"] or str(current.household_id)),
            "right": form.household_in_words(str(current.household_id)),
        },
        {
            "label": _("What this person is to the principal person"),
            "left": relations[told["relation"] or "principal"],
            "right": relations[current.relation],
        },
    ]
    if "uasc_status" in told:
        mine, theirs = told["uasc_status"], current.uasc_status
        rows.append(
            {
                "label": _("The child and their parents"),
                "left": label_of("uasc_status", mine),
                "right": label_of("uasc_status", theirs) if theirs else "",
            }
        )
    return rows


def _with(other: Person) -> str:
    parts = [other.code, label_of("sex", other.sex)]
    if other.age_band:
        parts.append(label_of("age_band", other.age_band))
    if spoken := tongues(other.languages):
        parts.append(spoken)
    return _("With %(who)s") % {"who": " · ".join(parts)}
