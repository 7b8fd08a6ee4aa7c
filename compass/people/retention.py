"""How long records are kept: when the last was done with people, what their term is, where each clock stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.apps import apps
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.people import registry
from compass.people.models import (
    PERHAPS_ALONE,
    AboutPerson,
    DataRequest,
    ErasureRequest,
    FormerIdentity,
    Merge,
    MergedRow,
    Person,
    Retention,
)
from compass.people.queries import records_of
from compass.ui.quarters import rounded_up
from compass.vault.models import Erasure
from compass.vocabulary import code_list
from compass.vocabulary.retention import climbs_days, grown_by, later, term

#: What is written about a person without anything being done with them.
NO_CONTACT: tuple[type[AboutPerson], ...] = (Retention, Merge, MergedRow)
#: States in which a colleague decides: the lines of the work list.
WAITING = ("review", "keep_asked", "erase_asked")
#: States in which a clock stands still for good or until something is over.
STILL = ("stopped", "ended")
SEALED = ("identity_sealed", "contact_sealed")


@dataclass(frozen=True)
class Standing:
    """Of a person with whom nothing is open: the day of the last that was done, and the last day of the term from it."""

    began_on: date
    due_on: date


def newest(people: Collection[UUID]) -> dict[UUID, Retention]:
    """Where the clock of each record stands; one query."""
    rows = Retention.objects.filter(person__in=list(people)).order_by("person_id", "-version").distinct("person_id")
    return {row.person_id: row for row in rows}


def kept_until(person: UUID) -> date | None:
    """Until when a record is kept as things stand; None where no clock runs; one query."""
    row = newest([person]).get(person)
    return row.ends_on if row is not None and row.state not in STILL else None


def current() -> QuerySet[Retention]:
    """The newest step of each record that stands by itself."""
    after = Retention.objects.filter(person=OuterRef("person"), version__gt=OuterRef("version"))
    return Retention.objects.filter(~Exists(after), person__merged_into__isnull=True)


def standing(work: Work, people: Iterable[Person]) -> dict[UUID, Standing | None]:
    """Of each of these records that stand by themselves, with those merged into it: None where something is open.

    What was written down counts, on the day it was written: what somebody says of an earlier day shortens no term. One
    query for each table about people, whatever their number.
    """
    people = list(people)
    groups = records_of([person.pk for person in people])
    kept = {record: person for person, records in groups.items() for record in records}
    opened = {kept[record] for record in registry.with_open(work, list(kept))}
    last = _last_written(list(kept))
    kinds = registry.kinds_of(work, list(kept))
    rows = {row.pk: row for row in Person.objects.filter(pk__in=list(kept)).defer(*SEALED)}
    # An age band that was corrected since is of that day.
    changed = FormerIdentity.objects.filter(person__in=list(kept)).values_list("person_id")
    banded = dict(changed.annotate(Max("recorded_at")))
    country = work.actor.organisation.country
    found: dict[UUID, Standing | None] = {}
    for person in people:
        records = groups[person.pk]
        if person.pk in opened:
            found[person.pk] = None
            continue
        wrote = work.day(max(max(last.get(pk, rows[pk].recorded_at), rows[pk].recorded_at) for pk in records))
        began = rounded_up(wrote)
        held = {kind for pk in records for kind in kinds.get(pk, ())} or {"registered"}
        months = max(term(country, kind) for kind in held)
        grown = max(_grown(work, rows[pk], banded.get(pk, rows[pk].recorded_at)) for pk in records)
        found[person.pk] = Standing(began, rounded_up(later(max(began, grown), months)))
    return found


def _last_written(records: list[UUID]) -> dict[UUID, datetime]:
    found: dict[UUID, datetime] = {}
    for model in apps.get_models():
        if issubclass(model, AboutPerson) and model not in NO_CONTACT:
            rows = (
                model._default_manager.filter(person__in=records).values_list("person_id").annotate(Max("recorded_at"))
            )
            for person, at in rows:
                found[person] = max(at, found.get(person, at))
    return found


def _grown(work: Work, person: Person, banded: datetime) -> date:
    """By when a child is of age, from the youngest that the age band of that moment allows; long ago for the others."""
    band = person.age_band
    if not band and (person.once_alone or person.uasc_status in PERHAPS_ALONE):
        band = next(iter(code_list("age_band").values))
    if not band or not code_list("age_band").require(band).extra["child"]:
        return date.min
    return grown_by(code_list("age_band").require(band), work.day(banded))


def requests_open(work: Work, records: Collection[UUID]) -> str:
    """Why a person is not erased who waits for an answer, in words."""
    if ErasureRequest.objects.filter(person__in=records, status__in=("asked", "confirmed")).exists():
        return _("the person’s own request about the record is open")
    if DataRequest.objects.filter(person__in=records).exclude(status="told").exists():
        return _("something that the person asked about the record waits for its answer")
    if Merge.objects.filter(Q(person__in=records) | Q(absorbed__in=records), state="asked").exists():
        return _("a merge with another record waits for a second person")
    return ""


def against_erasing(work: Work, person: Person, row: Retention) -> str:
    """Why this record may not be erased by decision today, in words; empty when nothing stands against it."""
    records = records_of([person.pk])[person.pk]
    if registry.with_open(work, records):
        return _("something is open with the person")
    child = person.is_child or person.once_alone or person.uasc_status in PERHAPS_ALONE
    if child and row.due_on is not None and row.due_on >= work.today:
        return _("the record of a child stays until its term is over")
    return registry.must_stay(work, records)


def unclocked(work: Work) -> int:
    """How many records the reader watches have no clock though nothing is open with them: must be none after each night."""
    rows = work.allowed("people.retention_list", Person).filter(merged_into__isnull=True)
    running = Retention.objects.filter(person=OuterRef("pk"))
    rows = rows.filter(~Exists(running.exclude(state="stopped")))
    rows = rows.exclude(pk__in=Erasure.objects.values("subject_id"))
    without = set(rows.values_list("pk", flat=True))
    groups = records_of(without)
    records = {record: person for person, found in groups.items() for record in found}
    return len(without - {records[record] for record in registry.with_open(work, list(records))})


def counted(work: Work) -> dict[str, int]:
    """How many clocks stand in each state, in the organisations that the reader watches."""
    rows = current().filter(pk__in=work.allowed("people.retention_list", Retention).values("pk"))
    return dict(Counter(rows.values_list("state", flat=True)))


def waiting(work: Work, rule: str, limit: int = 200) -> list[Retention]:
    """What waits for a decision or will be erased, the longest due first; one query."""
    rows = current().filter(state__in=(*WAITING, "erasing"), pk__in=work.allowed(rule, Retention).values("pk"))
    rows = rows.annotate(ends=Coalesce(Greatest("due_on", "until"), F("due_on")))
    rows = rows.select_related("person").defer(*(f"person__{name}" for name in SEALED))
    return list(rows.order_by("review_on", "ends", "id")[:limit])


def is_late(work: Work, row: Retention) -> bool:
    """Whether a review waits for longer than it may, or the term is over and nobody decided."""
    if row.state not in WAITING or row.review_on is None:
        return False
    past = row.ends_on is not None and row.ends_on < work.today
    return past or row.review_on + timedelta(days=climbs_days()) < work.today
