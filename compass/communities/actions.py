"""The only code that writes places, meetings, choices and projects.

Rules (return-and-reintegration.md 3.2, inferred there): C-PRF-1 profile validated within 24 months; C-VOT-1 the option with
most votes, unless reasoned otherwise; C-INC-1 neighbours who did not migrate take part; C-DNH-1 do-no-harm note;
C-ENV-1 environmental screening; C-MNT-1 someone keeps it up afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.communities.models import AGES, AtPlace, Attendance, Meeting, Option, Place, Profile, Project
from compass.problems import Invalid, SecondPersonNeeded, StandardNotMet, WrongState
from compass.vault.identifiers import new_id
from compass.vocabulary import area, known

PROFILE_HOLDS = timedelta(days=730)
#: What each rule asks, in words.
ASKS: dict[str, str | Promise] = {
    "C-PRF-1": _("The community agreed to the profile of the place, at most 24 months ago."),
    "C-VOT-1": _("The option with most votes is chosen, or it is written down why another one."),
    "C-INC-1": _("Neighbours who did not migrate take part."),
    "C-DNH-1": _("It is written down whom it could harm and what is done about it."),
    "C-ENV-1": _("The environmental screening is done."),
    "C-MNT-1": _("It is known who looks after it afterwards."),
}
#: From which states a project may go where, after the choice.
NEXT = {
    "approved": ("ongoing", "cancelled"),
    "chosen": ("cancelled",),
    "ongoing": ("handed_over", "cancelled"),
    "handed_over": ("checked",),
}


def _at(work: Work, place: Place, command: Command) -> dict[str, Any]:
    return {"id": new_id(), "place": place, "organisation_id": place.organisation_id, **stamp(work, command)}


def _seal(work: Work, row: AtPlace, column: str, value: dict[str, str]) -> None:
    old = getattr(row, column)
    setattr(
        row,
        column,
        work.keys.seal(value, table=row._meta.db_table, column=column, subject=row.place_id, row=row.pk, after=old),
    )


def opened(work: Work, row: AtPlace, column: str) -> dict[str, str]:
    """The sealed words of a record of this room; empty when there are none."""
    words: dict[str, str] | None = work.keys.open(
        getattr(row, column), table=row._meta.db_table, column=column, subject=row.place_id, row=row.pk
    )
    return words or {}


@dataclass(frozen=True, kw_only=True)
class NewPlace(Command):
    """A place where people live. `area` is a code of admin-1; `high_return`: many come home to it."""

    name: str
    area: str
    high_return: bool = False


@action("communities.place", Place)
def add_places(work: Work, places: list[NewPlace]) -> list[Place]:
    """Add places, each with a key of its own. Raises Denied; KeyError for an unknown area."""
    work.demand("communities.edit")
    organisation = work.actor.organisation
    rows = [
        Place(
            organisation_id=organisation.pk,
            name=each.name,
            country=area(each.area).country,
            area=each.area,
            high_return=each.high_return,
            id=new_id(),
            **stamp(work, each),
        )
        for each in places
    ]
    work.keys.create(organisation.pk, [row.pk for row in rows])
    return Place.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class NewProfile(Command):
    """`id` is the place."""

    period_from: date
    period_to: date
    priorities: tuple[str, ...]
    residents: int | None = None
    returnees: int | None = None
    validated_on: date | None = None
    summary: str = ""


@action("communities.profile", Profile)
def add_profiles(work: Work, profiles: list[NewProfile]) -> list[Profile]:
    """Record profiles; the newest of a place is the one that holds, and the place counts one version on.

    Raises Invalid for a period that ends before it begins, StaleVersion when a colleague wrote one meanwhile.
    """
    places = work.require("communities.edit", Place, profiles)
    rows = []
    for place, each in zip(places, profiles, strict=True):
        if each.period_to < each.period_from:
            raise Invalid(what=_("the period ends before it begins"))
        if each.validated_on and each.validated_on > work.today:
            raise Invalid(what=_("the day on which the community agreed is still to come"))
        for problem in each.priorities:
            known("community_problem", problem)
        row = Profile(
            period_from=each.period_from,
            period_to=each.period_to,
            priorities=list(each.priorities),
            residents=each.residents,
            returnees=each.returnees,
            validated_on=each.validated_on,
            **_at(work, place, each),
        )
        _seal(work, row, "words_sealed", {"summary": each.summary})
        rows.append(row)
        place.version += 1
    Place.objects.bulk_update({place.pk: place for place in places}.values(), ["version"])
    return Profile.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(Command):
    """`id` is the place. `came`: (group, sex, ages) to number."""

    kind: str
    held_on: date
    came: dict[tuple[str, str, str], int]
    minutes: str = ""


@action("communities.meeting", Meeting)
def record_meetings(work: Work, meetings: list[MeetingHeld]) -> list[Meeting]:
    """Record meetings with who came, by group, sex and age. Raises Invalid when nobody came or the day lies ahead."""
    places = work.require("communities.edit", Place, meetings)
    rows, counts = [], []
    for place, each in zip(places, meetings, strict=True):
        known("community_meeting_type", each.kind)
        if each.held_on > work.today:
            raise Invalid(what=_("the day of the meeting is still to come"))
        if not sum(each.came.values()):
            raise Invalid(what=_("how many people came"))
        row = Meeting(kind=each.kind, held_on=each.held_on, **_at(work, place, each))
        _seal(work, row, "minutes_sealed", {"minutes": each.minutes})
        rows.append(row)
        for (group, sex, ages), number in each.came.items():
            known("resident_group", group)
            known("sex", sex)
            if ages not in AGES or number < 0:
                raise Invalid(what=ages)
            if number:
                counts.append(
                    Attendance(
                        organisation_id=row.organisation_id, meeting=row, group=group, sex=sex, ages=ages, number=number
                    )
                )
    Meeting.objects.bulk_create(rows)
    Attendance.objects.bulk_create(counts)
    return rows


@dataclass(frozen=True)
class Present:
    """How many came to a meeting: returnees, and neighbours with everyone else who did not return."""

    returnees: int
    neighbours: int


def present(meetings: Sequence[Meeting]) -> dict[UUID, Present]:
    """Who came to each meeting; one query."""
    ours: dict[UUID, int] = defaultdict(int)
    others: dict[UUID, int] = defaultdict(int)
    for row in Attendance.objects.filter(meeting__in=meetings):
        (ours if row.group == "returnee" else others)[row.meeting_id] += row.number
    return {meeting.pk: Present(ours[meeting.pk], others[meeting.pk]) for meeting in meetings}


@dataclass(frozen=True, kw_only=True)
class OptionCounted(Command):
    """`id` is the meeting in which hands were counted."""

    title: str
    sector: str
    votes_returnees: int
    votes_neighbours: int


@action("communities.option", Option)
def count_options(work: Work, options: list[OptionCounted]) -> list[Option]:
    """Record what could be done and how many were for it. Raises Invalid for more hands of a group than came of it."""
    meetings = work.require("communities.edit", Meeting, options)
    places = Place.objects.in_bulk([m.place_id for m in meetings])
    came = present(meetings)
    rows = []
    for meeting, each in zip(meetings, options, strict=True):
        known("community_problem", each.sector)
        there = came[meeting.pk]
        if each.votes_returnees > there.returnees or each.votes_neighbours > there.neighbours:
            raise Invalid(what=_("more hands were counted than people of that group came to the meeting"))
        row = Option(
            meeting=meeting,
            sector=each.sector,
            votes_returnees=each.votes_returnees,
            votes_neighbours=each.votes_neighbours,
            **_at(work, places[meeting.place_id], each),
        )
        _seal(work, row, "title_sealed", {"title": each.title})
        rows.append(row)
    return Option.objects.bulk_create(rows)


@dataclass(frozen=True, kw_only=True)
class Chosen(Command):
    """`id` is the option that becomes a project. `otherwise`: why, when it did not get the most votes."""

    approach: str
    dimension: str
    budget: Decimal
    currency: str
    objective: str
    otherwise: str = ""
    contribution: str = ""


@action("communities.choose", Project)
def choose_projects(work: Work, choices: list[Chosen]) -> list[Project]:
    """Make projects of options. Raises StandardNotMet: C-VOT-1 (not the most votes and no reason), C-PRF-1; WrongState for
    an option that is a project already, unless that one was cancelled."""
    options = work.require("communities.edit", Option, choices)
    if Project.objects.filter(option__in=options).exclude(status="cancelled").exists():
        raise WrongState
    most = _most_votes(options)
    validated = _validated(work, options)
    places = Place.objects.in_bulk([o.place_id for o in options])
    rows = []
    for option, each in zip(options, choices, strict=True):
        known("project_approach", each.approach)
        known("reintegration_dimension", each.dimension)
        known("currency", each.currency)
        behind = option.votes < most[option.meeting_id] or option.votes == 0
        unmet = [] if not behind or each.otherwise.strip() else ["C-VOT-1"]
        if option.place_id not in validated:
            unmet.append("C-PRF-1")
        if unmet:
            raise StandardNotMet(standards=spelled(unmet))
        row = Project(
            option=option,
            approach=each.approach,
            dimension=each.dimension,
            sector=option.sector,
            budget=each.budget,
            currency=each.currency,
            contribution=each.contribution,
            otherwise=behind,
            status_since=work.day(each.occurred_at),
            prepared_by=[work.actor.id],
            **_at(work, places[option.place_id], each),
        )
        title = opened(work, option, "title_sealed").get("title", "")
        _seal(work, row, "words_sealed", {"title": title, "objective": each.objective, "otherwise": each.otherwise})
        rows.append(row)
    return Project.objects.bulk_create(rows)


def _most_votes(options: Sequence[Option]) -> dict[UUID, int]:
    most: dict[UUID, int] = defaultdict(int)
    for option in Option.objects.filter(meeting__in={o.meeting_id for o in options}):
        most[option.meeting_id] = max(most[option.meeting_id], option.votes)
    return most


def _validated(work: Work, options: Sequence[Option]) -> set[UUID]:
    after = work.today - PROFILE_HOLDS
    rows = Profile.objects.filter(place__in={o.place_id for o in options}, validated_on__gte=after)
    return set(rows.values_list("place_id", flat=True))


@dataclass(frozen=True, kw_only=True)
class Secured(Command):
    """`id` is the project: who takes part, what could do harm, who looks after it, the day of the screening."""

    returnees: int
    neighbours: int
    women: int
    do_no_harm: str
    maintenance: str
    screened_on: date | None = None


@action("communities.secure", Project)
def secure_projects(work: Work, secured: list[Secured]) -> list[Project]:
    """Record the safeguards of projects. Raises WrongState once they are approved, Invalid for more women than people."""
    rows = work.require("communities.edit", Project, secured)
    for row, each in zip(rows, secured, strict=True):
        if row.status != "chosen":
            raise WrongState
        if each.women > each.returnees + each.neighbours:
            raise Invalid(what=_("more women and girls than people who take part"))
        if each.screened_on and each.screened_on > work.today:
            raise Invalid(what=_("the day of the screening is still to come"))
        row.returnees, row.neighbours, row.women = each.returnees, each.neighbours, each.women
        row.screened_on = each.screened_on
        row.prepared_by = list(dict.fromkeys([*row.prepared_by, work.actor.id]))
        row.version += 1
        _seal(work, row, "safeguards_sealed", {"do_no_harm": each.do_no_harm, "maintenance": each.maintenance})
    Project.objects.bulk_update(
        rows, ["returnees", "neighbours", "women", "screened_on", "prepared_by", "version", "safeguards_sealed"]
    )
    return rows


def spelled(rules: Sequence[str]) -> str:
    """What rules ask, each with its identifier behind."""
    return "; ".join(f"{str(ASKS[rule]).rstrip('.')} ({rule})" for rule in rules)


def unmet(work: Work, project: Project) -> list[str]:
    """The rules that still stand against approving a project."""
    words = opened(work, project, "safeguards_sealed")
    checks = (
        ("C-INC-1", project.neighbours > 0),
        ("C-DNH-1", bool(words.get("do_no_harm", "").strip())),
        ("C-ENV-1", project.screened_on is not None),
        ("C-MNT-1", bool(words.get("maintenance", "").strip())),
    )
    return [rule for rule, holds in checks if not holds]


@dataclass(frozen=True, kw_only=True)
class Moved(Command):
    """`id` is the project; `to` the next state."""

    to: str


@action("communities.approve", Project)
def approve_projects(work: Work, moves: list[Moved]) -> list[Project]:
    """Approve. Raises SecondPersonNeeded for anyone who chose or prepared it, StandardNotMet with the rules still open."""
    rows = work.require("communities.approve", Project, moves)
    for row in rows:
        if row.status != "chosen":
            raise WrongState
        if work.actor.id in {row.recorded_by, *row.prepared_by}:
            raise SecondPersonNeeded
        if still := unmet(work, row):
            raise StandardNotMet(standards=spelled(still))
        row.approved_by = work.actor.id
    return _to(work, rows, ["approved"] * len(rows), moves, "approved_by")


@action("communities.advance", Project)
def advance_projects(work: Work, moves: list[Moved]) -> list[Project]:
    """Start, hand over, check or cancel. Raises WrongState for a step that does not follow."""
    rows = work.require("communities.edit", Project, moves)
    for row, each in zip(rows, moves, strict=True):
        if each.to not in NEXT.get(row.status, ()):
            raise WrongState
    return _to(work, rows, [each.to for each in moves], moves)


def _to(work: Work, rows: list[Project], states: list[str], moves: list[Moved], *fields: str) -> list[Project]:
    for row, state, each in zip(rows, states, moves, strict=True):
        row.status, row.status_since = state, work.day(each.occurred_at)
        row.version += 1
    Project.objects.bulk_update(rows, ["status", "status_since", "version", *fields])
    return rows
