"""Talking with people at a terminal: in their language, without showing what they type."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Sequence

from django.utils import translation

CLEAR = "\033[2J\033[3J\033[H"
COLUMNS = 3


def speak() -> None:
    """The language of the terminal (LC_ALL, LC_MESSAGES, LANG), if it is one of ours; English otherwise."""
    from django.conf import settings

    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    language = told[:2].lower()
    translation.activate(language if language in dict(settings.LANGUAGES) else "en")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def is_one() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def hidden(question: str) -> str:
    """What somebody types; nothing is shown meanwhile. Raises EOFError at the end of the input."""
    return getpass.getpass(f"{question} ")


def pause(text: str) -> None:
    getpass.getpass(f"{text} ")


def clear() -> None:
    """Clear the screen and what it scrolled away."""
    sys.stdout.write(CLEAR)
    sys.stdout.flush()


def sheet(words: Sequence[str]) -> str:
    """Words with their numbers, in columns read from the top to the bottom."""
    rows = -(-len(words) // COLUMNS)
    lines = []
    for row in range(rows):
        cells = [f"{place + 1:>3}  {words[place]:<10}" for place in range(row, len(words), rows)]
        lines.append("   ".join(cells).rstrip())
    return "\n".join(lines)
