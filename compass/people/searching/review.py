"""Searching and opening out of the ordinary, for whoever watches over it: by colleague and day, never what was searched
for, nor who was opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from compass.access.models import Opening, User
from compass.access.openings import PEOPLE_A_DAY
from compass.access.staff import name_of
from compass.access.work import Work
from compass.people.models import Search
from compass.people.searching.limits import ELSEWHERE_A_DAY, EMPTY_A_DAY, LISTED, SAME_RECORD_A_DAY, SEARCHES_A_DAY

MOST_LINES = 100
#: A day of a colleague without a search.
NONE: dict[str, int] = {"searches": 0, "empty": 0, "elsewhere": 0}


@dataclass(frozen=True)
class Line:
    """One day of one colleague: searches made, those without a result, how often one record was compared at most, about how
    many people it was asked whether somebody elsewhere knows them, of how many people sealed words were opened."""

    day: date
    colleague: str
    searches: int
    empty: int
    repeated: int
    elsewhere: int
    opened: int

    @property
    def many(self) -> bool:
        return self.searches >= SEARCHES_A_DAY

    @property
    def in_vain(self) -> bool:
        return self.empty >= EMPTY_A_DAY

    @property
    def tried(self) -> bool:
        return self.repeated >= SAME_RECORD_A_DAY

    @property
    def asked(self) -> bool:
        return self.elsewhere >= ELSEWHERE_A_DAY

    @property
    def opened_many(self) -> bool:
        return self.opened >= PEOPLE_A_DAY


def unusual(work: Work) -> Sequence[Line]:
    """The days of the last 30 that are out of the ordinary, newest first, at most 100; four queries."""
    rows = work.allowed("people.searches", Search).filter(recorded_at__gt=work.now - LISTED)
    made = rows.annotate(day=TruncDate("recorded_at")).values("day", "recorded_by")
    counted = {
        (each["day"], each["recorded_by"]): each
        for each in made.annotate(
            searches=Count("pk", filter=Q(kind="search")),
            empty=Count("pk", filter=Q(kind="search", found=0)),
            elsewhere=Count("pk", filter=Q(kind="elsewhere")),
        )
    }
    per_record = made.filter(kind="comparison").values("day", "recorded_by", "about").annotate(times=Count("pk"))
    repeated: dict[tuple[date, UUID], int] = {}
    for each in per_record.filter(times__gte=SAME_RECORD_A_DAY):
        place = each["day"], each["recorded_by"]
        repeated[place] = max(repeated.get(place, 0), each["times"])
    opened = _opened(work)
    places = counted.keys() | opened.keys()
    people = {user.pk: name_of(user) for user in User.objects.filter(pk__in={who for _, who in places})}
    lines = [
        Line(
            day,
            people.get(who, ""),
            counted.get((day, who), NONE)["searches"],
            counted.get((day, who), NONE)["empty"],
            repeated.get((day, who), 0),
            counted.get((day, who), NONE)["elsewhere"],
            opened.get((day, who), 0),
        )
        for day, who in places
    ]
    lines = [line for line in lines if line.many or line.in_vain or line.tried or line.asked or line.opened_many]
    return sorted(lines, key=lambda line: (-line.day.toordinal(), line.colleague))[:MOST_LINES]


def _opened(work: Work) -> dict[tuple[date, UUID], int]:
    """Of how many people each colleague opened sealed words on each day, where there were many."""
    rows = work.allowed("people.searches", Opening).filter(recorded_at__gt=work.now - LISTED)
    days = rows.annotate(day=TruncDate("recorded_at")).values("day", "recorded_by")
    many = days.annotate(people=Count("veiled", distinct=True)).filter(people__gte=PEOPLE_A_DAY)
    return {(each["day"], each["recorded_by"]): each["people"] for each in many}
