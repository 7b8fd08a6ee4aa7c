"""Text that a page shows and nobody can translate: words between tags, in attributes that are read out, in arguments of
template tags, and in Python where forms and refusals take their words. The test of the catalogues asks every room.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

#: Names, codes and marks that are the same in every language.
ALLOWED = frozenset({"COMPASS", "PDF", "CSV", "JSON", "JSONL", "TOTP", "IOM", "UTC", "EUR", "px", "km", "h", "s"})
READ_OUT = frozenset({"alt", "aria-description", "aria-label", "aria-placeholder", "label", "placeholder", "title"})
PRESSED = frozenset({"button", "reset", "submit"})
SPEAKING_KEYWORDS = frozenset({"empty_label", "help_text", "label", "legend", "message", "placeholder"})
SPEAKING_CALLS = frozenset({"ValidationError", "add_error", "error", "info", "success", "warning"})
WORD = re.compile(r"[^\W\d_]+")
QUOTED = re.compile(r"""(_\()?(?:"([^"]*)"|'([^']*)')""")
#: The number of a standard, and an attribute that a block adds to a tag of the page it extends.
SIGNS = re.compile(r"\b[A-Z]+(?:-[A-Z]+)*-\d+\b|^\s*[a-z-]+=\"[^\"]*\"\s*$")
BLOCKS = {"blocktranslate": "endblocktranslate", "blocktrans": "endblocktrans", "comment": "endcomment"}


def _words(text: str) -> bool:
    return any(len(word) > 1 and word not in ALLOWED for word in WORD.findall(SIGNS.sub("", text)))


def _quoted(contents: str) -> Iterator[str]:
    """Sentences among the arguments of a tag, not those in `_("...")`."""
    for translated, double, single in QUOTED.findall(contents):
        text = double or single
        if not translated and " " in text.strip() and _words(text):
            yield text


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in ("script", "style")
        given = {name: value or "" for name, value in attrs}
        read_out = READ_OUT | ({"value"} if tag == "input" and given.get("type") in PRESSED else set())
        self.found += [value for name, value in given.items() if name in read_out and _words(value)]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._code and _words(data):
            self.found.append(" ".join(data.split()))


def of_template(source: str) -> list[str]:
    """What a template says outside of `translate` and `blocktranslate`."""
    reader, end = _Reader(), ""
    for token in Lexer(source).tokenize():
        name = token.contents.split(None, 1)[0] if token.contents.strip() else ""
        if end:
            end = "" if token.token_type == TokenType.BLOCK and name == end else end
        elif token.token_type == TokenType.TEXT:
            reader.feed(token.contents)
        elif token.token_type == TokenType.BLOCK and name in BLOCKS:
            end = BLOCKS[name]
        elif token.token_type != TokenType.COMMENT and name not in ("translate", "trans"):
            reader.found += _quoted(token.contents)
    reader.close()
    return reader.found


def of_code(source: str) -> list[str]:
    """Plain strings in Python where a form or a refusal takes words for a person."""
    return list(_plain(ast.parse(source)))


def _plain(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [keyword.value for keyword in node.keywords if keyword.arg in SPEAKING_KEYWORDS]
        if called in SPEAKING_CALLS:
            given += node.args
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and " " in value.value.strip():
                yield value.value


def unsaid(room: Path) -> list[str]:
    """Everything (as `place: text`) that a room shows and no catalogue can hold."""
    found = []
    for path in sorted(room.rglob("*.html")):
        found += [f"{path.relative_to(room)}: {text}" for text in of_template(path.read_text())]
    for path in sorted(room.rglob("*.py")):
        if path.stem in ("forms", "views", "pages") or {"forms", "views"} & set(path.parts):
            found += [f"{path.relative_to(room)}: {text}" for text in of_code(path.read_text())]
    return found
