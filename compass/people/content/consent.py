"""What COMPASS says before it asks for consent, in every language it can say it, with its voices.

The text is data (`data/notice.<language>.json`). What must be said and asked is declared here, so that a language
which leaves something out is refused when it is read and not noticed by the person who hears it.
Sources: case-management specification section 2.4: the seven information items of HTCDS 2.0 (IOM screening form),
the scopes of the consent record, and the ladder of children's assent and consent.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast, get_args

Status = Literal["approved", "to_be_checked_by_speaker"]
Direction = Literal["ltr", "rtl"]
ChildAnswer = Literal["assent", "consent"]
T = TypeVar("T")

DATA = Path(__file__).resolve().parent / "data"
VOICES = Path(__file__).resolve().parent.parent / "static" / "people" / "voices"

# Each section with the codes of the list `consent_information` that count as told once it was heard.
SECTION_ITEMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "who_we_are": ("purpose_told",),
        "free_choice": ("interview_agreed",),
        "what_we_write": ("uses_told",),
        "why": ("purpose_told",),
        "who_can_see": ("uses_told",),
        "limits": ("uses_told",),
        "how_long": ("retention_told",),
        "see_and_correct": ("access_right_told",),
        "take_back": ("withdrawal_told",),
        "complain": (),
        "research": ("research_told",),
        "may_we_go_on": ("interview_agreed",),
    }
)
# Values of the list `consent_scope`, in the order in which they are asked; the later ones only when the need arises.
SCOPES: tuple[str, ...] = (
    "case_management_services",
    "data_processing",
    "share_other_organizations",
    "share_non_identifiable_reporting",
    "duplicate_check",
    "tracing_disclosure",
    "share_family",
    "return_country_sharing",
    "share_unhcr",
    "share_authorities",
    "photo_audio",
    "research_nonidentifying",
)
LATER_SCOPES: tuple[str, ...] = ("consular_contact",)
CHILD_AGES: tuple[tuple[str, int, int, ChildAnswer], ...] = (
    ("child_6_11", 6, 11, "assent"),
    ("child_12_14", 12, 14, "assent"),
    ("child_15_17", 15, 17, "consent"),
)

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class NoticeError(ValueError):
    """A notice or its voices are incomplete or malformed; the text says which file and what."""


@dataclass(frozen=True)
class Section:
    """One part of the notice, heard as a whole.

    `items` are the codes of `consent_information` it covers. `worker_note` is for the person who reads aloud and is
    given in the interface languages only; it is never part of the voice.
    """

    code: str
    title: str
    sentences: tuple[str, ...]
    items: tuple[str, ...]
    worker_note: str

    @property
    def spoken(self) -> str:
        """What the voice says."""
        return " ".join(self.sentences)


@dataclass(frozen=True)
class Question:
    """A plain yes or no question about one purpose; `if_no` says what happens then."""

    scope: str
    question: str
    if_no: str

    @property
    def voice_key(self) -> str:
        """Under which key the voice of this question is kept."""
        return f"question_{self.scope}"


@dataclass(frozen=True)
class ChildVersion:
    """What a child of this age hears, both ages included, in years.

    `answer` is assent beside a caregiver's consent (6 to 14) or the young person's own consent (15 to 17), who is then
    asked the same questions as an adult. Below 6 nothing is asked of the child.
    """

    code: str
    age_from: int
    age_to: int
    answer: ChildAnswer
    title: str
    sentences: tuple[str, ...]
    question: str
    if_no: str

    @property
    def spoken(self) -> str:
        """What the voice says, the question last."""
        return " ".join((*self.sentences, self.question))


@dataclass(frozen=True)
class Check:
    """A speaker of the language heard one text and agreed to its wording: their function and office, never a name, and
    the day. `digest` names the wording (see `digest`); what is changed afterwards has not been checked."""

    by: str
    on: date
    digest: str


@dataclass(frozen=True)
class Notice:
    """The whole text in one language.

    `status` "approved" means that this project stands by the wording, not that IOM has approved it as an official
    text; "to_be_checked_by_speaker" must be shown wherever the text is, until every part is in `checked`, which holds by
    voice key what speakers of the language checked and nobody changed since. `version` goes into the consent record.
    `if_no_lead` ("If you say no:") opens each `if_no`, on screen and in the voice.
    """

    id: str
    version: str
    language: str
    direction: Direction
    status: Status
    source: str
    checked: Mapping[str, Check]
    title: str
    if_no_lead: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    later_questions: tuple[Question, ...]
    children: tuple[ChildVersion, ...]

    @property
    def must_be_checked(self) -> bool:
        """Whether a speaker of the language has still to check this text."""
        return bool(self.unchecked)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The voice keys of the parts that a speaker of the language has still to check, in the order of the talk."""
        return tuple(key for key in self.spoken() if key not in self.checked) if self.status != "approved" else ()

    def section(self, code: str) -> Section:
        """One section. Raises KeyError when there is none of this code."""
        return _one(self.sections, "code", code)

    def question(self, scope: str) -> Question:
        """The question of one scope, asked now or later. Raises KeyError when there is none."""
        return _one((*self.questions, *self.later_questions), "scope", scope)

    def for_child(self, age: int) -> ChildVersion | None:
        """What a child of this age, in whole years, hears; None under 6 and from 18 on."""
        return next((child for child in self.children if child.age_from <= age <= child.age_to), None)

    def spoken(self) -> Mapping[str, str]:
        """Every text that has a voice, by voice key: sections, questions, children's versions."""
        return {
            **{section.code: section.spoken for section in self.sections},
            **{
                question.voice_key: f"{question.question} {self.if_no_lead} {question.if_no}"
                for question in (*self.questions, *self.later_questions)
            },
            **{child.code: child.spoken for child in self.children},
        }


