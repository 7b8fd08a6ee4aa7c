"""Root keys by number, in memory: a dictionary, and for processes that start others an anonymous file on no disk.

The file (memfd_create(2)) is inherited by its number. It only grows, so that a process may read while another adds: when one
worker learns a key, the master, the other workers and those that will be started later have it. When one empties it, none
has it any more. Whoever has a file keeps no copy beside it: a process that only hands it on never reads a key.
"""

from __future__ import annotations

import os
import struct

from compass.problems import KeyAbsent

MARK = b"COMPASS root key"
SLOT = struct.Struct(">I32s")


class Ring:
    """`keys`: 32 bytes by number. `fd`: the anonymous file they are shared through, if any."""

    def __init__(self, keys: dict[int, bytes], fd: int | None = None) -> None:
        self._keys = dict(keys)
        self.fd = fd

    @classmethod
    def shared(cls, keys: dict[int, bytes]) -> Ring:
        """A ring that processes started from this one can inherit (Linux)."""
        fd = os.memfd_create("compass", 0)
        os.write(fd, MARK)
        made = cls({}, fd)
        for number, key in keys.items():
            made.add(number, key)
        return made

    @classmethod
    def inherited(cls, fd: int) -> Ring:
        """The ring behind a number that another process gave. Raises KeyAbsent when that is no ring, or an empty one."""
        made = cls({}, fd)
        if made.empty():
            raise KeyAbsent
        return made

    def _content(self, fd: int, size: int) -> bytes:
        try:
            content = os.pread(fd, size, 0)
        except OSError as error:
            raise KeyAbsent from error
        if not content.startswith(MARK):
            raise KeyAbsent
        return content

    def _held(self) -> dict[int, bytes]:
        if self.fd is None:
            return self._keys
        content = self._content(self.fd, 1 << 16)
        whole = (len(content) - len(MARK)) // SLOT.size * SLOT.size
        return dict(SLOT.iter_unpack(content[len(MARK) : len(MARK) + whole]))

    def empty(self) -> bool:
        """Whether it holds no key; of a shared one no key is read for that."""
        if self.fd is None:
            return not self._keys
        self._content(self.fd, len(MARK))
        return os.fstat(self.fd).st_size < len(MARK) + SLOT.size

    def get(self, number: int) -> bytes | None:
        return self._held().get(number)

    def newest(self) -> int:
        """Raises KeyAbsent when it was emptied."""
        held = self._held()
        if not held:
            raise KeyAbsent
        return max(held)

    def add(self, number: int, key: bytes) -> None:
        if self.fd is None:
            self._keys[number] = key
            return
        # Two processes that learn at once write the same bytes to the same place.
        end = len(MARK) + (os.fstat(self.fd).st_size - len(MARK)) // SLOT.size * SLOT.size
        os.pwrite(self.fd, SLOT.pack(number, key), end)

    def wipe(self) -> None:
        """Empty it, for every process that shares it."""
        self._keys.clear()
        if self.fd is not None:
            size = os.fstat(self.fd).st_size
            os.pwrite(self.fd, b"\0" * max(size - len(MARK), 0), len(MARK))
            os.ftruncate(self.fd, len(MARK))
