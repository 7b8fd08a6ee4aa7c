"""Words that tell who it is, in a text that another organisation reads before it may know: codes, numbers, names, the
place somebody comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from compass.access import openings
from compass.access.codes import clean_code
from compass.access.work import Work
from compass.people.matching.keys import number
from compass.people.models import Person
from compass.people.searching.also import Also
from compass.people.searching.known import also_known
from compass.problems import Invalid
from compass.problems.words import in_a_row
from compass.ui.digits import normalise_digits
from compass.vocabulary import areas, countries, nationalities
from compass.vocabulary.labels import in_order

NAMES = ("given", "family", "other")
#: A shorter number is an age, an hour or a count of people.
DIGITS = 6
_DAY = re.compile(r"\b(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/. ])\d{1,2}\2\d{4})\b")
_NUMBER = re.compile(r"\+?\d(?:[ .\-()/]{0,2}\d)+")
_CODE = re.compile(r"\b\w{4}[-‐‑ ]?\w{4}\b")
_WORD = re.compile(r"[^\W\d_]+")
#: Between a village and its district.
_PARTS = re.compile(r"[,،;؛/()\n]")
#: A shorter word joins others (de, el, of).
_SPOKEN = 3
#: Words for kinds of places: alone they name none.
_KINDS = frozenset(
    {"village", "town", "city", "district", "quarter", "region", "state", "province", "camp"}
    | {"ville", "commune", "quartier", "etat", "departement", "cercle", "prefecture"}
    | {"قرية", "مدينة", "بلدة", "حي", "محافظة", "ولاية", "منطقة", "مخيم"}
)
#: Letters that Arabic writes together with the next word: and, with, to, like, then.
_JOINED = "وبلكف"


def giveaways(work: Work, people: Iterable[Person], text: str) -> list[str]:
    """The words of the text that tell who it is, as they were typed: a code of a person or case, six digits or more in one
    number, a number of a document or with another organisation, a name of these people or of a parent, also a further or
    former one, and the place one of them comes from, unless it is a country or a first-level area, where many do. Their
    identities are opened for the comparison only.

    Source: handover and referral share no identity before acceptance (CM-19).
    """
    plain = _DAY.sub(lambda day: " " * len(day[0]), normalise_digits(text))
    found = [*_codes(plain), *_numbers(plain)]
    if words := list(_WORD.finditer(text)):
        people = list(people)
        identities = _identities(work, people)
        known = also_known(work, work.keys.holds([person.pk for person in people])).values()
        found += _known_numbers(known, plain)
        names = _names(identities) | _further(known)
        found += [word[0] for word in words if _forms(word[0]) & names]
        found += _places(identities, text, [word for word in words if len(word[0]) >= _SPOKEN])
    return list(dict.fromkeys(found))


def told_of(work: Work, person: Person, text: str) -> list[str]:
    """`giveaways` of the person and the household, to be said on this response. Whether a text names them, and by which of
    its words, tells as much as opening the record, and counts like it. Raises OpenedTooOften, ConfirmAgain."""
    if text.strip():
        openings.count(work, [person.pk])
    return giveaways(work, Person.objects.filter(household_id=person.household_id).defer("contact_sealed"), text)


def must_not_tell(work: Work, people: Iterable[Person], *texts: str) -> None:
    """Raises Invalid when a text tells who it is; the words themselves stay out of the refusal, which may be logged."""
    if giveaways(work, people, "\n".join(texts)):
        raise Invalid(what=_("a name, a place, a code or a number that tells who it is"))


def in_words(found: Iterable[str]) -> str:
    """What to say beside the text."""
    return _("This tells who it is: %(words)s. Say it without a name, a place, a code or a telephone number.") % {
        "words": in_a_row(f"“{word}”" for word in found)
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


def _known_numbers(known: Iterable[Also], text: str) -> Iterator[str]:
    """Numbers of theirs, whatever stands between the signs; a shorter one would be found in anything."""
    for told in dict.fromkeys(number(each) for also in known for each in (*also.documents, *also.shared)):
        if len(told) >= DIGITS:
            spaced = r"[\W_]{0,2}".join(map(re.escape, told))
            yield from (found[0] for found in re.finditer(spaced, text, re.IGNORECASE))


def _further(known: Iterable[Also]) -> set[str]:
    """Further and former names, and those of the parents. Of what people are called ("the tailor") only what is a name."""
    said = [words for also in known for told in also.said.values() for _kind, words in told]
    return {
        in_order(word)
        for words in said
        for word in _WORD.findall(words)
        if len(word) >= _SPOKEN and not word[0].islower()
    }


def _identities(work: Work, people: Sequence[Person]) -> list[dict[str, Any]]:
    # Under a record that was merged into theirs they may be known by other names.
    merged = Person.objects.filter(merged_into__in=[person.pk for person in people]).defer("contact_sealed")
    people = [*people, *merged]
    work.keys.load(person.pk for person in people)
    place: dict[str, Any] = {"table": "people_person", "column": "identity_sealed"}
    return [work.keys.open(person.identity_sealed, **place, subject=person.pk) or {} for person in people]


def _names(identities: Iterable[dict[str, Any]]) -> set[str]:
    # One letter is an initial, which says nothing.
    return {
        in_order(word)
        for identity in identities
        for name in NAMES
        for word in _WORD.findall(str(identity.get(name) or ""))
        if len(word) > 1
    }


def _places(identities: Iterable[dict[str, Any]], text: str, words: Sequence[re.Match[str]]) -> Iterator[str]:
    """The places of origin that the words of the text name: whole, or by one word that is written like a name."""
    origins = [str(identity.get("place_of_origin") or "") for identity in identities]
    told: set[int] = set()
    for part in (part for origin in origins for part in _PARTS.split(origin)):
        named = [word for word in _WORD.findall(part) if len(word) >= _SPOKEN]
        whole, proper = [in_order(word) for word in named], [in_order(word) for word in named if _like_a_name(word)]
        proper = [word for word in proper if word not in _KINDS]
        for phrase in (whole, proper):
            # A kind of place makes a town of a country (Benin City), not of an area (Edo State).
            if not phrase or " ".join(phrase) in _countries() | _areas() or " ".join(proper) in _areas():
                continue
            for at in range(len(words) - len(phrase) + 1):
                here = range(at, at + len(phrase))
                named_here = all(word in _forms(words[i][0]) for word, i in zip(phrase, here, strict=True))
                if named_here and not told.issuperset(here):
                    told.update(here)
                    yield text[words[at].start() : words[here[-1]].end()]
        alone = set(proper) - _countries() - _areas()
        for at, word in enumerate(words):
            if at not in told and _like_a_name(word[0]) and _forms(word[0]) & alone:
                told.add(at)
                yield word[0]


def _like_a_name(word: str) -> bool:
    """Begins with a capital, or is of a script that has none."""
    return word[0] == word[0].upper()


@cache
def _countries() -> frozenset[str]:
    return _plain(row.labels for row in nationalities())


@cache
def _areas() -> frozenset[str]:
    return _plain(area.labels for country in countries() for area in areas(country.alpha2))


def _plain(labels: Iterable[Mapping[str, str]]) -> frozenset[str]:
    told = (label for each in labels for label in each.values())
    return frozenset(
        in_order(" ".join(word for word in _WORD.findall(label) if len(word) >= _SPOKEN)) for label in told
    )


def _forms(word: str) -> set[str]:
    plain = in_order(word)
    # Two letters are a word of many languages: only written like a name are they one.
    if len(plain) < 3 and word[:1] == word[:1].lower() != word[:1].upper():
        return set()
    return {plain, plain[1:]} if plain[:1] in _JOINED and len(plain) > 3 else {plain}
