from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import read_mo
from django.utils.formats import date_format
from django.utils.translation import override

from compass import vocabulary
from compass.config import catalogues
from compass.config.unsaid import unsaid

VOCABULARY = list((Path(vocabulary.__file__).parent / "data").rglob("*.json"))
CASES = [(room, language) for room in catalogues.rooms() for language in catalogues.LANGUAGES]
# The same word in French as in English, looked at one by one.
SAME_IN_FRENCH = {
    "Action", "Actions", "Age", "Assistance", "Budget", "Code", "Codes", "Consultation", "Date", "Description",
    "Distance", "Document", "Documents", "Email", "Image", "Impact", "Information", "Instructions", "Message",
    "Mission", "Note", "Notes", "Options", "Organisation", "Page", "Pages", "Participants", "Phase", "Photo",
    "Population", "Principal", "Protection", "Question", "Questions", "Restriction", "Service", "Services",
    "Situation", "Solution", "Source", "Sources", "Statistics", "Suggestion", "Total", "Transit", "Transport",
    "Version", "Vote", "Votes", "Zone",
}  # fmt: skip
SAME_EVERYWHERE = {"COMPASS", "English", "Français", "العربية", "PDF", "CSV", "EUR", "TOTP", "IOM", "UTC"}


@pytest.mark.parametrize(("room", "language"), CASES, ids=[f"{r.name}-{code}" for r, code in CASES])
def test_every_string_is_translated_by_meaning(room, language):
    catalog = catalogues.translated(room, language)

    missing, same, fuzzy = [], [], []
    for message in catalogues.said(room):
        if not message.id:
            continue
        found = catalog.get(message.id, context=message.context)
        if found is None or not catalogues._whole(found.string):
            missing.append(message.id)
        elif found.fuzzy:
            fuzzy.append(message.id)
        elif _same(message.id, found.string) and not _may_be_same(message.id, language):
            same.append(message.id)

    where = f"compass/{room.name}/locale/{language}/LC_MESSAGES/django.po, then `compass.config.catalogues {room.name}`"
    assert not missing, f"translate by meaning in {where}"
    assert not fuzzy, f"look at these and take away the mark `fuzzy` in {where}"
    assert not same, f"still English in {where}"


@pytest.mark.parametrize(("room", "language"), CASES, ids=[f"{r.name}-{code}" for r, code in CASES])
def test_what_is_compiled_is_what_is_written(room, language):
    path = catalogues.file_of(room, language)
    if not path.exists():
        assert not len(catalogues.said(room))
        return
    with path.with_suffix(".mo").open("rb") as source:
        compiled = read_mo(source)

    said = f"run `.venv/bin/python -m compass.config.catalogues {room.name}`: it compiles what the .po says"
    assert _strings(compiled) == _strings(catalogues.translated(room, language)), said


#: Words that speak to one person; none of them is another word too.
TO_ONE = re.compile(
    r"(?<!\w)[وف]?(اكتب|اختر|اختصره|أضف|اترك|تابع ب|افتح الملف|عُد إلى|كتبته|لديك|عليك|جلستك|مكتبك|رمزك)(?!\w)"
)
#: Rooms that speak to several, as the house does; in the others a part still speaks to one.
TO_SEVERAL = ("access", "commons", "communities", "config", "problems", "programme", "reception", "reintegration", "ui")


@pytest.mark.parametrize("name", TO_SEVERAL)
def test_the_arabic_of_a_room_speaks_to_its_reader_in_one_way(name):
    room = next(each for each in catalogues.rooms() if each.name == name)
    strings = [str(message.string) for message in catalogues.translated(room, "ar") if message.id]

    assert TO_ONE.search("كل ما كتبته ما زال هنا")
    assert [each for each in strings if TO_ONE.search(each)] == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_rooms_agree_on_every_translation(language):
    """Django merges the catalogues: where two rooms differ, one of them would show the other's words."""
    said = {}
    for room in catalogues.rooms():
        for message in catalogues.translated(room, language):
            if message.id:
                said.setdefault((message.context, _first(message.id)), {})[room.name] = message.string

    differ = {key: rooms for key, rooms in said.items() if len({_text_of(s) for s in rooms.values()}) > 1}
    assert not differ, (
        "give these one translation in all their rooms, or a context (pgettext) where they mean two things"
    )


#: A comma between two digits parts thousands; a semicolon may end a command.
LATIN = re.compile(r"(?<!\d)[,?]|[,?](?!\d)|;(?=\s*[\u0620-\u064a])")


def test_arabic_sentences_have_the_marks_of_their_script():
    told = [
        text
        for room in catalogues.rooms()
        for message in catalogues.translated(room, "ar")
        for text in _texts(message.string)
        # What the filter `yesno` takes is parted by its own sign.
        if message.id != "Yes,No"
    ]
    told += [text for path in VOCABULARY for text in re.findall(r'"ar": "([^"]*)"', path.read_text())]

    assert any("،" in text for text in told)
    assert [text for text in told if re.search(r"[\u0620-\u064a]", text) and LATIN.search(text)] == []


