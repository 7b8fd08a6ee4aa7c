"""What a person said, and what follows from it: written a second time, without any code of the product.

The machine of `test_consent_machine` holds every path to this. Days are those of the machine, which may let years pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Talk:
    """One talk, when it was held; `yes` and `no`: what was answered. `last`: the last day on which it counts. `named`: who
    must not know, until the person says otherwise."""

    at: datetime
    yes: frozenset[str]
    no: frozenset[str]
    last: date
    child_says_no: bool = False
    taken_back: datetime | None = None
    named: frozenset[str] = frozenset()

    def holds(self, day: date) -> bool:
        return self.taken_back is None and day <= self.last


@dataclass
class Wishes:
    """All talks with one person. The one held last counts, whenever it was written down."""

    talks: list[Talk] = field(default_factory=list)

    @property
    def newest(self) -> Talk | None:
        # Of what is told of one moment the last word counts: a part that was taken back of a talk, dated before it.
        return max(reversed(self.talks), key=lambda talk: talk.at, default=None)

    def allow(self, scope: str, now: datetime, to: str = "") -> bool:
        talk = self.newest
        if talk is None or to in talk.named:
            return False
        return talk.holds(now.date()) and not talk.child_says_no and scope in talk.yes

    def asked_and_no(self, scope: str, now: datetime) -> bool:
        """Whether somebody asked, and the answer is anything but a yes that holds: nobody may take it for unasked."""
        talk = self.newest
        if talk is None or self.allow(scope, now):
            return False
        return not talk.holds(now.date()) or talk.child_says_no or scope in talk.no

    def said_no(self, scope: str, to: str = "") -> bool:
        """Whether the last word was a no; it does not grow old."""
        talk = self.newest
        if talk is None:
            return False
        return talk.taken_back is not None or talk.child_says_no or scope in talk.no or to in talk.named

    def say(
        self,
        at: datetime,
        yes: set[str],
        no: set[str],
        *,
        child_says_no: bool,
        ends: int | None = None,
        named: set[str] | None = None,
    ) -> bool:
        """A talk. What was not asked in it keeps the answer it had. False: it cannot count, consent was taken back since.
        `ends`: after how many days the person wants it to end. `named`: who must not know; None: that was not asked."""
        before, last = self.newest, at.date() + (YEAR if ends is None else timedelta(days=ends))
        if before is not None and before.taken_back is not None and at <= before.taken_back:
            return False
        kept_yes, kept_no = frozenset[str](), frozenset[str]()
        if before is not None and before.holds(at.date()) and before.at <= at:
            kept_no = before.no - yes
            kept_yes = frozenset() if before.child_says_no else before.yes - no - yes
            # A yes that nobody asked for again lasts no longer than it was given for.
            last = min(last, before.last) if kept_yes else last
        # Fear does not end with a year, nor with a yes that is taken back.
        named_now = before.named if named is None and before is not None else frozenset(named or ())
        talk = Talk(at, frozenset(yes) | kept_yes, frozenset(no) | kept_no, last, child_says_no, named=named_now)
        self.talks.append(talk)
        if before is not None and before.at > at and (new := talk.named - before.named):
            # Written down late: whoever was feared then is not known to be feared no more.
            self.take_back(at, set(), set(new))
        return True

    def take_back(self, at: datetime, scopes: set[str], named: set[str] | None = None) -> None:
        """All of it, or these purposes and what these receivers may know; nothing is left when no yes is."""
        talk = self.newest
        assert talk is not None
        self.talks.remove(talk)
        if named or (scopes and talk.yes - scopes):
            self.talks.append(talk)
            left = replace(
                talk, at=max(at, talk.at), yes=talk.yes - scopes, no=talk.no | frozenset(scopes),
                named=talk.named | frozenset(named or ()),
            )  # fmt: skip
            self.talks.append(left if left.yes or not talk.yes else replace(left, taken_back=left.at))
        else:
            self.talks.append(replace(talk, taken_back=at))


@dataclass
class Shared:
    """A referral: who may read it until when, unless it is recalled; `always`: it does not rest on consent."""

    always: bool
    draft: bool = True
    until: datetime | None = None
    recalled: bool = False

    def readable(self, now: datetime) -> bool:
        return not self.draft and not self.recalled and self.until is not None and now < self.until
