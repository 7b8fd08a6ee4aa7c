"""What the pages of an intake share: the way from step to step, what was saved in words, values in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.people import queries
from compass.people.consent import newest
from compass.people.content.consent import Notice, available, notice
from compass.people.forms import ContactForm, IdentityForm, RevealForm, shown
from compass.people.matching.keys import number
from compass.people.models import Person
from compass.people.reach import is_unsafe
from compass.problems.words import in_a_row
from compass.ui.compare import said
from compass.ui.words import day
from compass.vocabulary import label_of
from compass.vocabulary import languages as all_languages
from compass.vocabulary.nationalities import nationalities

STEPS = 5


def step_to(name: str, person: Person, request: HttpRequest, saved: str) -> HttpResponse:
    """To the next step of an intake, or back to the person's page when this was no intake; `saved` says what was done
    and the sentence after it what comes next."""
    intake = "intake" in request.GET
    messages.success(request, f"{saved} {_next(name)}" if intake else saved)
    if not intake or name == "person":
        return redirect("people:person", pk=person.pk)
    return redirect(reverse(f"people:{name}", args=[person.pk]) + "?intake")


def _next(name: str) -> str:
    return {
        "identity": _("Next: who the person is."),
        "contact": _("Next: how to reach the person safely."),
        "household": _("Next: who belongs together."),
        "person": _("The intake is complete. Next: start the screening."),
    }[name]


def worker_notice() -> Notice:
    """The notice in the language of the worker's pages; whoever reads aloud sees it beside the one that is heard."""
    own = (get_language() or "fr")[:2]
    return notice(own if own in available() else "fr")


def birth(identity: dict[str, Any]) -> str:
    """The date of birth, or the year (and month) with a word when it is an estimate, or that nobody knows."""
    if identity.get("birth_unknown"):
        return _("Nobody knows when")
    if born := identity.get("birth_date"):
        return day(date.fromisoformat(born))
    if not identity.get("birth_year"):
        return ""
    year = str(identity["birth_year"])
    if month := identity.get("birth_month"):
        year = date_format(date(int(year), month, 1), "F Y")
    return _("about %(year)s") % {"year": year} if identity.get("birth_estimated") else year


def identity_facts(identity: dict[str, Any]) -> list[tuple[str, str]]:
    """Every sealed answer about who someone is, in the order of the form; birth in one line."""
    found = []
    for name, field in shown(IdentityForm).items():
        if name == IdentityForm.BIRTH[0]:
            found.append((_("Birth"), birth(identity)))
        elif name not in IdentityForm.CLEAR.union(IdentityForm.BIRTH):
            found.append((str(field.label), said(field, identity.get(name))))
    return found


