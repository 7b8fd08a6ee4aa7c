"""The translations of every room: finding what is said, filling the catalogues, compiling them. No gettext tools.

`python -m compass.config.catalogues [room ...]` adds what is missing (empty, to be translated), drops what nobody says any
more, and compiles; a catalogue in which nothing changed is left as it is. It lists what waits for a translation and then
exits 1. The test of the same name fails on an untranslated string.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGES = ("fr", "ar")
# None, one, two, few (3 to 10), many (11 to 99), other; Babel's own formula swaps the last two.
ARABIC_PLURALS = "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def rooms() -> list[Path]:
    """Every folder of the package that may say something."""
    return sorted(folder for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists())


def _sources(room: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(room.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield path, path.read_bytes()
    for pattern in ("templates/**/*.html", "form_templates/**/*.html", "templates/**/*.txt"):
        for path in sorted(room.glob(pattern)):
            yield path, templatize(path.read_text(), origin=path.name).encode()


def said(room: Path) -> Catalog:
    """Every message a room's code and templates say."""
    catalog = Catalog(charset="utf-8")
    for path, source in _sources(room):
        for _, message, comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            if message and message != "":
                catalog.add(
                    message,
                    locations=[(path.relative_to(room.parent).as_posix(), 0)],
                    context=context,
                    auto_comments=comments,
                )
    return catalog


def file_of(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def translated(room: Path, language: str) -> Catalog:
    """A room's catalogue as it stands; an empty one when there is none."""
    path = file_of(room, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as source:
        return read_po(source, locale=language, domain="django")


def update(room: Path, language: str) -> list[str]:
    """Bring a catalogue in line with what is said and compile it; returns what still has no translation."""
    template, catalog, before = said(room), translated(room, language), translated(room, language)
    if language == "ar":
        setattr(catalog, "_plural_expr", ARABIC_PLURALS)  # noqa: B010 Babel has no other way to say it
    if not len(template):
        return []
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    if before.creation_date:
        # The day of this run would make every catalogue of the repository differ.
        catalog.creation_date = before.creation_date
    path = file_of(room, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    written, compiled = io.BytesIO(), io.BytesIO()
    write_po(written, catalog, no_location=True, omit_header=False, sort_output=True, width=120)
    write_mo(compiled, catalog)
    for target, content in ((path, written.getvalue()), (path.with_suffix(".mo"), compiled.getvalue())):
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    return [str(message.id) for message in catalog if message.id and not _whole(message.string)]


def _whole(string: Any) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def main(names: Sequence[str] = ()) -> int:
    """Update the catalogues of these rooms, or of all; 1 when something waits for a translation, 2 for an unknown room."""
    settings.configure()
    if unknown := set(names) - {room.name for room in rooms()}:
        sys.stderr.write(f"There is no room {', '.join(sorted(unknown))}.\n")
        return 2
    missing = 0
    for room in (room for room in rooms() if not names or room.name in names):
        for language in LANGUAGES:
            for message in update(room, language):
                missing += 1
                sys.stdout.write(f"{room.name} {language}: {message!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
