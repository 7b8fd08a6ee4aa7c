"""What a drill looks at: a copied disk with everything that lies on it, a restored database, the words of two custodians.

Nothing here reads what a record says: a drill counts what opens. Every look at a database is read-only.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shutil
import signal
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _
from psycopg import sql

from compass.config import terminal
from compass.config.embedded import Cluster, EmbeddedError
from compass.config.postgres import LEFT_OUT
from compass.problems import Problem, Unreadable
from compass.vault import crypto, shares
from compass.vault.root import HeldKey, context, unwrap

#: Bytes: in files up to this size a key is tried at every place, in packed ones up to that size inside them too.
SMALL, PACKED = 8 * 1024, 16 * 1024 * 1024
#: Bytes: long files are read in pieces, which overlap by more than the longest form of a key.
PIECE, OVERLAP = 64 * 1024 * 1024, 1024
#: Programs of PostgreSQL, copied from the package; nothing of the installation is in them.
PROGRAMS = "programs"
#: Where the jobs of the worker are counted, which come and go.
JOBS = "procrastinate_"
#: How 32 bytes are written: hexadecimal, base64 of either alphabet; a run of exactly that length.
_TEXTS = ((rb"[0-9A-Fa-f]{64,}", 64), (rb"[A-Za-z0-9+/_-]{43,}", 43))
#: Of zlib: gzip or zlib, told by the first bytes.
_EITHER = 47
_TABLES = re.compile(r"postgres/(base|global|pg_[a-z]+)/")
_SERVED = ("compass_app", "compass_public", "compass_counts")


@dataclass
class Report:
    """What was tried and whether it came out as it should, said at the terminal and kept for the protection officer."""

    title: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    found: list[tuple[bool, str]] = field(default_factory=list)

    def check(self, passed: bool, text: str) -> bool:
        self.found.append((passed, text))
        terminal.say(self._line(passed, text))
        return passed

    @property
    def passed(self) -> bool:
        return bool(self.found) and all(passed for passed, _text in self.found)

    @property
    def verdict(self) -> str:
        return _("The drill succeeded.") if self.passed else _("The drill failed. Mend it, then drill again.")

    def write(self, path: Path) -> None:
        """Raises EmbeddedError where it cannot be written or a file is there already."""
        head = f"{self.title}\n{self.at:%Y-%m-%d %H:%M} UTC\n\n"
        body = "".join(f"{self._line(*each)}\n" for each in self.found)
        try:
            with path.open("x", encoding="utf-8") as out:
                out.write(f"{head}{body}\n{self.verdict}\n")
        except OSError as error:
            raise EmbeddedError(_("The report cannot be written to %(file)s.") % {"file": path}) from error

    def _line(self, passed: bool, text: str) -> str:
        word = _("Right") if passed else _("WRONG")
        return f"{word}: {text}"


# The copy


def refuse_live(folder: Path) -> None:
    """A drill is held on a copy. Raises EmbeddedError for the folder of this installation and for one that is in use."""
    own = os.environ.get("COMPASS_DATA")
    if own and folder.resolve() == Path(own).resolve():
        raise EmbeddedError(_("That is the data folder of this installation. A drill is held on a copy of it."))
    if not folder.is_dir():
        raise EmbeddedError(_("There is no folder %(folder)s.") % {"folder": folder})
    if Cluster(folder).running():
        raise EmbeddedError(_("A server runs in that folder. Stop it, copy the folder, and drill on the copy."))


def refuse_served(connection: psycopg.Connection[Any]) -> None:
    """Raises EmbeddedError while the application is connected to the database."""
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = ANY(%s)",
        [list(_SERVED)],
    ).fetchone()
    if row and row[0]:
        raise EmbeddedError(_("COMPASS is connected to that database. A drill is held on a copy of it."))


@contextlib.contextmanager
def scratch(beside: Path | None = None) -> Iterator[Path]:
    """A new folder that is removed at the end, with a server that runs in it stopped; in `beside` or where TMPDIR says.

    Also when the drill is told to end: a copy of everything must not be forgotten.
    """
    folder = Path(tempfile.mkdtemp(prefix="compass-drill-", dir=beside))
    before = signal.signal(signal.SIGTERM, _end)
    try:
        # PostgreSQL runs as another user where we are root, and must walk there.
        folder.chmod(0o755)
        yield folder / "copy"
    finally:
        with contextlib.suppress(EmbeddedError):
            Cluster(folder / "copy").stop()
        shutil.rmtree(folder, ignore_errors=True)
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def copy(source: Path, target: Path) -> None:
    """The whole folder with owners and modes, as somebody has it who carries the machine away. Raises EmbeddedError."""
    size = sum(path.lstat().st_size for path in source.rglob("*") if path.is_file())
    if shutil.disk_usage(target.parent).free < size:
        raise EmbeddedError(
            _("The copy does not fit on the disk: free some space, or name another folder with --work.")
        )

    def sockets(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if (Path(folder) / name).is_socket()]

    shutil.copytree(source, target, symlinks=True, ignore=sockets)
    if os.geteuid() == 0:
        for path in [target, *target.rglob("*")]:
            found = (source / path.relative_to(target)).lstat()
            os.chown(path, found.st_uid, found.st_gid, follow_symlinks=False)


@contextlib.contextmanager
def database(folder: Path) -> Iterator[psycopg.Connection[Any]]:
    """The database of a copy: the embedded one, else the one of COMPASS_OWNER_URL, that nobody serves. Read-only."""
    cluster, url = Cluster(folder), os.environ.get("COMPASS_OWNER_URL", "")
    embedded = (cluster.data / "PG_VERSION").exists()
    if not embedded and not url:
        raise EmbeddedError(
            _("There is no database in the folder. Let a PostgreSQL run on the copy of its own, and name it in"
              " COMPASS_OWNER_URL.")
        )  # fmt: skip
    started = embedded and cluster.start()
    try:
        with psycopg.connect(cluster.url("compass_owner") if embedded else url) as connection:
            connection.read_only = True
            refuse_served(connection)
            yield connection
    except psycopg.Error as error:
        raise EmbeddedError(_("The database of the copy does not answer, or is none of COMPASS.")) from error
    finally:
        if started:
            cluster.stop()


# What opens


@dataclass(frozen=True)
class Vault:
    """Wrapped keys of a database: (context, wrapped) of every organisation; one of a person for each of those."""

    organisations: list[tuple[str, bytes]]
    subjects: list[tuple[str, bytes]]

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> Vault:
        outer = connection.execute("SELECT organisation_id, version, wrapped FROM vault_organisationkey").fetchall()
        inner = connection.execute(
            "SELECT DISTINCT ON (organisation_id, organisation_key_version) subject_id, organisation_id, wrapped"
            " FROM vault_subjectkey ORDER BY organisation_id, organisation_key_version, subject_id"
        ).fetchall()
        if not outer:
            raise EmbeddedError(_("There is no key in that database: nothing was ever sealed there."))
        return cls(
            [(context(pk, version), bytes(wrapped)) for pk, version, wrapped in outer],
            [(f"subject|{pk}|{organisation}", bytes(wrapped)) for pk, organisation, wrapped in inner],
        )

    def by_root(self, key: bytes) -> list[bytes]:
        """The keys of organisations that this root key opens."""
        return list(_opened(key, self.organisations))

    def open_to(self, key: bytes) -> bool:
        """Whether a key opens anything here, taken for a root key or for the key of an organisation."""
        return any(True for _ in _opened(key, [*self.organisations, *self.subjects]))


def _opened(key: bytes, wrapped: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    cipher = AESGCM(key)
    for place, blob in wrapped:
        with contextlib.suppress(InvalidTag):
            yield cipher.decrypt(blob[: crypto.NONCE_BYTES], blob[crypto.NONCE_BYTES :], place.encode())


def opens_a_person(connection: psycopg.Connection[Any], key: bytes) -> bool:
    """Whether a root key opens who a person is: one record, chosen at random, all the way down."""
    row = connection.execute(
        "SELECT p.id, p.identity_sealed, s.organisation_id, s.wrapped, o.version, o.wrapped FROM people_person p"
        " JOIN vault_subjectkey s ON s.subject_id = p.id AND s.expires_at IS NULL"
        " JOIN vault_organisationkey o ON o.organisation_id = s.organisation_id"
        " AND o.version = s.organisation_key_version WHERE length(p.identity_sealed) > 0 ORDER BY random() LIMIT 1"
    ).fetchone()
    if row is None:
        return False
    pk, blob, organisation, wrapped, version, outer = row
    try:
        office = HeldKey(key).unwrap(outer, context(organisation, version))
        own = unwrap(office, wrapped, f"subject|{pk}|{organisation}")
        said = crypto.open_bytes(own, blob, table="people_person", column="identity_sealed", subject=f"{pk}/{pk}")
    except Unreadable:
        return False
    return bool(said)


def with_one_alone(words: shares.Words, vault: Vault) -> bool:
    """Whether the words of one custodian open anything: twice, as a key, or beside words that somebody invents."""
    from shamir_mnemonic import Share

    mine = Share.from_mnemonic(words.text)
    keys = [mine.value]
    for place in range(shares.SHARES):
        made = Share(
            mine.identifier, mine.extendable, mine.iteration_exponent, mine.group_index, mine.group_threshold,
            mine.group_count, place, mine.member_threshold, os.urandom(crypto.KEY_BYTES),
        )  # fmt: skip
        for other in (words, shares.read(made.mnemonic())):
            with contextlib.suppress(Problem):
                keys.append(shares.join(words, other))
    return any(vault.open_to(key) for key in keys)


# What a thief tries


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and path.stat().st_size and name.parts[0] != PROGRAMS:
            yield str(name), path


def parts(path: Path) -> Iterator[bytes]:
    """What a file says, a long one in pieces that overlap, and what is packed in a short one."""
    with path.open("rb") as source:
        end = b""
        while piece := source.read(PIECE):
            yield end + piece
            end = piece[-OVERLAP:]
    if path.stat().st_size <= PACKED:
        yield from unpacked(path.read_bytes())


def unpacked(packed: bytes) -> Iterator[bytes]:
    """What is in a file of gzip, zip or zlib, one level deep and no more than `PIECE` of each; nothing of any other."""
    with contextlib.suppress(OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        if packed[:2] == b"PK":
            with zipfile.ZipFile(BytesIO(packed)) as archive:
                for name in archive.namelist():
                    with archive.open(name) as member:
                        yield member.read(PIECE)
        elif packed[:2] == b"\x1f\x8b" or packed[:1] == b"\x78":
            yield zlib.decompressobj(wbits=_EITHER).decompress(packed, PIECE)


def keys_in(found: bytes, *, everywhere: bool) -> Iterator[bytes]:
    """Everything in some bytes that may be a key: written as text and, `everywhere`, any 32 bytes that look random."""
    hexadecimals, base64s = (
        [run[0] for run in re.finditer(form, found) if len(run[0]) == length] for form, length in _TEXTS
    )
    for each in hexadecimals:
        yield bytes.fromhex(each.decode())
    for each in base64s:
        yield base64.urlsafe_b64decode(each.replace(b"+", b"-").replace(b"/", b"_") + b"=")
    if everywhere:
        for place in range(len(found) - crypto.KEY_BYTES + 1):
            key = found[place : place + crypto.KEY_BYTES]
            # Of random keys one in four thousand million is ASCII, and fewer repeat themselves so much.
            if not key.isascii() and len(set(key)) >= crypto.KEY_BYTES // 2:
                yield key


def _sheets(text: bytes) -> list[shares.Words]:
    """Sheets of custodians in a text, numbered or not."""
    typed = [word.decode() for word in re.findall(rb"[a-z]+", text.lower())]
    sheets = []
    for place in range(len(typed) - shares.WORDS + 1):
        if shares.whole(typed[place]):
            with contextlib.suppress(Problem):
                sheets.append(shares.read(" ".join(typed[place : place + shares.WORDS])))
    return sheets


def what_opens(folder: Path, vault: Vault) -> set[str]:
    """Files of a folder that hold a key which opens something in the vault, without anybody's words.

    In tables and journal of PostgreSQL keys are looked for as text only; `where` finds raw ones there too.
    """
    found = set()
    sheets: list[tuple[str, shares.Words]] = []

    def tried(name: str, part: bytes) -> None:
        short = len(part) <= SMALL and not _TABLES.match(name)
        if any(vault.open_to(key) for key in keys_in(part, everywhere=short)):
            found.add(name)
        if short:
            sheets.extend((name, each) for each in _sheets(part))

    for name, path in files(folder):
        for part in parts(path):
            tried(name, part)
    for (first, words), (second, others) in combinations(sheets, 2):
        with contextlib.suppress(Problem):
            if vault.open_to(shares.join(words, others)):
                found |= {first, second}
    return found


def where(folder: Path, keys: Sequence[bytes], words: Sequence[shares.Words]) -> set[str]:
    """Files of any size that hold one of these keys, raw or as text, or four words of a sheet that follow each other."""
    wanted = {form for key in keys for form in _forms(key)}
    for each in words:
        sheet = each.text.split()
        wanted |= {" ".join(sheet[place : place + 4]).encode() for place in range(0, len(sheet) - 3, 2)}
    return {name for name, path in files(folder) if any(form in part for part in parts(path) for form in wanted)}


def _forms(key: bytes) -> set[bytes]:
    coded = {base64.b64encode(b"\0" * shift + key).rstrip(b"=")[4:-2] for shift in range(3)}
    return (
        {key, key.hex().encode(), key.hex().upper().encode()}
        | coded
        | {each.replace(b"+", b"-").replace(b"/", b"_") for each in coded}
    )


# What was restored


@dataclass(frozen=True)
class Counts:
    """How many rows there were in each table, and erasures, when the trail ended at entry `seq`."""

    seq: int
    erased: int
    tables: dict[str, int]

    @classmethod
    def of(cls, connection: psycopg.Connection[Any]) -> Counts:
        """Sessions, jobs and what a restore makes anew are not counted. One snapshot; raises psycopg.Error."""
        connection.rollback()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relname <> ALL(%s) AND relname NOT LIKE %s ORDER BY relname",
            [list(LEFT_OUT), f"{JOBS}%"],
        ).fetchall()

        def count(name: str) -> int:
            row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
            return int(row[0]) if row else 0

        tables = {name: count(name) for (name,) in names}
        row = connection.execute("SELECT seq FROM trail_head WHERE id = 1").fetchone()
        return cls(int(row[0]) if row else 0, count("vault_erasure"), tables)


def keys_of(connection: psycopg.Connection[Any], subjects: Sequence[UUID]) -> int:
    """How many wrapped keys of these subjects are left, in any table that keeps such."""
    from compass.trail.erasures import WRAPS

    total = 0
    for table, column in connection.execute(WRAPS).fetchall():
        query = sql.SQL("SELECT count(*) FROM {} WHERE {} = ANY(%s)")
        row = connection.execute(
            query.format(sql.Identifier(table), sql.Identifier(column)), [list(subjects)]
        ).fetchone()
        total += int(row[0]) if row else 0
    return total