@dataclass(frozen=True)
class Voice:
    """A recording of one text.

    `file` is the path to give to the `static` template tag. `text_version` and `text_digest` name the text that was
    read. `placeholder` is true for text-to-speech; `wrong_language` when the synthesiser does not know the language,
    and such a voice must never be relied on to inform anyone. `seconds` is the length.
    """

    key: str
    language: str
    file: str
    text_version: str
    text_digest: str
    placeholder: bool
    wrong_language: bool
    voice: str
    made_with: str
    seconds: float

    def reads(self, notice: Notice) -> bool:
        """Whether this recording still reads the text of `notice` word for word."""
        text = notice.spoken().get(self.key)
        return text is not None and self.text_version == notice.version and self.text_digest == digest(text)


def available() -> list[str]:
    """ISO 639 codes of the languages that have a notice, sorted."""
    return sorted(path.name.split(".")[1] for path in DATA.glob("notice.*.json"))


@cache
def notice(language: str) -> Notice:
    """The notice in one language.

    Raises KeyError when the language has none, and NoticeError when the file misses a section, a scope or an age.
    """
    path = DATA / f"notice.{language}.json"
    if not _LANGUAGE.fullmatch(language) or not path.is_file():
        raise KeyError(f"there is no consent notice in {language!r}")
    parsed = parse_notice(json.loads(path.read_text(encoding="utf-8")))
    if parsed.language != language:
        raise NoticeError(f"{path.name}: says it is in {parsed.language!r}")
    return parsed


def parse_notice(raw: Mapping[str, Any]) -> Notice:
    """Read a notice from its JSON form. Raises NoticeError with the first thing that is missing or wrong."""
    where = f"notice {raw.get('language', '?')}"
    children = tuple(_child(where, row) for row in _rows(where, raw, "children"))
    found = Notice(
        id=_text(where, raw, "id"),
        version=_text(where, raw, "version"),
        language=_text(where, raw, "language"),
        direction=cast(Direction, _choice(where, raw, "direction", get_args(Direction))),
        status=cast(Status, _choice(where, raw, "status", get_args(Status))),
        source=_text(where, raw, "source"),
        checked={},
        title=_text(where, raw, "title"),
        if_no_lead=_text(where, raw, "if_no_lead"),
        sections=tuple(_section(where, row) for row in _rows(where, raw, "sections")),
        questions=tuple(_question(where, row) for row in _rows(where, raw, "questions")),
        later_questions=tuple(_question(where, row) for row in _rows(where, raw, "later_questions")),
        children=children,
    )
    _same(where, "sections", [section.code for section in found.sections], list(SECTION_ITEMS))
    _same(where, "questions", [question.scope for question in found.questions], list(SCOPES))
    _same(where, "later questions", [question.scope for question in found.later_questions], list(LATER_SCOPES))
    _same(where, "children", [(c.code, c.age_from, c.age_to, c.answer) for c in children], list(CHILD_AGES))
    return replace(found, checked=_checked(where, raw, found.spoken()))


