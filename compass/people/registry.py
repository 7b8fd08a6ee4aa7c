"""The tables that refer to a person, filled by each room, read by whatever merges, erases or hands over a person.

Records that inherit `AboutPerson` are listed by themselves and move with the person. Any other column that names a
person is registered by its room in `AppConfig.ready`; a test fails for a foreign key that nobody registered.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db import models

from compass.people.models import AboutPerson, Consent, Person

if TYPE_CHECKING:
    from compass.access.work import Work


@dataclass(frozen=True)
class Reference:
    """A column that names a person.

    moves: whether the row goes to the new office when the person is handed over. follows: whether it is turned to the
    record that is kept when two records of the person are merged; what does not stays readable from the other record.
    """

    model: str
    column: str
    moves: bool
    follows: bool


_registered: dict[tuple[str, str], Reference] = {}


def refer(model: str, column: str, *, moves: bool, follows: bool = False) -> None:
    """Register a column (`"reception.Arrival", "person"`) that names a person outside AboutPerson.

    One that follows a merge must be a foreign key of a table without sealed columns that the application may change.
    """
    _registered[(model, column)] = Reference(model, column, moves, follows)


def references() -> tuple[Reference, ...]:
    """Every column that names a person, in a stable order."""
    own = (
        Reference(model._meta.label, "person", moves=True, follows=model.follows_merge)
        for model in apps.get_models()
        if issubclass(model, AboutPerson)
    )
    return tuple(sorted((*own, *_registered.values()), key=lambda found: (found.model, found.column)))


def unregistered() -> list[str]:
    """Foreign keys to a person that nobody registered, as `label.column`; must be empty."""
    known = {(found.model, found.column) for found in references()}
    return sorted(
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.related_model is Person
        and (model._meta.label, field.name) not in known
    )


Check = Callable[["Work", Person, Person], None]
_checks: list[Check] = []


def before_merge(check: Check) -> None:
    """Call `check(work, kept, absorbed)` before two records are made one: it raises NotYetOne, in words, when something
    must be settled first. It is called before a merge is undone as well."""
    if check not in _checks:
        _checks.append(check)


def must_allow_merge(work: Work, kept: Person, absorbed: Person) -> None:
    """Ask every room. Raises NotYetOne."""
    for check in _checks:
        check(work, kept, absorbed)


Readers = Callable[["Work", Person], set[UUID]]
_readers: list[Readers] = []


def on_readers(readers: Readers) -> None:
    """`readers(work, person)`: which colleagues, beside supervisors, may read what stays with a person's own record."""
    if readers not in _readers:
        _readers.append(readers)


def readers_of(work: Work, person: Person) -> set[UUID]:
    """Everyone whom a room named."""
    return {who for readers in _readers for who in readers(work, person)}


Listener = Callable[["Work", Sequence[Consent]], None]
_listeners: list[Listener] = []


def on_consent(listener: Listener) -> None:
    """Call `listener(work, consents)` whenever consent is given or withdrawn: what shares under it must follow at once."""
    if listener not in _listeners:
        _listeners.append(listener)


def consent_changed(work: Work, consents: Sequence[Consent]) -> None:
    """Tell every listener, inside the unit of work that changed the consent."""
    for listener in _listeners:
        listener(work, consents)


KeyProvider = Callable[["Work", Sequence[UUID]], Sequence[UUID]]
_keepers: list[KeyProvider] = []


def on_erasure(provider: KeyProvider) -> None:
    """Call `provider(work, people)` when people are erased: it ends what is under way about them and names the subjects of
    every other key under which something about them is sealed; those keys are destroyed too."""
    if provider not in _keepers:
        _keepers.append(provider)


def keys_about(work: Work, people: Sequence[UUID]) -> list[UUID]:
    """The subjects of keys, besides the people themselves, under which something about them is sealed."""
    return [subject for provider in _keepers for subject in provider(work, people)]


Receivers = Callable[["Work", Person], Sequence[str]]
_receivers: list[Receivers] = []


def on_receivers(provider: Receivers) -> None:
    """Register who names the organisations to whom something about a person was told."""
    if provider not in _receivers:
        _receivers.append(provider)


def receivers() -> Sequence[Receivers]:
    return tuple(_receivers)


Open = Callable[["Work", Collection[UUID]], Collection[UUID]]
_open: list[Open] = []


def on_open(provider: Open) -> None:
    """`provider(work, people)`: with which of these people a room has something open, so that no retention clock runs."""
    if provider not in _open:
        _open.append(provider)


def with_open(work: Work, people: Collection[UUID]) -> set[UUID]:
    """Those with whom any room has something open."""
    return {person for provider in _open for person in provider(work, people)}


Kinds = Callable[["Work", Collection[UUID]], Mapping[str, Collection[UUID]]]
_kinds: list[Kinds] = []


def on_kinds(provider: Kinds) -> None:
    """`provider(work, people)`: of which of these people a room holds which kind of record that has a term of its own."""
    if provider not in _kinds:
        _kinds.append(provider)


def kinds_of(work: Work, people: Collection[UUID]) -> dict[UUID, set[str]]:
    """The kinds of record that the rooms hold of these people."""
    found: dict[UUID, set[str]] = {}
    for provider in _kinds:
        for kind, about in provider(work, people).items():
            for person in about:
                found.setdefault(person, set()).add(kind)
    return found


Stays = Callable[["Work", Collection[UUID]], str]
_stays: list[Stays] = []


def on_stays(provider: Stays) -> None:
    """`provider(work, records)`: why a person, of whom these are all records, may not be erased by anybody's decision but
    their own, in words; empty when nothing stands against it."""
    if provider not in _stays:
        _stays.append(provider)


def must_stay(work: Work, records: Collection[UUID]) -> str:
    """The first reason that a room has; empty without one."""
    return next((why for provider in _stays if (why := provider(work, records))), "")