def identity_answers(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Every answer about who someone is, sealed and clear, in words; `said` as FormerIdentity keeps it."""
    return [
        *identity_facts(said),
        (_("Sex"), label_of("sex", said["sex"]) if said.get("sex") else ""),
        (_("Nationality said first"), nation(said["nationality"]) if said.get("nationality") else ""),
        (_("Languages"), tongues(said.get("languages", []))),
    ]


def contact_facts(contact: dict[str, Any]) -> list[tuple[str, str]]:
    """Every answer about how to reach someone safely, in the order of the form."""
    return [(str(field.label), said(field, contact.get(name))) for name, field in shown(ContactForm).items()]


def reached_before(contact: dict[str, Any], former: Iterable[tuple[datetime, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each earlier answer about reaching someone that was changed: until when it held, its question, whether it is a
    number that became unsafe. `former`: until when each held, the newest first."""
    after, found = contact, []
    for until, before in former:
        facts = [
            {
                "label": label,
                "said": said,
                "unsafe": name == "phone" and is_unsafe(said, contact.get("unsafe_numbers", ())),
            }
            for (name, _field), (label, said), (_label, later) in zip(
                shown(ContactForm).items(), contact_facts(before), contact_facts(after), strict=True
            )
            if said != later and said
        ]
        found += [{"until": until, "facts": facts}] if facts else []
        after = before
    return found


def nation(code: str) -> str:
    """The name of a nationality's country; the code itself when the list lost it."""
    found = nationalities().get(code)
    return found.label if found else code


def tongues(codes: list[str]) -> str:
    """Languages in words, the preferred one first."""
    names = {row.code: row.label for row in all_languages()}
    return in_a_row(names.get(code, code) for code in codes)


def without_text(person: Person, heard: str, texts: Collection[str] | None = None) -> tuple[str, str] | None:
    """What to say, and do, when the text shown, in `heard`, is not one in the person's first language; None when it is.

    texts: the languages that it exists in; those of the notice if not said.
    An interpreter then works from the text shown, and a consent keeps which one that was (`Consent.language`).
    """
    spoken, exists = person.languages, available() if texts is None else texts
    if not spoken or heard == spoken[0]:
        return None
    text, others = tongues([heard]), [code for code in spoken if code in exists]
    if heard not in spoken and others:
        return (
            _("This text is not in a language of the person: %(language)s") % {"language": text},
            _("It exists in one: %(languages)s. Choose it, or let an interpreter speak this one, sentence by sentence.")
            % {"languages": tongues(others)},
        )
    if heard not in spoken:
        return (
            _("No text in any language of this person: %(languages)s") % {"languages": tongues(spoken)},
            _("An interpreter is needed, who speaks the text below sentence by sentence: %(language)s.")
            % {"language": text},
        )
    if spoken[0] in exists:
        return None
    return (
        _("No text in the first language of this person: %(language)s") % {"language": tongues(spoken[:1])},
        _(
            "The text below is in another that they speak: %(language)s. Let an interpreter say what they do not understand."
        )
        % {"language": text},
    )


def side_by_side(one: Person, other: Person) -> list[dict[str, Any]]:
    """What is not sealed and known of both, for `{% cmp %}`."""
    return compared(
        [
            (_("Sex"), label_of("sex", one.sex), label_of("sex", other.sex)),
            (_("Age"), _age(one), _age(other)),
            (_("Nationality said first"), nation(one.nationality), nation(other.nationality)),
            (_("Languages"), tongues(one.languages), tongues(other.languages)),
        ],
        both=True,
    )


def documents_beside(work: Work, one: Person, other: Person) -> list[dict[str, Any]]:
    """Which kinds of document, and of number with another organisation, are known of two records, for `{% cmp %}`, and
    whether their numbers agree; never a number.

    Numbers are opened inside the process only, and not where one of the two people no longer agrees.
    """
    said = newest({queries.spoken_under(one), queries.spoken_under(other)})
    opens = not any(queries.ended(consent) for consent in said.values())
    left, right = (_papers(work, person, opens=opens) for person in (one, other))
    rows = []
    for kind in sorted(left.keys() | right.keys()):
        agrees = bool(left.get(kind, set()) & right.get(kind, set()))
        known = left.get(kind) and right.get(kind)
        rows.append(
            {
                "label": label_of(*kind),
                "left": _paper(left.get(kind), opens=opens),
                "right": _paper(right.get(kind), opens=opens),
                "state": ("same" if agrees else "differs") if known else "apart",
            }
        )
    return rows


def _papers(work: Work, person: Person, *, opens: bool) -> dict[tuple[str, str], set[str]]:
    """The numbers of each kind (list, code) that a record knows, folded; empty where none is known or may be opened."""
    found: dict[tuple[str, str], set[str]] = {}
    opens = opens and bool(work.keys.holds([person.pk]))
    # Beside each other each says what was written under it, also once they are one.
    for paper, *_before in queries.documents_of(work, person):
        if paper.person_id == person.pk:
            told = queries.document_detail(work, paper) if opens else {}
            found.setdefault(("document_type", paper.type), set()).update(
                {number(str(told.get("number") or ""))} - {""}
            )
    for given, *_earlier in queries.numbers_of(work, person):
        if given.person_id == person.pk and given.state != "mistaken":
            told = queries.number_detail(work, given) if opens else {}
            found.setdefault(("agency_number", given.kind), set()).update(
                {number(str(told.get("number") or ""))} - {""}
            )
    return found


def _paper(numbers: set[str] | None, *, opens: bool) -> str:
    if numbers is None:
        return _("Not recorded here")
    if not opens:
        return _("Recorded; its number stays sealed")
    return _("Recorded, with its number") if numbers else _("Recorded, no number")


def compared(pairs: Iterable[tuple[str, str, str]], *, both: bool = False) -> list[dict[str, Any]]:
    """Rows for `{% cmp %}` of (label, left, right); those that neither side knows are left out, with `both` those that
    one does not know."""
    known = all if both else any
    return [
        {"label": label, "left": left, "right": right, "state": "same" if left == right else "differs"}
        for label, left, right in pairs
        if known((left, right))
    ]


def _age(person: Person) -> str:
    return label_of("age_band", person.age_band) if person.age_band else ""


def opened_both(work: Work, one: Person, other: Person, form: RevealForm) -> list[dict[str, Any]]:
    """What is sealed of two records in rows once a reason was given, which goes into the trail for each; else nothing.

    Where one of the two people no longer agrees, only reasons that do not rest on consent are offered.
    """
    said = newest({queries.spoken_under(one), queries.spoken_under(other)})
    if any(queries.ended(consent) for consent in said.values()):
        form.without_consent()
    if not form.is_valid():
        return []
    sides: list[dict[str, str]] = []
    for person in (one, other):
        sealed = queries.reveal(work, person, form.cleaned_data["reason"])
        sides.append(dict([*identity_facts(sealed.identity), *contact_facts(sealed.contact)]))
    left, right = sides
    return compared((label, left.get(label, ""), right.get(label, "")) for label in left | right)
