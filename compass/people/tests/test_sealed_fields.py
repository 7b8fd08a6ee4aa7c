"""No answer of a sealed form is lost on its way: what a field took is saved, opened, compared and read."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django import forms
from django.http import HttpResponse
from django.utils.translation import override

from compass.people import held
from compass.people.actions import IdentityChange, change_identity
from compass.people.forms import ContactForm, IdentityForm, shown
from compass.people.forms.person import LANGUAGES
from compass.people.models import Person
from compass.people.queries import former_identities, opened
from compass.ui.forms import YesNoField

pytestmark = pytest.mark.django_db
FORMS = {"identity": IdentityForm, "contact": ContactForm}
#: What a field of these names takes; every other field is filled in by its kind.
GIVEN = {"phone": "+22790123456", "sex": "female", "nationality": "NG", "language": "ha", "second_language": "fr",
         "third_language": "en",
         "safe_contact": "sms", "unsafe_numbers": "+22790000001", "birth_date": "1994-11-03", "birth_year": None,
         "birth_estimated": None, "birth_unknown": None, "one_name": "no",
         "second_nationality": "NE", "third_nationality": "TD",
         "interpreter_needed": "yes", "interpreter_language": "ff"}  # fmt: skip
OTHER = {**GIVEN, "phone": "+22790999999"}


def filled(form: type[forms.Form], known: dict[str, str | None], word: str, *, yes: bool) -> dict[str, str]:
    """An answer to every question of a form."""
    found = {}
    for name, field in shown(form).items():
        if name in known:
            found[name] = known[name]
        elif isinstance(field, YesNoField):
            found[name] = "yes" if yes else "no"
        elif isinstance(field, forms.ChoiceField):
            found[name] = next(str(code) for code, _text in field.choices if code)
        elif isinstance(field, forms.IntegerField):
            found[name] = str(field.min_value or 1)
        else:
            found[name] = f"{word} {name}"
    return {name: value for name, value in found.items() if value is not None}


def refused(answer: HttpResponse) -> str:
    """What a form that did not save objects to, for whoever has just added the field."""
    form = (getattr(answer, "context_data", None) or {}).get("form")
    return f"the form does not take what `filled` types; put an answer into GIVEN: {dict(form.errors if form else {})}"


def envelope(version: int) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "version": str(version)}


def pairs(page: str) -> dict[str, str]:
    """The terms of the page with what stands under each."""
    found = re.findall(r"<dt[^>]*>(.*?)</dt>(.*?)(?=<dt|</dl>)", unescape(page), re.DOTALL)
    return {
        re.sub(r"<[^>]+>", "", term).strip(): re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", said)) for term, said in found
    }


def expected(form: type[forms.Form], typed: dict[str, str]) -> dict[str, str]:
    """Label and answer in words of every sealed field; birth is one line of its own."""
    apart = {*IdentityForm.CLEAR, *IdentityForm.BIRTH}
    with override("fr"):
        asked = {name: field for name, field in shown(form).items() if name not in apart}
        return {str(field.label): in_words(field, typed[name]) for name, field in asked.items()}


def in_words(field: forms.Field, typed: str) -> str:
    """The answer as a page says it: of a choice the label of its code, else what was typed."""
    if not isinstance(field, forms.ChoiceField):
        return typed
    groups = [text if isinstance(text, list) else [(code, text)] for code, text in field.choices]
    return str(dict(row for group in groups for row in group)[typed])


@pytest.mark.parametrize("name", FORMS)
def test_every_answer_is_saved_and_read_again(make, sign_in, at, name):
    person, client, typed = make(), sign_in("zinder.social"), filled(FORMS[name], GIVEN, "mine", yes=False)

    answer = client.post(f"/people/{person.pk}/{name}/", {**envelope(1), **typed})
    page = pairs(client.post(f"/people/{person.pk}/", {"reveal": "1", "reason": "present"}).content.decode())
    form = client.post(f"/people/{person.pk}/{name}/", {"reveal": "1", "reason": "correct"}).context["form"]

    assert answer.status_code == 302, refused(answer)
    said = expected(FORMS[name], typed)
    assert len(said) >= 4
    for label, words in said.items():
        assert words in page[label], label
    assert name == "contact" or "1994" in page["Naissance"]
    for field in shown(FORMS[name]):
        again = f"{field}: the form does not show it again; of a clear column see `initial_of`, `command`, bulk_update"
        assert field not in typed or str(form[field].value()) in {typed[field], "False"}, again
    with at("zinder.social") as work:
        kept = opened(work, Person.objects.get(pk=person.pk))
    assert set(typed) - IdentityForm.CLEAR == set(getattr(kept, name)) - IdentityForm.CLEAR


@pytest.mark.parametrize("name", FORMS)
def test_every_answer_stands_beside_that_of_a_colleague(make, sign_in, name):
    client, where = sign_in("zinder.social"), f"/people/{make().pk}/{name}/"
    theirs, mine = filled(FORMS[name], GIVEN, "theirs", yes=True), filled(FORMS[name], OTHER, "mine", yes=False)
    saved = sign_in("zinder.cases").post(where, {**envelope(1), **theirs})
    assert saved.status_code == 302, refused(saved)

    answer = client.post(where, {**envelope(1), **mine, "compare": "1", "reason": "correct"})
    both = {str(row["label"]): (row["left"], row["right"]) for row in answer.context["rows"]}

    left, right = expected(FORMS[name], mine), expected(FORMS[name], theirs)
    for label in left:
        assert both[label] == (left[label], right[label])
        assert f">{right[label]}<" in unescape(answer.content.decode())


def test_every_answer_that_is_replaced_is_kept(make, sign_in, at):
    person, client = make(), sign_in("zinder.social")
    theirs, mine = (filled(IdentityForm, GIVEN, word, yes=word == "theirs") for word in ("theirs", "mine"))
    for version, typed in enumerate((theirs, mine), start=1):
        answer = client.post(f"/people/{person.pk}/identity/", {**envelope(version), **typed})
        assert answer.status_code == 302, refused(answer)

    with at("zinder.social") as work:
        said = former_identities(work, Person.objects.get(pk=person.pk))[0][1]

    kept = {**said, **dict(zip(LANGUAGES, said["languages"], strict=True))}
    lost = {name for name in theirs if name not in kept}
    assert lost == set(), "a clear answer is kept beside the sealed ones in people/queries.py: identity_said"
    assert kept["given"] == "theirs given"


def test_a_copy_says_every_choice_in_words():
    (person,) = (each for each in held.held() if each.model == "people.Person")
    in_code = {
        name
        for part, form in FORMS.items()
        for name, field in shown(form).items()
        if isinstance(field, forms.ChoiceField) and not isinstance(field, YesNoField)
        if name not in IdentityForm.CLEAR and not person.parts[f"{part}_sealed"][name].codes
    }

    assert in_code == set(), "say in `_LISTS` of people/holding.py under which list these answers stand"


def test_no_language_of_a_person_is_lost_by_a_change_of_something_else(at, told, make, sign_in):
    person, client = make(), sign_in("zinder.social")
    spoken = {"languages": ("bin", "pcm", "en", "fr")}
    with at("zinder.social") as work:
        change_identity(work, [IdentityChange(**told(basis="vital_interest", id=person.pk, version=1), **spoken)])

    shown_now = client.post(f"/people/{person.pk}/identity/", {"reveal": "1", "reason": "correct"}).context["form"]
    answers = {name: shown_now[name].value() or "" for name in ("language", "second_language", "third_language")}
    typed = {**filled(IdentityForm, GIVEN, "mine", yes=False), **answers, **envelope(2)}
    assert client.post(f"/people/{person.pk}/identity/", typed).status_code == 302
    with at("zinder.social"):
        assert Person.objects.get(pk=person.pk).languages == ["bin", "pcm", "en", "fr"]

    assert (
        client.post(f"/people/{person.pk}/identity/", {**typed, **envelope(3), "third_language": ""}).status_code == 302
    )
    with at("zinder.social"):
        assert Person.objects.get(pk=person.pk).languages == ["bin", "pcm", "fr"]


def test_the_model_names_every_sealed_answer():
    asked = {name for form in FORMS.values() for name in shown(form)} - IdentityForm.CLEAR
    unnamed = {name for name in asked if f'"{name}"' not in (Person.__doc__ or "")}

    assert unnamed == set(), "name these keys in the docstring of people.models.Person, with what they hold"


def test_a_choice_is_looked_for_by_its_words_and_not_by_its_code():
    field = forms.ChoiceField(choices=[("", "—"), ("morning", "Le matin")])

    assert in_words(field, "morning") == "Le matin"
    assert in_words(forms.CharField(), "morning") == "morning"
