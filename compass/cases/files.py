"""The files of a list of cases, read once per kind of record: what the standards and the pages compute with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from django.db import models
from django.db.models import Max, Q

from compass.access.prepared import Prepared
from compass.cases.models import Case, CountryLimit, FollowUp
from compass.cases.models.case import OPEN
from compass.people.models import AboutPerson, Consent, Person
from compass.vocabulary import timeline

if TYPE_CHECKING:
    from compass.access.work import Work

M = TypeVar("M", bound=AboutPerson | Person)
T = TypeVar("T")


class Files:
    """A list of cases with all that is asked about them. Each kind of record costs one query for the whole list, and none
    when nobody asks. Sealed columns are left in the database until someone opens them."""

    def __init__(self, work: Work, cases: Sequence[Case], now: datetime | None = None) -> None:
        self.work = work
        self.now = now or work.now
        self.cases = list(cases)
        self._rows: dict[type[models.Model], dict[UUID, list[Any]]] = {}
        self._made: dict[Callable[[Files], Any], Any] = {}

    def once(self, make: Callable[[Files], T]) -> T:
        """What `make` reads or works out for these cases, the first time it is asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(T, self._made[make])

    def of(self, model: type[M], case: Case) -> list[M]:
        """The case's records of a model that has a foreign key `case`, oldest first."""
        return self._read(model, "case_id", self._case_ids).get(case.pk, [])

    def about(self, model: type[M], case: Case) -> list[M]:
        """The records of a model about the case's person, oldest first."""
        return self._read(model, "person_id", self._person_ids).get(case.person_id, [])

    def household(self, case: Case) -> list[Person]:
        """The people of the household of the case's person, the person among them."""
        return self._read(Person, "household_id", self._household_ids).get(case.person.household_id, [])

    def newest(self, model: type[M], case: Case) -> M | None:
        """The newest record of that model in the case."""
        rows = self.of(model, case)
        return rows[-1] if rows else None

    def consent(self, case: Case) -> Consent | None:
        """The newest consent, unless it was withdrawn or has expired: an older one never comes back to life."""
        newest = next(reversed(self.about(Consent, case)), None)
        in_force = newest is not None and newest.withdrawn_at is None and newest.expires_on >= self.work.today
        return newest if in_force else None

    def last_contact(self, case: Case) -> datetime | None:
        """When the person was last reached by a follow-up."""
        return self._contacts.get(case.pk)

    def limit(self, name: str, case: Case) -> timedelta | None:
        """The time limit of that name for the case's risk and country; None where there is none."""
        hours = self._limits.get((case.country, name, case.risk_level))
        if hours is None:
            hours = timeline(name).hours.get(case.risk_level)
        return None if hours is None else timedelta(hours=hours)

    @cached_property
    def _contacts(self) -> dict[UUID, datetime]:
        found = FollowUp.objects.filter(self._own, case_id__in=self._case_ids(), reached=True)
        return dict(found.values_list("case_id").annotate(Max("occurred_at")))

    @cached_property
    def _limits(self) -> dict[tuple[str, str, str], int]:
        rows = _limits_of(countries={c.country for c in self.cases})
        return {(row.country, row.timeline, row.risk_level): row.hours for row in rows}

    @property
    def _own(self) -> Q:
        return Q(organisation_id__in=self.work.actor.organisations)

    def _case_ids(self) -> Iterable[UUID]:
        return [case.pk for case in self.cases]

    def _person_ids(self) -> Iterable[UUID]:
        return [case.person_id for case in self.cases]

    def _household_ids(self) -> Iterable[UUID]:
        return {case.person.household_id for case in self.cases}

    def _read(self, model: type[M], key: str, wanted: Callable[[], Iterable[UUID]]) -> dict[UUID, list[M]]:
        if model not in self._rows:
            found: dict[UUID, list[M]] = defaultdict(list)
            rows = _reading(cast("Any", model), key)
            for row in rows(organisations=self.work.actor.organisations, ids=wanted()):
                found[getattr(row, key)].append(row)
            self._rows[model] = found
        return self._rows[model]


def _led_or_unled(where: Q, worker: UUID) -> models.QuerySet[Case]:
    mine = Q(owner_id=worker) | Q(owner_id__isnull=True)
    rows = Case.objects.filter(where, mine, status__in=OPEN).select_related("person")
    return rows.defer("person__identity_sealed", "person__contact_sealed")


_work_of = Prepared(_led_or_unled)


def work_of(work: Work) -> list[Case]:
    """The open cases of the colleague, and those nobody leads, with their people; one query."""
    return work.rows(_work_of, "cases.view", worker=work.actor.id)


def _country_limits(countries: list[str]) -> models.QuerySet[CountryLimit]:
    return CountryLimit.objects.filter(country__in=countries)


_limits_of = Prepared(_country_limits)


@cache
def _reading(model: Any, key: str) -> Prepared[Any]:
    """The query of one kind of record; what is sealed stays in the database."""
    sealed = [field.name for field in model._meta.concrete_fields if field.attname.endswith("_sealed")]

    def about(organisations: list[UUID], ids: list[UUID]) -> models.QuerySet[Any]:
        rows = model.objects.filter(organisation_id__in=organisations, **{f"{key}__in": ids})
        return cast("models.QuerySet[Any]", rows.order_by("occurred_at", "recorded_at", "id").defer(*sealed))

    return Prepared(about)
