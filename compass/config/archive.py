"""A backup: a tar stream inside an age stream. Any machine with age, tar and pg_restore opens it, also without COMPASS:

    age -d -i identity backup.age | tar -x && cat database/* | pg_restore …

Members, in this order: the small files (`FILES`), the dump of the database in pieces of a megabyte (`database/000001`, …),
and `manifest.json` with a SHA-256 of each, signed with the key of the checkpoints: age says that nothing was changed on the
way, the signature says who made it. Both directions go through memory piece by piece; none of it is on a disk in the clear.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.translation import gettext as _

from compass.config.embedded import EmbeddedError

FORMAT = 1
PIECE = 1024 * 1024
MANIFEST, DATABASE = "manifest.json", "database/"
#: The small files: what the machine knows of the root key, the key of the checkpoints in both halves, what it signed.
CUSTODIANS, CHECKPOINT_KEY, CHECKPOINT_PUB = "custodians.json", "checkpoint.key", "checkpoint.pub"
CHECKPOINTS, ERASURES = "checkpoints.jsonl", "erasures.jsonl"
FILES = (CUSTODIANS, CHECKPOINT_KEY, CHECKPOINT_PUB, CHECKPOINTS, ERASURES)
_BLOCK = tarfile.BLOCKSIZE
_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 how every identity begins
_WORD = b"COMPASS backup 1\n"


@dataclass(frozen=True)
class Manifest:
    """When the database was as the backup has it, the last entry of its trail, and a digest of every member."""

    at: datetime
    seq: int
    server: int
    digests: Mapping[str, str]

    def fields(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "digests": dict(self.digests),
            "format": FORMAT,
            "seq": self.seq,
            "server": self.server,
        }

    def message(self) -> bytes:
        """What is signed: canonical JSON behind a word that keeps the key from signing anything else."""
        return _WORD + json.dumps(self.fields(), separators=(",", ":"), sort_keys=True).encode()

    def signed(self, key: Ed25519PrivateKey) -> bytes:
        signature = base64.b64encode(key.sign(self.message())).decode()
        return json.dumps({**self.fields(), "signature": signature}, sort_keys=True).encode()


def recipients(lines: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """Of lines with `age1…` each, comments and empty lines left out. Raises EmbeddedError."""
    told = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if any(line.upper().startswith(_SECRET) for line in told):
        raise EmbeddedError(
            _(
                "That is an identity, which opens backups, and must never come onto this machine. Name its recipient, age1…"
            )
        )
    try:
        found = [pyrage.x25519.Recipient.from_str(line) for line in told]
    except pyrage.RecipientError as error:
        raise EmbeddedError(_("A recipient is not of age: it begins with age1 and has 62 characters.")) from error
    if not found:
        raise EmbeddedError(
            _("Name at least one recipient who can open the backup: --recipient age1…, or a file with --recipients.")
        )
    return found


def identities(path: Path) -> list[pyrage.x25519.Identity]:
    """Of a file as age-keygen writes it. Raises EmbeddedError."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EmbeddedError(_("The identity file cannot be read.")) from error
    return identities_of(lines)


def identities_of(lines: Sequence[str]) -> list[pyrage.x25519.Identity]:
    """Of lines as age-keygen writes them, comments among them. Raises EmbeddedError."""
    try:
        told = [line.strip() for line in lines]
        found = [pyrage.x25519.Identity.from_str(line) for line in told if line.startswith(_SECRET)]
    except pyrage.IdentityError as error:
        raise EmbeddedError(_("The identity file cannot be read.")) from error
    if not found:
        raise EmbeddedError(_("The identity file holds no identity of age: a line that begins with AGE-SECRET-KEY-1."))
    return found


class _Pull(io.RawIOBase):
    """A stream that is made while it is read. What went wrong on the way is kept: age tells only that something did."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self._rest = source, memoryview(b"")
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            try:
                self._rest = memoryview(next(self._source, b""))
            except Exception as error:
                self.error = error
                raise
        end = len(self._rest) if size < 0 else size
        piece, self._rest = self._rest[:end], self._rest[end:]
        return bytes(piece)


class _Push:
    """Where age writes to; the same."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take = take
        self.error: Exception | None = None

    def write(self, content: bytes) -> int:
        try:
            self._take(content)
        except Exception as error:
            self.error = error
            raise
        return len(content)

    def flush(self) -> None:
        """age asks for it; the file is flushed by who opened it."""


def _member(name: str, content: bytes) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o400
    return info.tobuf(format=tarfile.USTAR_FORMAT) + content + b"\0" * (-len(content) % _BLOCK)


