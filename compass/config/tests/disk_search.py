"""How the search of a stolen disk looks: every way in which a text may lie in a file, in what is packed there too."""

from __future__ import annotations

import base64
import re
import secrets
import urllib.parse
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Bytes up to which a file is unpacked.
PACKED = 16 * 1024 * 1024
#: Characters of base64 that are not found by chance.
LONG_ENOUGH = 8
#: In every canary, in no other text: what is left of one that was transliterated, cut, folded or split at its hyphens.
CORE = "7e57ca9a7e"


def canary(place: str) -> str:
    """Found nowhere by chance, in three scripts."""
    return f"Zinariya-{place}-{CORE}{secrets.token_hex(4)}-\u0639\u0627\u0626\u0634\u0629"


class Canaries(dict[str, str]):
    """A canary for every place that is asked for, made on the way."""

    def __missing__(self, place: str) -> str:
        return self.setdefault(place, canary(place.replace(" ", "-")))


def forms(text: str) -> set[bytes]:
    """Every way in which a text may lie on a disk, and what is left of it when only its core came through."""
    found = _forms(text)
    for core in re.findall(rf"{CORE}[0-9a-f]{{8}}", text):
        found |= _forms(core) | _forms(core.upper())
    escaped = text.encode("ascii", "xmlcharrefreplace")
    return found | {text.encode("ascii", "backslashreplace"), urllib.parse.quote(text).encode(), escaped}


def _forms(text: str) -> set[bytes]:
    found: set[bytes] = set()
    for raw in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
            # The characters that also carry bits of the neighbours are left out at both ends. Of a name of eight letters few
            # are left: "a3d1b" lies in any number of a record.
            if len(inner := coded[4:-2]) >= LONG_ENOUGH:
                found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


class Wanted:
    """What is looked for. Most canaries begin alike: where a beginning is not, none of those that have it are."""

    def __init__(self, canaries: dict[str, str], pieces: Iterable[bytes] = ()) -> None:
        self._by_start: dict[bytes, list[tuple[bytes, str]]] = {}
        for place, text in canaries.items():
            for form in forms(text):
                self._by_start.setdefault(form[:8], []).append((form, place))
        for piece in pieces:
            self._by_start.setdefault(piece[:8], []).append((piece, "paper"))

    def within(self, content: bytes) -> set[str]:
        """The places of everything that is in some bytes."""
        pairs = [pair for start, pairs in self._by_start.items() if start in content for pair in pairs]
        return {place for form, place in pairs if form in content}


def search(folder: Path, canaries: dict[str, str], pieces: Iterable[bytes] = ()) -> list[tuple[str, str]]:
    """(place, file) of every canary that lies in the clear; "paper" for one of these pieces of bytes."""
    wanted, hits = Wanted(canaries, pieces), set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or not path.stat().st_size or "programs" in path.parts:
            continue
        # Bytes are searched many times faster than a mapped file.
        content = path.read_bytes()
        found = wanted.within(content)
        if len(content) <= PACKED:
            for part in packed_in(content):
                found |= wanted.within(part)
        hits |= {(place, str(path.relative_to(folder))) for place in found}
    return sorted(hits)


def packed_in(content: bytes) -> Iterator[bytes]:
    """What a file of zip, gzip, zlib or PDF holds."""
    from compass.config.drills import unpacked

    yield from unpacked(content)
    if content[:5] == b"%PDF-":
        yield from streams(content)
        yield read_pdf(content).encode()


def streams(pdf: bytes) -> list[bytes]:
    """The unpacked streams of a PDF."""
    found = []
    for start in re.finditer(rb"stream\r?\n", pdf):
        try:
            found.append(zlib.decompressobj().decompress(pdf[start.end() :]))
        except zlib.error:
            continue
    return found


def pieces_of(pdf: bytes) -> list[bytes]:
    """Bytes from the middle of each packed stream of a PDF: where one of them lies, the paper lies."""
    bodies = [body for body in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S) if len(body) > 200]
    return [body[len(body) // 2 :][:40] for body in bodies]


def read_pdf(pdf: bytes) -> str:
    """The words of a PDF set in glyphs of subset fonts, read with each of their tables (ISO 32000-1, 9.10.2)."""
    parts = streams(pdf)
    tables = [table for table in map(_table, parts) if table]
    texts = [re.findall(rb"\(((?:\\.|[^\\()])*)\)", part, re.S) for part in parts if b"BT" in part]
    said = [b"".join(map(_plain, strings)) for strings in texts]
    return "\n".join(
        "".join(table.get(int.from_bytes(raw[at : at + 2], "big"), "") for at in range(0, len(raw), 2))
        for raw in said
        for table in tables
    )


def _table(part: bytes) -> dict[int, str]:
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", part, re.S):
        for glyph, text in re.findall(rb"<(\w+)>\s*<(\w+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", "replace")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", part, re.S):
        for first, last, text in re.findall(rb"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for number in range(int(first, 16), int(last, 16) + 1):
                found[number] = chr(int(text, 16) + number - int(first, 16))
    return found


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _plain(string: bytes) -> bytes:
    """A literal string of a PDF without its escapes."""

    def escaped(each: re.Match[bytes]) -> bytes:
        sign = each[1]
        return bytes([int(sign, 8)]) if sign.isdigit() else _ESCAPES.get(sign, sign)

    return re.sub(rb"\\([0-7]{1,3}|.)", escaped, string, flags=re.S)
