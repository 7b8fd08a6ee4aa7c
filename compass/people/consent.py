"""What a person's consent allows, with the reason. Every path that shares something, and every act that rests on
consent, asks here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.actions import Purpose
from compass.access.models import Organisation, OrganisationKind
from compass.access.prepared import Prepared
from compass.access.work import Command
from compass.people.models import Consent, Person
from compass.problems import ConsentMissing
from compass.ui.words import day
from compass.vocabulary import code_list, label_of

#: Recording and use of what somebody says about themselves.
DETAILS = "data_processing"
#: What is shared that the person must have agreed to apart from anything else.
OWN_CONSENT = {"photo": "photo_audio", "audio": "photo_audio"}
#: Contact with the consulate of somebody's country; nothing stands in for this yes, not even danger.
CONSULATE = "consular_contact"
#: Help, and what a case needs.
HELP = "case_management_services"


REASONS: dict[str, str | Promise] = {
    "given": _("The person said yes."),
    "refused": _("The person said no."),
    "child_refused": _("The child said no; that outweighs an adult’s yes."),
    "not_asked": _("Not asked yet: without an answer it is not allowed."),
    "withdrawn": _("The person took consent back."),
    "expired": _("The consent is too old and must be asked again."),
    "later": _("The person said yes only after that day."),
    "named": _("The person does not want this organisation to know."),
}


TODAY: dict[str, str | Promise] = {
    "given": _("Yes, until %(until)s."),
    "refused": _("No, since %(on)s."),
    "child_refused": _("No, since %(on)s: the child said no, and that outweighs an adult’s yes."),
    "not_asked": _("Never asked, so it is not allowed."),
    "withdrawn": _("No, since %(on)s: consent was taken back."),
    "expired": _("No: the consent ended on %(on)s and must be asked again."),
    "named": _("No, since %(on)s: the person does not want this organisation to know."),
}


@dataclass(frozen=True)
class Answer:
    """`allowed` and why: given | refused | child_refused | not_asked | withdrawn | expired | later (said after the
    moment that was asked about) | named (the person named this receiver as one that must not know). `on`: the day of that.
    `scope`: what it is about. `until`: the last day of a yes. `receiver`: the name of whom it was asked for, if of anybody.
    """

    allowed: bool
    reason: str
    consent_id: UUID | None = None
    on: date | None = None
    scope: str = ""
    until: date | None = None
    receiver: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def why(self) -> str:
        """The reason in words."""
        return str(REASONS[self.reason])

    @property
    def today(self) -> str:
        """Yes and until when, no and since when, or never asked: for whoever asks today."""
        days = {name: day(when, form="year") for name, when in (("on", self.on), ("until", self.until)) if when}
        return str(TODAY[self.reason]) % days

    @property
    def about(self) -> str:
        """What was asked, in words: a purpose, or telling an organisation that the person named."""
        if self.reason == "named" and self.receiver:
            return telling(self.receiver)
        return label_of("consent_scope", self.scope)

    def __str__(self) -> str:
        """What it is about, since when, and why, in one line."""
        since = f" ({day(self.on)})" if self.on else ""
        return f"{self.about}{since}: {self.why}"


def telling(receiver: str) -> str:
    """What a person did not agree to who named this organisation."""
    return _("telling %(organisation)s anything") % {"organisation": receiver}


#: Reasons of an answer after which nothing rests on consent any more, and nobody may take it for not asked yet.
ENDED = frozenset({"refused", "child_refused", "withdrawn", "expired"})


def newest(people: Iterable[UUID]) -> dict[UUID, Consent]:
    """The newest consent of each person, withdrawn and expired ones included; one query.

    Where two records of a person were merged and the person was not asked since, the later of both answers with every no
    of the other. It must not be saved.
    """
    found: dict[UUID, list[Consent]] = defaultdict(list)
    for row in _newest(people=people):
        found[row.person_id].append(row)
    return {person: as_one(rows) for person, rows in found.items()}


def _last_of(people: list[UUID]) -> QuerySet[Consent]:
    rows = Consent.objects.filter(person_id__in=people).order_by(
        "person_id", "joined_at", "-occurred_at", "-recorded_at", "-id"
    )
    return rows.distinct("person_id", "joined_at")


_newest = Prepared(_last_of)


def as_one(last: Sequence[Consent]) -> Consent:
    """The newest answers under each record of one person as one: the latest counts, and a no of any other, also to a
    receiver by name, stays a no until the person is asked again. As `compass_said` does in the database."""
    own = next((row for row in last if row.joined_at is None), None)
    counts = [row for row in last if not _asked_again(row, own)]
    latest = max(counts, key=lambda row: (row.occurred_at, row.recorded_at, row.pk))
    if len(counts) == 1:
        return latest
    found = copy(latest)
    found.scopes = latest.scopes | {scope: False for row in counts for scope, said in row.scopes.items() if not said}
    found.withdrawn_at = max((row.withdrawn_at for row in counts if row.withdrawn_at), default=None)
    found.not_to = sorted({receiver for row in counts for receiver in row.not_to})
    if any(row.child_agrees is False for row in counts):
        found.child_agrees = False
    return found


def _asked_again(joined: Consent, own: Consent | None) -> bool:
    """Whether the person was asked after the merge, and not before this answer or its withdrawal."""
    if joined.joined_at is None or own is None:
        return False
    said = max(joined.occurred_at, joined.withdrawn_at or joined.occurred_at)
    return own.recorded_at > joined.joined_at and own.occurred_at >= said


def answer(
    consent: Consent | None, scope: str, today: date | None = None, *, receiver: Organisation | None = None
) -> Answer:
    """What a consent says about a scope on a day, and about telling a receiver; a child's own no outweighs an adult's yes.
    A receiver that the person named stays named however old the answer is."""

    def said(reason: str, on: date) -> Answer:
        until = consent.expires_on if consent and reason == "given" else None
        name = receiver.name if receiver else ""
        return Answer(reason == "given", reason, consent.pk if consent else None, on, scope, until, name)

    if consent is None:
        return Answer(False, "not_asked", scope=scope)
    asked_on = _day(consent.occurred_at)
    if consent.withdrawn_at is not None:
        return said("withdrawn", _day(consent.withdrawn_at))
    if receiver is not None and receiver.pk in consent.not_to:
        return said("named", asked_on)
    if consent.expires_on < (today or timezone.now().date()):
        return said("expired", consent.expires_on)
    if consent.child_agrees is False:
        return said("child_refused", asked_on)
    if scope not in consent.scopes:
        return said("not_asked", asked_on)
    return said("given" if consent.scopes[scope] else "refused", asked_on)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def says_no(consents: Sequence[Consent], *scopes: str) -> bool:
    """Whether all consents of a person, the oldest first, end in a spoken no to one of these scopes: refused, taken back, or
    the no of a child. Nobody having asked is none, nor is a yes that grew too old; a no does not grow old."""
    last = last_word(consents)
    if last is None:
        return False
    return last.withdrawn_at is not None or last.child_agrees is False or False in map(last.scopes.get, scopes)


def last_word(consents: Sequence[Consent]) -> Consent | None:
    """What counts of all consents of a person, the oldest first, as `newest` reads it; None where there is none."""
    return as_one(list({row.joined_at: row for row in consents}.values())) if consents else None


def spoken_no(consents: Sequence[Consent], receiver: Organisation, service: str) -> str:
    """What the person said no to, in words, of telling this receiver that they need a service: the receiver by name, or a
    purpose (`says_no`). Empty where they did not. `consents`: all of the person, the oldest first."""
    last = last_word(consents)
    if last is not None and receiver.pk in last.not_to:
        return telling(receiver.name)
    no = next((scope for scope in scopes_for(receiver, service) if says_no(consents, scope)), "")
    return label_of("consent_scope", no) if no else ""


def answered(consents: Sequence[Consent], scope: str, at: datetime, *, receiver: Organisation | None = None) -> Answer:
    """What all consents of a person, the oldest first, say about a scope, and about telling a receiver, at a moment. Days
    count, since paper and devices come late. The newest must not say no: what was taken back or refused since counts at
    once, also for what lies before.
    """
    today = _day(at)
    last = last_word(consents)
    newest = answer(last, scope, today, receiver=receiver)
    if last is None or not newest or _day(last.occurred_at) <= today:
        return newest
    then = [row for row in consents if _day(row.occurred_at) <= today]
    if not then:
        return Answer(False, "later", newest.consent_id, newest.on, scope)
    if (back := then[-1].withdrawn_at) is not None and back > at:
        # It held at that moment, and holds again by a newer one.
        return newest
    return answer(then[-1], scope, today, receiver=receiver)


def explained(consents: Sequence[Consent], scope: str) -> Answer:
    """What all consents of a person, the oldest first, say about a scope today; a no with the day since which it stands."""
    found = answer(consents[-1] if consents else None, scope)
    if found.reason == "refused":
        for earlier in reversed(consents[:-1]):
            if earlier.withdrawn_at is not None or earlier.scopes.get(scope) is not False:
                break
            found = replace(found, on=_day(earlier.occurred_at))
    return found


def consents_of(people: Iterable[UUID]) -> dict[UUID, list[Consent]]:
    """All consents of each person, the oldest first; one query."""
    found: dict[UUID, list[Consent]] = defaultdict(list)
    rows = Consent.objects.filter(person_id__in=list(people)).defer("detail_sealed")
    for row in rows.order_by("occurred_at", "recorded_at", "id"):
        found[row.person_id].append(row)
    return found


def held(consents: Sequence[Consent], scope: str, on: date) -> bool:
    """Whether all consents of a person, the oldest first, covered a scope at the end of a day, whatever was said since.

    Only for what had happened by then and must stand in the record all the same, such as a departure; it is no ground for
    anything new.
    """
    then = {row.joined_at: _as_of(row, on) for row in consents if _day(row.occurred_at) <= on}
    if not then:
        return False
    last = as_one(list(then.values()))
    return (
        last.withdrawn_at is None
        and last.expires_on >= on
        and last.child_agrees is not False
        and last.scopes.get(scope) is True
    )


def _as_of(row: Consent, on: date) -> Consent:
    """The answer as it stood at the end of a day: not taken back yet."""
    if row.withdrawn_at is None or _day(row.withdrawn_at) <= on:
        return row
    then = copy(row)
    then.withdrawn_at = None
    return then


def carried(earlier: Consent | None, asked: Collection[str], moment: datetime) -> dict[str, bool]:
    """The answers of an earlier consent, in force at that moment, to scopes that were not asked again.

    A child's own no leaves no yes to carry over; what was answered no stays a no.
    """
    if earlier is None or earlier.withdrawn_at is not None or earlier.occurred_at > moment:
        return {}
    if earlier.expires_on < _day(moment):
        return {}
    return {
        scope: said
        for scope, said in earlier.scopes.items()
        if scope not in asked and (not said or earlier.child_agrees is not False)
    }


#: Receivers about which each person is asked by name.
_COVERED_BY = {OrganisationKind.MINISTRY: "share_authorities", OrganisationKind.UNHCR: "share_unhcr"}


def scopes_for(receiver: Organisation, service: str = "") -> tuple[str, ...]:
    """The consent scopes that cover telling a receiver that somebody needs this service: all must be a yes. The list
    `service` names the scope of a service that is an act about which each person is asked by name."""
    found = code_list("service").get(service)
    own = found.extra.get("consent_scope") if found else None
    return (*([str(own)] if own else []), scope_for(receiver))


def scope_for(receiver: Organisation) -> str:
    """The consent scope that covers a receiver of this kind (CM-18)."""
    return _COVERED_BY.get(OrganisationKind(receiver.kind), "share_other_organizations")


def covers(given: Consent | None, receiver: Organisation, service: str, today: date | None = None) -> Answer:
    """What a consent says about telling a receiver that somebody needs this service: the first no, else the yes."""
    said = [answer(given, scope, today, receiver=receiver) for scope in scopes_for(receiver, service)]
    return next((each for each in said if not each), said[-1])


def allows(
    person: UUID,
    purpose: str = "",
    *,
    recipient: Organisation | None = None,
    service: str = "",
    fields: Collection[str] = (),
    at: datetime | None = None,
) -> Answer:
    """Whether a person's consent covers a purpose (code of consent_scope), a receiver, with the service that it is asked
    for, and fields at a moment, by default now. All must be a yes; the first no is the answer. As text it says why. Raises
    ValueError when nothing is asked."""
    consents = consents_of([person]).get(person, [])
    shared = scopes_for(recipient, service) if recipient else ()
    asked = [scope for scope in (purpose, *(OWN_CONSENT.get(name, "") for name in fields)) if scope]
    if not asked and not shared:
        raise ValueError("a purpose, a receiver or a field with a consent of its own")
    moment = at or timezone.now()
    said = [answered(consents, scope, moment) for scope in asked]
    said += [answered(consents, scope, moment, receiver=recipient) for scope in shared]
    return next((each for each in said if not each), said[-1])


People = Callable[[Any], Iterable[UUID]]
_about: dict[type[Model], People] = {}


def tell_about(model: type[Model], people: People) -> None:
    """Say who must have agreed to an act on a record of a kind that does not name its person."""
    _about[model] = people


def about(row: Model) -> list[UUID]:
    """Who must have agreed to an act on this record."""
    if people := _about.get(type(row)):
        return list(people(row))
    person = row.pk if isinstance(row, Person) else getattr(row, "person_id", None)
    return [person] if person else []


def must_cover(purpose: Purpose, acts: Sequence[tuple[Command, Any]]) -> None:
    """Refuse acts that rest on a consent that does not cover them at the moment they happened.

    Called for every action, see `compass.access.actions.ask_consent`. Raises ConsentMissing, also for an act on a record
    that has no person yet.
    """
    people = [about(row) for _command, row in acts]
    consents = consents_of({pk for each in people for pk in each})
    for (command, row), asked in zip(acts, people, strict=True):
        scope = purpose if isinstance(purpose, str) else purpose(row)
        if not asked or not all(answered(consents[pk], scope, command.occurred_at) for pk in asked):
            raise ConsentMissing(scope=label_of("consent_scope", scope))
