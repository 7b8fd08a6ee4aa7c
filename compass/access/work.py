"""The unit of work: one transaction with a scope, a key ring and one entry in the trail.

    with unit_of_work(actor, "cases.read") as work:
        case = work.find("cases.view", Case, pk)

The page is rendered inside. The trail is written last. A Problem rolls everything back; a refusal is then written to the
trail in a second transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import DatabaseError, models, transaction
from django.db.models import Q
from django.utils import timezone

from compass.access import openings, policy, scope
from compass.access.actor import Actor
from compass.access.prepared import Prepared
from compass.access.zones import zone_of
from compass.problems import Denied, NotFound, Problem, StaleVersion
from compass.trail import chain
from compass.vault.keys import KeyRing
from compass.vault.walls import Wall

M = TypeVar("M", bound=models.Model)
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Command:
    """What every action is told for each item of its list.

    `key`: idempotency key made by the client. `occurred_at`: when it happened (aware). `basis`: code of the vocabulary
    list legal_basis. `id` and `version`: the record and the version the user saw, where there is one. `said`: a digest of
    what was typed, so that a page that was gone back to and changed is not taken for one that was sent twice.
    """

    key: UUID
    occurred_at: datetime
    basis: str
    id: UUID | None = None
    version: int | None = None
    said: str = ""


def stamp(work: Work, command: Command) -> dict[str, Any]:
    """The fields of one record that come from the command and the unit of work: basis, both times, who recorded it.

    Called once for each row: rows of one unit of work are told apart by `recorded_at`.
    """
    return {
        "basis": command.basis,
        "occurred_at": command.occurred_at,
        "recorded_at": work.written(),
        "recorded_by": work.actor.id,
    }


LastStep = Callable[["Work", Sequence[UUID]], None]


#: `step(work, rows)`: called with rows that are taken up to be changed; true where it changed them: they are read anew.
TakingUp = Callable[["Work", Iterable[models.Model]], bool]
_taking_up: list[TakingUp] = []


def on_taking_up(step: TakingUp) -> None:
    if step not in _taking_up:
        _taking_up.append(step)


#: Rules of pages that only show.
_LOOKS = (".view", ".inbox", ".see_travel")


@cache
def _one(model: Any) -> Prepared[Any]:
    def one(where: Q, pk: UUID) -> models.QuerySet[Any]:
        return cast("models.QuerySet[Any]", model._default_manager.filter(where, pk=pk))

    return Prepared(one)


class Work:
    """What an action or a page may use. Made by `unit_of_work`."""

    def __init__(
        self, actor: Actor, purpose: str, *, session: str = "", confirmed_at: datetime | None = None, address: str = ""
    ) -> None:
        self.actor = actor
        #: Of the page, without what follows a question mark; empty outside of one.
        self.address = address
        #: When the colleague of this session last showed that it is them; None when nothing says it.
        self.confirmed_at = confirmed_at
        self.now = timezone.now()
        self.keys = KeyRing(actor.organisations)
        self.draft = chain.Draft(
            actor=actor.id, organisation_id=actor.organisation.pk, purpose=purpose, at=self.now, session=session
        )
        self._at_end: dict[LastStep, dict[UUID, None]] = {}
        self._resting = False
        self._rows = 0
        self.acting = False

    @property
    def today(self) -> date:
        """The day it is in the actor's office; the day that is typed on its pages."""
        return self.day(self.now)

    def day(self, moment: datetime) -> date:
        """The day of a moment (aware) by the clock of the actor's office."""
        return moment.astimezone(zone_of(self.actor.organisation.country)).date()

    def written(self) -> datetime:
        """`recorded_at` of the next row: the moment of the unit of work and a microsecond for each row before it.

        It is the order in which the rows were made, as a colleague typed them: identifiers have none
        (`compass.vault.identifiers`). No row is dated ahead: making one takes longer than a microsecond.
        """
        moment = self.now + timedelta(microseconds=self._rows)
        self._rows += 1
        return moment

    def may(self, name: str) -> bool:
        return policy.may(self.actor, name)

    def demand(self, name: str) -> None:
        """Raise Denied unless the actor holds a role of the rule."""
        if not self.may(name):
            raise Denied(roles=policy.RULES[name].roles)

    def allowed(self, name: str, model: type[M]) -> models.QuerySet[M]:
        """The rows of `model` on which the actor may do `name`. The organisation equality is repeated in the query."""
        return model._default_manager.filter(policy.where(self.actor, name))

    def rows(self, asked: Prepared[M], name: str, **given: object) -> list[M]:
        """`allowed` for a query whose text is kept: its argument `where` is the condition of the rule."""
        return asked(where=policy.where(self.actor, name), **given)

    def find(self, name: str, model: type[M], pk: UUID) -> M:
        """One row, or NotFound (also when it exists elsewhere). The subject goes into the trail."""
        found = self.rows(_one(model), name, pk=pk)
        if self.take_up(name, found):
            found = self.rows(_one(model), name, pk=pk)
        if not found:
            raise NotFound
        self.saw(found)
        row: M = found[0]
        return row

    def take_up(self, name: str, rows: Iterable[models.Model]) -> bool:
        """Let rows that are found for more than looking at them be made exact; whether they must be read anew."""
        found = list(rows)
        return not name.endswith(_LOOKS) and any(step(self, found) for step in _taking_up)

    def require(self, name: str, model: type[M], commands: Sequence[Command]) -> list[M]:
        """The rows the commands name, locked, in their order; rule and version checked in one query.

        Raises Denied, NotFound or StaleVersion (with the current row), and what the record itself refuses with.
        """
        wanted = [c.id for c in commands]
        asked = self.allowed(name, model).filter(pk__in=wanted).select_for_update(of=("self",))
        rows = {row.pk: row for row in asked}
        if any(step(self, rows.values()) for step in _taking_up):
            rows = {row.pk: row for row in asked.all()}
        found = []
        for command in commands:
            row = rows.get(command.id)
            if row is None:
                raise NotFound
            if command.version is not None and command.version != getattr(row, "version", None):
                raise StaleVersion(current=row)
            # Some records say themselves which steps they take no more.
            if (must_take := getattr(row, "must_take", None)) is not None:
                must_take(name)
            found.append(row)
        return found

    def saw(self, rows: Iterable[models.Model]) -> None:
        """Note the people these rows are about (`subject_id` of the row, else its key), or the rows that are public."""
        for row in rows:
            wall: Wall | None = getattr(row, "wall", None)
            noted = self.draft.public if wall and wall.public else self.draft.subjects
            noted[getattr(row, "subject_id", None) or row.pk] = None

    def record(self, action: str, *, results: Sequence[UUID] = (), **facts: str | int) -> None:
        """Add an event: codes, numbers and opaque identifiers only, never values of the record."""
        self.draft.events.append({"action": action, "results": [str(r) for r in results], **facts})

    def opens(
        self,
        action: str,
        people: Iterable[UUID],
        *,
        results: Sequence[UUID] = (),
        caseload: bool = False,
        **facts: str | int,
    ) -> None:
        """Note that sealed words about these people are shown on this response, before they are opened; `results` where
        other records than the people themselves are named; `caseload`: they are the colleague's own. Raises
        OpenedTooOften, ConfirmAgain."""
        asked = list(people)
        openings.count(self, asked, caseload=caseload)
        self.record(action, results=results or asked, **facts)

    def at_end(self, step: LastStep, about: Iterable[UUID]) -> None:
        """Call `step(work, identifiers)` once, when all else is written and only the trail is left.

        For what takes a lock that others of the office wait for: taken last, it is held shortly and after every lock on
        a record, so that two units of work never wait for each other.
        """
        self._at_end.setdefault(step, {}).update(dict.fromkeys(about))

    def finish(self) -> None:
        """Take the last steps."""
        for step, about in self._at_end.items():
            step(self, list(about))

    @contextmanager
    def resting(self, on_consent: bool) -> Iterator[bool]:
        """While an act runs that rests on consent or not; whether what runs is taken along by one that does."""
        inside = self._resting
        self._resting = inside or on_consent
        try:
            yield inside
        finally:
            self._resting = inside

    def again(self, function: Callable[[], T], mend: Callable[[DatabaseError], bool]) -> T:
        """What `function` gives. Where the database refused it and `mend` could do something about that, it is undone and
        done again."""
        while True:
            undo = self._mark()
            try:
                with transaction.atomic():
                    return function()
            except DatabaseError as error:
                undo()
                if not mend(error):
                    raise

    def _mark(self) -> Callable[[], None]:
        """Forget, when called, what was noted since: it was rolled back."""
        events, keys = len(self.draft.events), self.keys.mark()
        at_end = {step: dict(about) for step, about in self._at_end.items()}

        def undo() -> None:
            del self.draft.events[events:]
            self.keys.rewind(keys)
            self._at_end = at_end

        return undo

    @contextmanager
    def attempt(self, form: Any) -> Iterator[None]:
        """Run actions for a form: a Problem undoes them and becomes an error of the form; what was typed stays.

        What was undone is not in the trail; who was looked at meanwhile is.
        """
        undo = self._mark()
        try:
            with transaction.atomic():
                yield
        except Problem as problem:
            undo()
            form.problem = problem
            form.add_error(None, problem.what)
            if isinstance(problem, Denied):
                self.record("refused", problem=problem.number)


