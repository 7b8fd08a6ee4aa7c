"""What the recorded answers say about reaching a person without harm. No answer is a no.

Source: case-management.md 2.3 and 2.13 (safe contact: the way, the times, what may be said, who must not know).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compass.people.matching.keys import PHONE_DIGITS, number
from compass.vocabulary import label_of

#: Ways in which the person's own number is not rung, whatever else was answered.
THROUGH_ANOTHER = "through_trusted_person"
NEVER_RUNG = frozenset({THROUGH_ANOTHER, "at_the_centre", "no_contact"})


@dataclass(frozen=True)
class Reach:
    """What a colleague must see before calling, writing or handing over paper; nothing here says where the person is.

    way: code of safe_contact, or empty. calls, paper: True, False, or None where nobody asked. timed: whether there are
    times to keep to, which are sealed. known: whether anything at all is recorded. interpreter: whether the person needs
    one, None where nobody asked; in which language (code) and whom they prefer (code of interpreter_sex), or empty.
    """

    way: str
    calls: bool | None
    paper: bool | None
    timed: bool
    known: bool
    interpreter: bool | None
    interpreter_language: str
    interpreter_sex: str

    @property
    def way_label(self) -> str:
        return label_of("safe_contact", self.way) if self.way else ""


def reach(contact: Mapping[str, Any]) -> Reach:
    """The answers that can be shown without opening what is sealed. `contact` as in Person."""
    way, calls = str(contact.get("safe_contact") or ""), contact.get("safe_to_call")
    return Reach(
        way=way,
        calls=False if way in NEVER_RUNG else calls,
        paper=contact.get("safe_to_carry_paper"),
        timed=bool(contact.get("safe_times")),
        known=bool(way or contact.get("phone")) or calls is not None or contact.get("safe_to_carry_paper") is not None,
        interpreter=contact.get("interpreter_needed"),
        interpreter_language=str(contact.get("interpreter_language") or ""),
        interpreter_sex=str(contact.get("interpreter_sex") or ""),
    )


def may_be_called(contact: Mapping[str, Any]) -> bool:
    """Whether there is a number of which the person said that calling it is safe, and which did not become unsafe."""
    phone = str(contact.get("phone") or "").strip()
    return bool(phone) and reach(contact).calls is True and not is_unsafe(phone, contact.get("unsafe_numbers") or ())


def is_unsafe(phone: str, unsafe: Any) -> bool:
    """Whether a number is one of those that are no longer safe, with or without the code of its country."""
    return _same(phone) in {_same(each) for each in unsafe}


def dialled(phone: str) -> str:
    """A number as a telephone takes it: its digits, and a plus where it begins with one."""
    return ("+" if phone.strip("\u200e\u200f \u00a0(").startswith("+") else "") + number(phone)


def _same(phone: str) -> str:
    return number(phone)[-PHONE_DIGITS:]
