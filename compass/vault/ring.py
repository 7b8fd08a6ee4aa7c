"""Root keys by number, in memory: a dictionary, and for processes that start others an anonymous file on no disk.

The file (memfd_create(2)) is inherited by its number. It only grows, so that a process may read while another adds: when one
worker learns a key, the master, the other workers and those that will be started later have it.
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
        """The ring behind a number that another process gave. Raises KeyAbsent when that is no ring."""
        made = cls({}, fd)
        made._read()
        if not made._keys:
            raise KeyAbsent
        return made

    def _read(self) -> None:
        if self.fd is None:
            return
        try:
            content = os.pread(self.fd, 1 << 16, 0)
        except OSError as error:
            raise KeyAbsent from error
        if not content.startswith(MARK):
            raise KeyAbsent
        whole = (len(content) - len(MARK)) // SLOT.size * SLOT.size
        self._keys.update(SLOT.iter_unpack(content[len(MARK) : len(MARK) + whole]))

    def get(self, number: int) -> bytes | None:
        if number not in self._keys:
            self._read()
        return self._keys.get(number)

    def newest(self) -> int:
        self._read()
        return max(self._keys)

    def add(self, number: int, key: bytes) -> None:
        self._keys[number] = key
        if self.fd is not None:
            # Two processes that learn at once write the same bytes to the same place.
            end = len(MARK) + (os.fstat(self.fd).st_size - len(MARK)) // SLOT.size * SLOT.size
            os.pwrite(self.fd, SLOT.pack(number, key), end)
