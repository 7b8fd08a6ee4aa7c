"""Saying who travels, was held or lived through something together, and who is related across households."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.actions.common import known_or_empty
from compass.people.consent import DETAILS
from compass.people.groups import IN, LEFT, said
from compass.people.models import GroupMember, Person
from compass.people.queries import records_of
from compass.problems import Invalid, KeyAbsent, NotFound, StaleVersion
from compass.vault.identifiers import new_id
from compass.vocabulary import known


@dataclass(frozen=True, kw_only=True)
class GroupSaid(Command):
    """That a person (`id`) is in a group, or what became of it. An empty answer leaves what was known.

    group: which one; one in which the office has nobody is a new one, and needs a kind and two people at once. kind: code of
    group_kind. since, until: the office's days. state: code of group_state. why: code of group_leaving, for who left.
    relation: what the person is to the others. remark: what is told of the group. seen: the row of it that was on the page,
    empty when there was none, None when not asked.
    """

    group: UUID
    kind: str = ""
    since: date | None = None
    until: date | None = None
    relation: str = ""
    remark: str = ""
    state: str = IN
    why: str = ""
    seen: str | None = None


@action("people.group", GroupMember, purpose=DETAILS)
def record_groups(work: Work, said_now: list[GroupSaid]) -> list[GroupMember]:
    """Write down who is in a group and what became of it; what was known before stays as a row of its own.

    Of two records of a person that were made one, what was said under one stays there. Nobody is told, and nothing follows
    from it: being in a group proves nothing about who is safe with whom.

    Raises UnknownCode; NotFound for a group in which the person's office has nobody, unless it begins here; Invalid for one
    that begins with a single person or without a kind, for a day to come and for an end before the beginning; StaleVersion
    with the newest row when a colleague said something of it since; KeyAbsent for whoever was erased.
    """
    people = work.require("people.group", Person, said_now)
    records = records_of([person.pk for person in people])
    rows_of: dict[UUID, list[GroupMember]] = defaultdict(list)
    for row in GroupMember.objects.filter(group_id__in={each.group for each in said_now}).order_by(
        "-recorded_at", "-id"
    ):
        rows_of[row.group_id].append(row)
    held = work.keys.holds(set().union(*records.values(), (row.person_id for rows in rows_of.values() for row in rows)))
    beginning = Counter(group for group, _person in {(each.group, each.id) for each in said_now})
    made = []
    for person, each in zip(people, said_now, strict=True):
        before = [row for row in rows_of[each.group] if row.organisation_id == person.organisation_id]
        last = next((row for row in before if row.person_id in records[person.pk]), None)
        if each.seen is not None and each.seen != (str(last.pk) if last else ""):
            raise StaleVersion(current=last)
        if last is None and not before:
            # An identifier from elsewhere is as good as none; a member of another office joins nothing here.
            if rows_of[each.group]:
                raise NotFound
            if beginning[each.group] < 2:
                raise Invalid(what=_("the others: a group has at least two people"))
        holder = last.person if last is not None and last.person_id != person.pk else person
        if holder.pk not in held:
            raise KeyAbsent
        row = GroupMember(
            id=new_id(),
            person=holder,
            organisation_id=person.organisation_id,
            group_id=each.group,
            state=known("group_state", each.state),
            **stamp(work, each),
        )
        row.said_sealed = work.keys.seal(
            _told(work, each, last, [row for row in before if row.person_id in held]),
            table=row._meta.db_table,
            column="said_sealed",
            subject=holder.pk,
            row=row.pk,
        )
        made.append(row)
    return GroupMember.objects.bulk_create(made)


def _told(work: Work, each: GroupSaid, last: GroupMember | None, readable: list[GroupMember]) -> dict[str, Any]:
    """What is sealed now: what was known of the person in the group, or of the group, and what was said."""
    told: dict[str, Any] = dict(said(work, last).told) if last is not None else _of_the_group(work, readable)
    if each.state == IN:
        told = {name: words for name, words in told.items() if name not in {"until", "why"}}
    days = {"since": each.since, "until": each.until if each.state != IN else None}
    if each.state == LEFT and not each.until and not told.get("until"):
        days["until"] = work.day(each.occurred_at)
    if any(day > work.today for day in days.values() if day):
        raise Invalid(what=_("the day: it has not come yet"))
    words: Mapping[str, str] = {
        "kind": known_or_empty("group_kind", each.kind),
        "relation": each.relation.strip(),
        "remark": each.remark.strip(),
        "why": known_or_empty("group_leaving", each.why) if each.state == LEFT else "",
    }
    told |= {name: day.isoformat() for name, day in days.items() if day}
    told |= {name: words for name, words in words.items() if words}
    if not told.get("kind"):
        raise Invalid(what=_("what kind of group it is"))
    if told.get("since") and told.get("until") and told["until"] < told["since"]:
        raise Invalid(what=_("the days: it ends before it begins"))
    return told


def _of_the_group(work: Work, readable: list[GroupMember]) -> dict[str, Any]:
    """What the newest row that opens tells of the group itself, not of who it is about."""
    told = said(work, readable[0]).told if readable else {}
    return {name: told[name] for name in ("kind", "remark") if told.get(name)}