def digest(text: str) -> str:
    """A short fingerprint of a spoken text: 16 hexadecimal digits of its SHA-256. A space is heard the same of any kind."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]


@cache
def voices(language: str) -> Mapping[str, Voice]:
    """The recordings shipped for a language by voice key (see `Notice.spoken`); empty when there are none.

    Raises NoticeError when the manifest cannot be read.
    """
    manifest = VOICES / "manifest.json"
    if not manifest.is_file():
        return MappingProxyType({})
    try:
        rows = json.loads(manifest.read_text(encoding="utf-8"))["voices"]
        found = [
            Voice(
                key=row["section"],
                language=row["language"],
                file=f"people/voices/{row['file']}",
                text_version=row["text_version"],
                text_digest=row["text_digest"],
                placeholder=row["placeholder"],
                wrong_language=row["wrong_language"],
                voice=row["voice"],
                made_with=row["made_with"],
                seconds=row["seconds"],
            )
            for row in rows
            if row["language"] == language
        ]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise NoticeError(f"the manifest of the voices cannot be read: {error!r}") from error
    return MappingProxyType({voice.key: voice for voice in found})


def _section(where: str, row: Mapping[str, Any]) -> Section:
    code = _text(where, row, "code")
    note = row.get("worker_note", "")
    if code not in SECTION_ITEMS:
        raise NoticeError(f"{where}: unknown section {code!r}")
    return Section(code, _text(where, row, "title"), _sentences(where, row), SECTION_ITEMS[code], str(note))


def _question(where: str, row: Mapping[str, Any]) -> Question:
    return Question(_text(where, row, "scope"), _text(where, row, "question"), _text(where, row, "if_no"))


def _child(where: str, row: Mapping[str, Any]) -> ChildVersion:
    return ChildVersion(
        code=_text(where, row, "code"),
        age_from=int(row["age_from"]),
        age_to=int(row["age_to"]),
        answer=cast(ChildAnswer, _choice(where, row, "kind", get_args(ChildAnswer))),
        title=_text(where, row, "title"),
        sentences=_sentences(where, row),
        question=_text(where, row, "question"),
        if_no=_text(where, row, "if_no"),
    )


def _checked(where: str, raw: Mapping[str, Any], spoken: Mapping[str, str]) -> Mapping[str, Check]:
    found = {}
    for row in _rows(where, {"checked": [], **raw}, "checked"):
        key = _choice(where, row, "key", tuple(spoken))
        try:
            check = Check(
                _text(where, row, "by"), date.fromisoformat(_text(where, row, "on")), _text(where, row, "digest")
            )
        except ValueError as error:
            raise NoticeError(f"{where}: the check of {key}: {error}") from error
        if check.digest == digest(spoken[key]):
            found[key] = check
    return MappingProxyType(found)


def _sentences(where: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    found = row.get("sentences")
    if not isinstance(found, list) or not found or not all(isinstance(one, str) and one.strip() for one in found):
        raise NoticeError(f"{where}: {row.get('code', '?')} has no sentences")
    return tuple(found)


def _rows(where: str, raw: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = raw.get(key)
    if not isinstance(found, list):
        raise NoticeError(f"{where}: {key} is missing")
    return found


def _text(where: str, row: Mapping[str, Any], key: str) -> str:
    found = row.get(key)
    if not isinstance(found, str) or not found.strip():
        raise NoticeError(f"{where}: {key} is missing or empty")
    return found


def _choice(where: str, row: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    found = _text(where, row, key)
    if found not in allowed:
        raise NoticeError(f"{where}: {key} is {found!r}, not one of {', '.join(allowed)}")
    return found


def _same(where: str, what: str, found: list[Any], wanted: list[Any]) -> None:
    if found != wanted:
        missing = [one for one in wanted if one not in found]
        raise NoticeError(f"{where}: {what} must be {wanted}; missing {missing}, found {found}")


def _one(rows: tuple[T, ...], attribute: str, value: str) -> T:
    for row in rows:
        if getattr(row, attribute) == value:
            return row
    raise KeyError(value)
