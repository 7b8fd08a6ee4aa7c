"""Words that tell who it is, in a text that another organisation reads before it may know: codes, numbers, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from compass.access.codes import clean_code
from compass.access.work import Work
from compass.people.models import Person
from compass.problems import Invalid
from compass.ui.digits import normalise_digits
from compass.vocabulary.labels import in_order

NAMES = ("given", "family", "other")
#: A shorter number is an age, an hour or a count of people.
DIGITS = 6
_DAY = re.compile(r"\b(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/. ])\d{1,2}\2\d{4})\b")
_NUMBER = re.compile(r"\+?\d(?:[ .\-()/]{0,2}\d)+")
_CODE = re.compile(r"\b\w{4}[-‐‑ ]?\w{4}\b")
_WORD = re.compile(r"[^\W\d_]+")
#: Letters that Arabic writes together with the next word: and, with, to, like, then.
_JOINED = "وبلكف"


def giveaways(work: Work, people: Iterable[Person], text: str) -> list[str]:
    """The words of the text that tell who it is, as they were typed: a code of a person or case, six digits or more in one
    number, and a given, family or other name of these people. Their identities are opened for the comparison only.

    Source: handover and referral share no identity before acceptance (CM-19).
    """
    plain = _DAY.sub(lambda day: " " * len(day[0]), normalise_digits(text))
    found = [*_codes(plain), *_numbers(plain)]
    if words := [word[0] for word in _WORD.finditer(text)]:
        names = _names(work, people)
        found += [word for word in words if _forms(word) & names]
    return list(dict.fromkeys(found))


def must_not_tell(work: Work, people: Iterable[Person], *texts: str) -> None:
    """Raises Invalid when a text tells who it is; the words themselves stay out of the refusal, which may be logged."""
    if giveaways(work, people, "\n".join(texts)):
        raise Invalid(what=_("a name, a code or a number that tells who it is"))


def in_words(found: Iterable[str]) -> str:
    """What to say beside the text."""
    return _("This tells who it is: %(words)s. Say it without a name, a code or a telephone number.") % {
        "words": ", ".join(f"“{word}”" for word in found)
    }


def _codes(text: str) -> Iterator[str]:
    for found in _CODE.finditer(text):
        word = found[0]
        if clean_code(word) and (any(sign.isdigit() for sign in word) or word.isupper()):
            yield word


def _numbers(text: str) -> Iterator[str]:
    for found in _NUMBER.finditer(text):
        if sum(sign.isdigit() for sign in found[0]) >= DIGITS:
            yield found[0].strip()


def _names(work: Work, people: Iterable[Person]) -> set[str]:
    people = list(people)
    work.keys.load(person.pk for person in people)
    found: set[str] = set()
    for person in people:
        identity = work.keys.open(
            person.identity_sealed, table="people_person", column="identity_sealed", subject=person.pk
        )
        for name in NAMES:
            # One letter is an initial, which says nothing.
            found |= {in_order(word) for word in _WORD.findall(str((identity or {}).get(name) or "")) if len(word) > 1}
    return found


def _forms(word: str) -> set[str]:
    plain = in_order(word)
    # Two letters are a word of many languages: only written like a name are they one.
    if len(plain) < 3 and word[:1] == word[:1].lower() != word[:1].upper():
        return set()
    return {plain, plain[1:]} if plain[:1] in _JOINED and len(plain) > 3 else {plain}