def _stream(
    files: Mapping[str, bytes], dump: Iterator[bytes], close: Callable[[Mapping[str, str]], bytes]
) -> Iterator[bytes]:
    digests = {}
    for name, content in files.items():
        digests[name] = hashlib.sha256(content).hexdigest()
        yield _member(name, content)
    whole = hashlib.sha256()
    for number, piece in enumerate(dump, 1):
        whole.update(piece)
        yield _member(f"{DATABASE}{number:06}", piece)
    digests[DATABASE] = whole.hexdigest()
    yield _member(MANIFEST, close(digests))
    yield b"\0" * (2 * _BLOCK)


def write(
    target: BinaryIO,
    to: Sequence[pyrage.x25519.Recipient],
    files: Mapping[str, bytes],
    dump: Iterator[bytes],
    close: Callable[[Mapping[str, str]], bytes],
) -> None:
    """Encrypt `files` and the pieces of `dump` into `target`; `close` makes the manifest of their digests.

    Raises whatever reading the dump or writing the target raises; what was written until then does not open.
    """
    source, sink = _Pull(_stream(files, dump, close)), _Push(target.write)
    try:
        pyrage.encrypt_io(source, sink, list(to))
    except (pyrage.EncryptError, OSError) as error:
        raise source.error or sink.error or error from error


class _Unpacker:
    """Takes a tar stream as it comes and hands each member's bytes on."""

    def __init__(self, hand: Callable[[str, bytes], object]) -> None:
        self._hand, self._name = hand, ""
        self._head, self._left, self._padding = bytearray(), 0, 0

    def take(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            if self._left:
                piece, view = view[: self._left], view[self._left :]
                self._left -= len(piece)
                self._hand(self._name, bytes(piece))
            elif self._padding:
                piece, view = view[: self._padding], view[self._padding :]
                self._padding -= len(piece)
            else:
                wanted = _BLOCK - len(self._head)
                self._head += view[:wanted]
                view = view[wanted:]
                if len(self._head) == _BLOCK:
                    self._begin(bytes(self._head))
                    self._head.clear()

    def _begin(self, head: bytes) -> None:
        if not any(head):
            return
        info = tarfile.TarInfo.frombuf(head, "ascii", "strict")
        self._name, self._left, self._padding = info.name, info.size, -info.size % _BLOCK
        self._hand(self._name, b"")


def read(path: Path, by: Sequence[pyrage.x25519.Identity], dump: Callable[[bytes], object]) -> dict[str, bytes]:
    """Decrypt a backup: pieces of the database go to `dump` as they come, the small members are returned.

    Raises EmbeddedError with one sentence: a wrong identity, no backup, a cut or changed file.
    """
    small: dict[str, bytes] = {}

    def hand(name: str, content: bytes) -> None:
        if name.startswith(DATABASE):
            dump(content)
        else:
            small[name] = small.get(name, b"") + content

    sink = _Push(_Unpacker(hand).take)
    try:
        with path.open("rb") as source:
            pyrage.decrypt_io(source, sink, list(by))
    except pyrage.DecryptError as error:
        if sink.error:
            raise sink.error from error
        if "No matching keys" in str(error):
            raise EmbeddedError(
                _("This identity does not open the backup: it was made for other recipients.")
            ) from error
        raise _broken() from error
    except tarfile.TarError as error:
        raise _broken() from error
    except OSError as error:
        if sink.error:
            raise sink.error from error
        if error.errno is not None:
            raise EmbeddedError(_("The backup cannot be read.")) from error
        raise _broken() from error
    return small


def _broken() -> EmbeddedError:
    return EmbeddedError(
        _("The file is no whole backup: it was cut, or changed, or is something else. Take another copy.")
    )


def checked(
    path: Path, by: Sequence[pyrage.x25519.Identity], key: Ed25519PublicKey | None = None
) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest and the small files of a backup that was read to its end and is as it was written.

    `key` is the public half of the checkpoints' key as an officer keeps it; without it the backup's own is taken, which
    finds damage, not a backup that somebody else made. Raises EmbeddedError.
    """
    from compass.trail.checkpoints import BadCheckpoint, public_key

    whole = hashlib.sha256()
    small = read(path, by, whole.update)
    try:
        said = json.loads(small.pop(MANIFEST))
        if said["format"] != FORMAT:
            raise EmbeddedError(_("A newer version of COMPASS made this backup. Restore it with that version."))
        manifest = Manifest(datetime.fromisoformat(said["at"]), int(said["seq"]), int(said["server"]), said["digests"])
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in small.items()}
        if manifest.digests != {**digests, DATABASE: whole.hexdigest()}:
            raise _broken()
        (key or public_key(small[CHECKPOINT_PUB])).verify(base64.b64decode(said["signature"]), manifest.message())
    except InvalidSignature as error:
        raise EmbeddedError(
            _("The backup was not made by the installation of this public key. Do not restore it.")
        ) from error
    except (ValueError, KeyError, TypeError, binascii.Error, BadCheckpoint) as error:
        raise _broken() from error
    return manifest, small
