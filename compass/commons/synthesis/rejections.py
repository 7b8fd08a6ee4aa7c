"""Lines of a published file that cannot be used, each named with its number and the reason in words."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHOWN = 200  # characters of a rejected line that are repeated to the reader


class WrongHeader(ValueError):
    """The first line is not the one of the published file, so that no row can be trusted."""


@dataclass(frozen=True)
class Rejection:
    """A line that was left out. `line` counts from 1 with the header; `code` is stable; `reason` is for people."""

    line: int
    code: str
    reason: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}: {self.text}"


class Refused(Exception):
    """Why a single line is left out; becomes a `Rejection` that also knows where the line is."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason

    def at(self, line: int, text: str) -> Rejection:
        """The rejection of this line. Control characters are shown, not sent to a terminal."""
        shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text[:SHOWN])
        return Rejection(line, self.code, self.reason, shown)


def lines_of(content: bytes, header: Sequence[str]) -> Iterator[tuple[int, str, list[str] | Refused]]:
    """Each line after the header: its number, its text, and its cells or why it has none.

    Every physical line stands alone: an unclosed quotation mark spoils one line and cannot swallow those after it.
    Empty lines at the end of the file are not lines. Raises WrongHeader.
    """
    raw = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    while raw and not raw[-1].strip():
        raw.pop()
    first = raw[0].decode("utf-8", "replace").rstrip("\r") if raw else ""
    if first != ",".join(header):
        raise WrongHeader(f"the first line must be {','.join(header)!r}, found {first[:SHOWN]!r}")
    for number, line in enumerate(raw[1:], start=2):
        text = line.decode("utf-8", "replace").rstrip("\r")
        try:
            yield number, text, _cells(line, len(header))
        except Refused as refused:
            yield number, text, refused


def _cells(line: bytes, wanted: int) -> list[str]:
    if not line.strip():
        raise Refused("empty_line", "the line is empty")
    try:
        text = line.decode("utf-8").rstrip("\r")
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", "the line is not valid UTF-8") from error
    try:
        cells = next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration) as error:
        raise Refused("bad_quotes", "the quotation marks of the line do not close, or a cell is too long") from error
    if len(cells) != wanted:
        raise Refused("wrong_columns", f"the line has {len(cells)} columns instead of {wanted}")
    return cells
