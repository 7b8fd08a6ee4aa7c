"""Custodians at a terminal: showing each of three their words once, asking two of them for the key.

Words and key are in this process's memory and in no argument, no environment, no log and no file. A process that starts
others hands the key on as an anonymous file in memory, by its number (`compass.vault.ring`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from compass.config import terminal
from compass.config.embedded import EmbeddedError
from compass.problems import Problem, TokenForeign
from compass.vault import custody, hsm, root, shares
from compass.vault.ring import Ring

T = TypeVar("T")
TRIES = 3
ASKED_BACK = 2


def take(words_fd: int | None = None, pin_fd: int | None = None) -> Ring:
    """The root keys for this process and those it starts, unless it was handed them or has a file: from the token of this
    installation and its PIN, else from two custodians.

    Raises Problem when the words or the token do not open this installation, EmbeddedError when nobody can be asked.
    """
    root.leave_no_trace()
    if not settings.COMPASS_ROOT_KEY_FD and not settings.COMPASS_ROOT_KEY_FILE:
        if not custody.in_hands():
            raise EmbeddedError(_("This installation has no root key yet. Make one with: compass keys create"))
        if not hasattr(os, "memfd_create"):
            raise EmbeddedError(
                _("A key of custodians is kept in memory in a way that only Linux has. Serve on Linux.")
            )
        key = _from_token(pin_fd) if words_fd is None and hsm.is_named() and hsm.kept() else b""
        key = key or ask(words_fd)[0]
        held = Ring.shared({custody.number_of(root.HeldKey(key)): key})
        settings.COMPASS_ROOT_KEY_FD = str(held.fd)
        root.ring.cache_clear()
    held = root.ring()
    if held.fd is not None:
        root.learn(held)
    return held


def hand_on() -> None:
    """Let the program that takes this process's place find the root keys: it is told a number, never a key."""
    held = root.ring()
    if held.fd is not None:
        os.set_inheritable(held.fd, True)
        os.environ["COMPASS_ROOT_KEY_FD"] = str(held.fd)


def pin(pin_fd: int | None, *, may_be_empty: bool = False) -> str:
    """The PIN of the token. Raises EmbeddedError away from a terminal."""
    if pin_fd is not None:
        try:
            with os.fdopen(pin_fd) as source:
                return source.readline().rstrip("\n")
        except OSError as error:
            raise EmbeddedError(_("Nothing can be read from the file descriptor that --pin-fd names.")) from error
    if not terminal.is_one():
        raise EmbeddedError(_("Somebody must type the PIN of the token: start this at a terminal, or see --pin-fd."))
    question = (
        _("PIN of the token (leave it empty to let two custodians open):") if may_be_empty else _("PIN of the token:")
    )
    try:
        return terminal.hidden(question)
    except EOFError as error:
        raise EmbeddedError(_("The terminal was closed; nothing was changed.")) from error


def _from_token(pin_fd: int | None) -> bytes:
    """The root key by the token, or nothing where custodians are to open. A PIN is tried once for each time it is typed."""

    def opened() -> bytes:
        typed = pin(pin_fd, may_be_empty=True)
        if not typed and pin_fd is None:
            return b""
        number, key = hsm.take(typed)
        if custody.known().checks.get(number) != root.HeldKey(key).check or number not in custody.known().counts:
            raise TokenForeign
        return key

    return opened() if pin_fd is not None else _again(opened)


def ask(words_fd: int | None = None) -> tuple[bytes, int]:
    """The key of two custodians and the number of the set their words are of. Raises Problem, EmbeddedError."""
    first, second = two(words_fd)
    return shares.join(first, second), first.set_number


def two(words_fd: int | None = None) -> tuple[shares.Words, shares.Words]:
    """The words of two custodians; at a terminal they were tried together. Raises Problem, EmbeddedError."""
    if words_fd is not None:
        return _from_descriptor(words_fd)
    if not terminal.is_one():
        raise EmbeddedError(_("Two custodians must type their words: start this at a terminal, or see --words-fd."))
    terminal.say(_("Two custodians are needed. What they type is not shown; four letters of each word are enough."))
    first = _again(lambda: _typed(_("Words of the first custodian:")))

    def fitting() -> shares.Words:
        second = _typed(_("Words of the second custodian:"))
        shares.join(first, second)
        return second

    return first, _again(fitting)


def _typed(question: str) -> shares.Words:
    try:
        return shares.read(terminal.hidden(question))
    except EOFError as error:
        raise EmbeddedError(_("The terminal was closed; nothing was changed.")) from error


def _again(step: Callable[[], T]) -> T:
    """Whoever typed something wrong is told what, and asked twice more."""
    for _try in range(TRIES - 1):
        try:
            return step()
        except Problem as problem:
            terminal.say(str(problem))
    return step()


def _from_descriptor(number: int) -> tuple[shares.Words, shares.Words]:
    try:
        with os.fdopen(number) as source:
            lines = [line for line in source.read().splitlines() if line.strip()]
    except OSError as error:
        raise EmbeddedError(_("Nothing can be read from the file descriptor that --words-fd names.")) from error
    if len(lines) != shares.NEEDED:
        raise EmbeddedError(_("The file descriptor must give two lines, the words of one custodian in each."))
    first, second = (shares.read(line) for line in lines)
    return first, second


def show(made: list[str]) -> None:
    """Show each custodian their words, alone, until two were typed back. Raises EmbeddedError away from a terminal."""
    if not terminal.is_one():
        raise EmbeddedError(
            _("Words are shown at a terminal only, never written into a file or a log. Start this at one.")
        )
    try:
        for number, sentence in enumerate(made, 1):
            terminal.clear()
            terminal.pause(
                _("Words of custodian %(number)d of %(count)d. Everyone else turns away. Press Enter when ready.")
                % {"number": number, "count": len(made)}
            )
            while not _written(number, sentence.split()):
                terminal.say(_("Not the word of that number. Compare your sheet; the words are shown once more."))
                terminal.pause(_("Press Enter to see them."))
    except EOFError as error:
        raise EmbeddedError(_("The terminal was closed; nothing was changed.")) from error
    finally:
        terminal.clear()


def _written(number: int, words: list[str]) -> bool:
    terminal.clear()
    terminal.say(
        _("Custodian %(number)d: write these words on paper, with their numbers and today’s date.") % {"number": number}
    )
    terminal.say(f"\n{terminal.sheet(words)}\n")
    terminal.pause(_("Press Enter when they are written; then the screen is cleared."))
    terminal.clear()
    for place in sorted(secrets.SystemRandom().sample(range(len(words)), ASKED_BACK)):
        typed = terminal.hidden(_("Word %(number)d:") % {"number": place + 1}).strip().lower()
        if shares.whole(typed) != words[place]:
            return False
    return True