@contextmanager
def unit_of_work(
    actor: Actor, purpose: str, *, session: str = "", confirmed_at: datetime | None = None, address: str = ""
) -> Iterator[Work]:
    """Open the transaction, set the scope, hand out a Work, write the trail, commit.

    Jobs, commands and stream generators open their own. Units do not nest.
    """
    if scope.current_work.get() is not None:
        raise RuntimeError("units of work do not nest")
    work = Work(actor, purpose, session=session, confirmed_at=confirmed_at, address=address)
    outer = transaction.get_connection().in_atomic_block
    with transaction.atomic():
        scope.enter(scope.sign(actor.id, actor.organisations, actor.countries, actor.tiers, pid=scope.backend_pid()))
        token = scope.current_work.set(work)
        try:
            yield work
            work.finish()
            work.draft.sealed = work.keys.sealed
            chain.append(work.draft)
        finally:
            scope.current_work.reset(token)
        if outer:
            # Inside an outer transaction (a test) SET LOCAL would outlive this block.
            scope.enter("")


def record_refusal(actor: Actor, purpose: str, problem: Problem, *, session: str = "") -> None:
    """Write a refusal to the trail in a transaction of its own."""
    draft = chain.Draft(
        actor=actor.id, organisation_id=actor.organisation.pk, purpose=purpose, at=timezone.now(), session=session
    )
    draft.events.append({"action": "refused", "problem": problem.number})
    with scope.alone(actor.id):
        chain.append(draft)
