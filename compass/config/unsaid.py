"""Text that a page shows and nobody can translate: words between tags, in attributes that are read out, in arguments of
template tags, and in Python, wherever they stand. The test of the catalogues asks every room.

A single word or a pair in small letters is not told from a code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

from compass.config.catalogues import KEYWORDS

#: Names, codes and marks that are the same in every language.
ALLOWED = frozenset({"COMPASS", "PDF", "CSV", "JSON", "JSONL", "TOTP", "IOM", "UTC", "EUR", "px", "km", "h", "s"})
READ_OUT = frozenset({"alt", "aria-description", "aria-label", "aria-placeholder", "label", "placeholder", "title"})
PRESSED = frozenset({"button", "reset", "submit"})
#: Calls that translate; calls whose words reach a developer, a terminal, a machine or a log.
SAID = frozenset(KEYWORDS)
TO_NOBODY = frozenset({
    "NewType", "TypeVar", "cast", "compile", "debug", "execute", "exception", "fullmatch", "getLogger", "match", "print",
    "run_module", "say", "search", "startswith", "endswith", "strftime", "sub",
})  # fmt: skip
#: Whose methods are told names of headers, or write logs.
LISTENS = frozenset({"headers", "logger"})
#: Keywords and names whose words are a source, a header or a pattern.
UNSHOWN = frozenset({"source", "sql", "content_type", "headers"})
UNSHOWN_NAMES = frozenset({"HEADERS", "SOURCE", "__all__"})
#: Modules that speak to the terminal, to the database, to a developer, or write invented people.
APART = frozenset({
    "tests", "migrations", "bench", "demo", "commands", "sql", "cli", "embedded", "settings", "unsaid", "checks", "install",
    "samples", "testing", "wsgi", "serving", "environment", "catalogues", "checkpoints", "verify",
    # What is refused when published files are read, for the terminal; spellings of names and months.
    "synthesis", "matching", "months",
    # Names of columns, and reasons for whoever reads the code.
    "narrowing",
})  # fmt: skip
#: It begins like a sentence and goes on, or three plain words follow each other.
SENTENCE = re.compile(r"(?:[A-Z][a-z]+|\{\}|A|I)[,:]? [\w{“]|[a-z]+,? [a-z]+,? [a-z]+")
ONE = re.compile(r"[A-Z][a-z]{2,}")
MACHINE = re.compile(r"<[a-z/]|=\{|\b(?:SELECT|INSERT|UPDATE|WHERE|FROM|POLICY|GRANT)\b|\bAND\b|%[YmdH]")
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
        if not translated and (ONE.fullmatch(text) or " " in text.strip()) and _words(text):
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
    """Plain words in Python: whatever reads like a sentence or a label and is said neither through gettext nor to a
    machine, a developer or a log.
    """
    tree = ast.parse(source)
    silent = {id(node) for node in _silent(tree)}
    return [text for text in _plain(tree, silent) if text]


def _plain(node: ast.AST, silent: set[int]) -> Iterator[str]:
    if id(node) in silent:
        return
    if isinstance(node, ast.JoinedStr):
        yield _speaking("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _plain(part.value, silent)
        return
    if isinstance(node, ast.Constant):
        yield _speaking(node.value) if isinstance(node.value, str) else ""
        return
    for child in ast.iter_child_nodes(node):
        yield from _plain(child, silent)


def _speaking(text: str) -> str:
    """The text when it reads like words for a person: a sentence, or one word that begins with a capital letter."""
    text = " ".join(text.split())
    one = ONE.fullmatch(text) and text not in ALLOWED
    return text if (SENTENCE.match(text) and not MACHINE.search(text) and _words(text)) or one else ""


def _silent(tree: ast.AST) -> Iterator[ast.AST]:
    """Parts of the code that no page shows, or that already speak every language."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Call):
            called = _called(node)
            raised = called.endswith(("Error", "Exit")) and called != "ValidationError"
            if raised or called in SAID | TO_NOBODY or _owner(node) in LISTENS:
                yield from node.args
                yield from (keyword.value for keyword in node.keywords)
            yield from (keyword.value for keyword in node.keywords if keyword.arg in UNSHOWN)
        elif isinstance(node, ast.Dict):
            # A dictionary by language says each itself.
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            yield from (node.values if {"en", "fr"} <= keys else ())
            yield from (key for key in node.keys if key is not None)
        elif isinstance(node, ast.Subscript):
            yield node.slice
        elif isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if names & UNSHOWN_NAMES and node.value is not None:
                yield node.value
            if isinstance(node, ast.AnnAssign):
                yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (
                each.annotation for each in ast.walk(node.args) if isinstance(each, ast.arg) and each.annotation
            )
            yield from ([node.returns] if node.returns else [])


def _owner(node: ast.Call) -> str:
    """What the method belongs to, by its last name."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def unsaid(room: Path) -> list[str]:
    """Everything (as `place: text`) that a room shows and no catalogue can hold."""
    found = []
    for path in sorted(room.rglob("*.html")):
        found += [f"{path.relative_to(room)}: {text}" for text in of_template(path.read_text())]
    for path in sorted(room.rglob("*.py")):
        if not APART & {path.stem, *path.relative_to(room).parts}:
            found += [f"{path.relative_to(room)}: {text}" for text in of_code(path.read_text())]
    return found