#: Months of the Levant and Iraq; آب and أيار are left out, since other words are written like them.
LEVANT = ("كانون", "شباط", "آذار", "نيسان", "حزيران", "تموز", "أيلول", "تشرين")


def test_a_month_has_one_name_in_arabic():
    """The names that pages write of themselves (Django's): IOM's Arabic pages for the Middle East and North Africa use them
    alone, also for Iraq (mena.iom.int/ar, iraq.iom.int/ar: «17 مارس 2022», «15 سبتمبر 2022»)."""
    with override("ar"):
        assert date_format(date(2024, 6, 27), "j F Y") == "27 يونيو 2024"
    told = [text for room in catalogues.rooms() for m in catalogues.translated(room, "ar") for text in _texts(m.string)]
    told += [path.read_text() for path in VOCABULARY]

    assert any("يونيو" in text for text in told)
    assert [text for text in told for name in LEVANT if re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("room", catalogues.rooms(), ids=lambda room: room.name)
def test_nothing_is_said_that_cannot_be_translated(room):
    assert unsaid(room) == [], "put these words into {% translate %} or gettext"


PLANTED = {
    "between tags": "<p>Planted sentence</p>",
    "one word": "<p>Planted</p>",
    "after a translated one": '<p>{% translate "Said" %} Planted sentence</p>',
    "in a branch": "{% if a %}<b{% if b %} class='x'{% endif %}>Planted sentence</b>{% endif %}",
    "beside a block": "{% blocktranslate %}Said{% endblocktranslate %}<p>Planted sentence</p>",
    "title": '<a href="/" title="Planted sentence">+</a>',
    "alt": '<img alt="Planted sentence">',
    "aria-label": '<nav aria-label="Planted sentence"></nav>',
    "placeholder": '<input placeholder="Planted sentence">',
    "button": '<input type="submit" value="Planted sentence">',
    "argument": '{% panel "due" title="Planted sentence" %}{% endpanel %}',
    "one word as argument": '{% panel "due" title="Planted" %}{% endpanel %}',
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_sentence_in_a_template_is_found(tmp_path, planted):
    _room(tmp_path, "templates/planted.html", planted)

    with pytest.raises(AssertionError, match="Planted"):
        test_nothing_is_said_that_cannot_be_translated(tmp_path)


CODE = {
    "keyword": ("forms.py", 'CharField(label="Planted sentence")'),
    "one word": ("forms.py", 'CharField(label="Planted")'),
    "refusal of a field": ("forms.py", 'raise ValidationError("Planted sentence")'),
    "choices": ("forms.py", 'WHY = [("plan", "Planted")]'),
    "position": ("views/steps.py", 'step("plan", "Planted sentence")'),
    "value of a dictionary": ("views/steps.py", 'render({"title": "Planted sentence"})'),
    "one word as a value": ("queries.py", '{"title": "Planted"}'),
    "with a placeholder": ("pages.py", 'f"Planted for {name}"'),
    "after a placeholder": ("pages.py", 'f"{count} Planted cases"'),
    "inside a placeholder": ("pages.py", "f\"{say(1) or 'Planted sentence'}\""),
    "three small words": ("pages.py", 'title = "a sentence planted here"'),
    "words": ("words.py", 'TITLES = {"start": "Planted sentence"}'),
    "standard": ("standards/minimum.py", 'Standard("CM-01", "Planted sentence", source="A book of rules")'),
    "problem": ("catalogue.py", 'class Late(Problem):\n    title = "Planted sentence"'),
    "chapter": ("chapter.py", 'def lines():\n    yield "Planted sentence"'),
    "content": ("content/consent.py", 'NOTICE = ("Planted sentence",)'),
    "another name for gettext": ("words.py", 'now_("Planted sentence")'),
}


@pytest.mark.parametrize(("module", "planted"), CODE.values(), ids=CODE)
def test_a_planted_sentence_in_python_is_found(tmp_path, module, planted):
    _room(tmp_path, module, planted)

    with pytest.raises(AssertionError, match=r"[Pp]lanted"):
        test_nothing_is_said_that_cannot_be_translated(tmp_path)


def test_what_nobody_reads_on_a_page_is_let_through(tmp_path):
    _room(
        tmp_path,
        "views.py",
        '''"""Said to a developer."""
SOURCE = "A book of rules"
__all__ = ["Case"]
NAMES = {"en": "Said here", "fr": "Dit ici"}
raise RuntimeError("Said to a developer")
logger.warning("Said to the log: %s", request.headers.get("Referer"))
cursor.execute("SELECT Name FROM people")
title = _("Said here %(name)s") % {"name": row["Name"]}
''',
    )
    _room(tmp_path, "tests/test_said.py", 'title = "Said here"')

    test_nothing_is_said_that_cannot_be_translated(tmp_path)


def test_what_is_translated_or_no_word_is_let_through(tmp_path):
    _room(
        tmp_path,
        "templates/said.html",
        '{% load i18n %}<h1 class="big sheet">COMPASS · 72 %</h1><p title="{% translate \'Said here\' %}">{{ name }}</p>'
        '{% comment %}Nobody sees this{% endcomment %}{# nor this one #}{% panel "due" std="CM-18" title=_("Said here") %}'
        "{% blocktranslate %}Said <b>here</b>{% endblocktranslate %}{% endpanel %}",
    )

    test_nothing_is_said_that_cannot_be_translated(tmp_path)


@pytest.mark.parametrize(
    ("french", "reason"),
    [("", "missing|Nobody"), ("Nobody translated this", "same|Nobody"), ("Personne ne l’a traduit", "")],
)
def test_a_string_without_translation_is_found(tmp_path, french, reason):
    _room(tmp_path, "said.py", 'from django.utils.translation import gettext as _\n_("Nobody translated this")\n')
    catalogues.update(tmp_path, "fr")
    path = catalogues.file_of(tmp_path, "fr")
    path.write_text(path.read_text().replace('this"\nmsgstr ""', f'this"\nmsgstr "{french}"'))

    if reason:
        with pytest.raises(AssertionError, match=reason):
            test_every_string_is_translated_by_meaning(tmp_path, "fr")
    else:
        test_every_string_is_translated_by_meaning(tmp_path, "fr")


def test_rooms_that_disagree_are_found(tmp_path, monkeypatch):
    rooms = [tmp_path / "one", tmp_path / "other"]
    for room, french in zip(rooms, ("Foyer", "Maison"), strict=True):
        _room(room, "said.py", '_("Home")\n')
        catalogues.update(room, "fr")
        path = catalogues.file_of(room, "fr")
        path.write_text(path.read_text().replace('msgid "Home"\nmsgstr ""', f'msgid "Home"\nmsgstr "{french}"'))
    monkeypatch.setattr(catalogues, "rooms", lambda: rooms)

    with pytest.raises(AssertionError, match="Home"):
        test_rooms_agree_on_every_translation("fr")


def test_a_catalogue_that_was_not_compiled_is_found(tmp_path):
    _room(tmp_path, "said.py", '_("Home")\n')
    catalogues.update(tmp_path, "fr")
    path = catalogues.file_of(tmp_path, "fr")
    path.write_text(path.read_text().replace('msgid "Home"\nmsgstr ""', 'msgid "Home"\nmsgstr "Foyer"'))

    with pytest.raises(AssertionError):
        test_what_is_compiled_is_what_is_written(tmp_path, "fr")


def _room(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def _strings(catalog):
    return {(str(_first(m.id)), _text(m.context)): "|".join(_all(m.string)) for m in catalog if m.id}


def _text(value):
    return value.decode() if isinstance(value, bytes) else value


def _all(value):
    return list(value) if isinstance(value, list | tuple) else [value]


def _text_of(string):
    return "|".join(_all(string))


def _first(value):
    return value[0] if isinstance(value, list | tuple) else value


def _same(message, string):
    return _first(message) == _first(string)


def _may_be_same(message, language):
    text = _first(message)
    letters = [c for c in text if c.isalpha()]
    if text in SAME_EVERYWHERE or not letters:
        return True
    return language == "fr" and text in SAME_IN_FRENCH


#: A plain space where French wants one that does not break: before these signs, and after the opening quotation mark.
BREAKING = re.compile(r"(?<=\S) (?=[:;!?»])|(?<=«) ")


def french(found: Any, inside: bool = False) -> Iterator[str]:
    """The French words of a content file: what stands below the key "fr", or all of a file named so."""
    if isinstance(found, str):
        yield from [found] if inside else []
    elif isinstance(found, list):
        for each in found:
            yield from french(each, inside)
    elif isinstance(found, dict):
        for key, each in found.items():
            yield from french(each, inside or key == "fr")


@pytest.mark.parametrize(
    ("text", "breaks"), [("Qui ?", True), ("« Tout", True), ("Qui\u202f?", False), ("12:30", False), ("Fin", False)]
)
def test_the_control_breaks(text, breaks):
    assert bool(BREAKING.search(text)) is breaks


@pytest.mark.parametrize("room", catalogues.rooms(), ids=lambda room: room.name)
def test_french_never_breaks_before_a_sign(room):
    catalog = catalogues.translated(room, "fr")
    said = [text for message in catalog if message.id for text in _texts(message.string)]
    for path in room.rglob("*.json"):
        if not {"tests", "static"} & set(path.parts):
            said += french(json.loads(path.read_text()), inside=path.stem.endswith(".fr"))

    assert [text for text in said if BREAKING.search(text)] == []


def _texts(string: Any) -> list[str]:
    return [string] if isinstance(string, str) else list(string)
