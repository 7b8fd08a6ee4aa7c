"""The one narrow door: what is copied to where the public side can read it. Only a results officer opens it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.commons.models import (
    FACTS,
    FIGURES,
    MISSING_MIGRANTS,
    Edition,
    MissingMigrants,
    PublishedFact,
    PublishedFigure,
)
from compass.commons.synthesis import facts, missing_migrants
from compass.problems import Invalid, NotFound
from compass.programme.actions import Publication, refresh_figures
from compass.programme.models import ALL, TOTAL, YEAR, Snapshot
from compass.vault.identifiers import new_id


@dataclass(frozen=True, kw_only=True)
class FactsFile(Command):
    """The bytes of a file of published facts."""

    content: bytes


@dataclass(frozen=True, kw_only=True)
class MissingMigrantsFile(Command):
    """The bytes of a file of IOM's aggregate and the day that it speaks of."""

    content: bytes
    as_of: date


@action("commons.publish_figures", Edition)
def publish_figures(work: Work, publications: list[Publication]) -> list[Edition]:
    """Copy the yearly totals of snapshots, by country and kind of help. Raises Denied, NotFound."""
    work.demand("commons.publish")
    snapshots = Snapshot.objects.in_bulk([each.id for each in publications])
    editions = []
    for each in publications:
        if each.id is None or each.id not in snapshots:
            raise NotFound
        snapshot = snapshots[each.id]
        cells = snapshot.figures.filter(granularity__in=[YEAR, ALL], breakdown=TOTAL)
        editions.append(
            _edition(
                work,
                FIGURES,
                snapshot.digest + str(snapshot.pk),
                as_of=snapshot.as_of,
                synthetic=settings.COMPASS_DEMONSTRATION,
                rows=[
                    PublishedFigure(
                        granularity=f.granularity,
                        starts=f.starts,
                        country=f.country,
                        service_class=f.service_class,
                        people=f.people,
                        services=f.services,
                        withheld=f.withheld,
                    )
                    for f in cells
                ],
            )
        )
    return editions


@action("commons.publish_facts", Edition)
def publish_facts(work: Work, files: list[FactsFile]) -> list[Edition]:
    """Publish the programme's published results, with what each can be compared with. Raises Denied, WrongHeader."""
    work.demand("commons.publish")
    editions = []
    for each in files:
        found = facts.parse(each.content)
        rows = [
            PublishedFact(
                fact_id=f.id,
                place=place,
                scope=f.scope,
                first_year=f.first_year,
                last_year=f.last_year,
                code=f.code,
                value=f.value,
                unit=f.unit,
                bound=f.bound,
                kind=f.kind,
                source=f.source,
                as_stated=f.as_stated,
                countries=list(f.countries),
                cautions=list(f.cautions),
                derived_from=list(f.derived_from),
            )
            for place, f in enumerate(found.facts)
        ]
        editions.append(_edition(work, FACTS, _print(each.content), rows=rows, rejected=len(found.rejections)))
    return editions


@action("commons.publish_missing_migrants", Edition)
def publish_missing_migrants(work: Work, files: list[MissingMigrantsFile]) -> list[Edition]:
    """Publish IOM's aggregate, row by row. Raises Denied, WrongHeader, Invalid for a day to come."""
    work.demand("commons.publish")
    editions = []
    for each in files:
        if each.as_of > work.today:
            raise Invalid(what=_("the day that the file speaks of is still to come"))
        found = missing_migrants.parse(each.content, each.as_of)
        rows = [
            MissingMigrants(
                line=r.line,
                year=r.year,
                cause=r.cause,
                published_cause=r.published_cause,
                lon=r.lon,
                lat=r.lat,
                people=r.people,
                region=r.region,
            )
            for r in found.records
        ]
        editions.append(
            _edition(
                work,
                MISSING_MIGRANTS,
                _print(each.content) + each.as_of.isoformat(),
                rows=rows,
                rejected=len(found.rejections),
                as_of=each.as_of,
            )
        )
    return editions


def publish_newest(work: Work, publication: Publication) -> Edition:
    """Count up to the end of yesterday and publish that: what the demonstration does when it has loaded its people."""
    snapshot = refresh_figures()
    return publish_figures(work, [replace(publication, id=snapshot.pk)])[0]


def _print(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _edition(
    work: Work,
    kind: str,
    digest: str,
    *,
    rows: Sequence[models.Model],
    rejected: int = 0,
    as_of: date | None = None,
    synthetic: bool = False,
) -> Edition:
    """The newest edition when it holds the same; else a new one with its rows, in this one transaction."""
    newest = Edition.objects.filter(kind=kind).order_by("-published_at", "-id").first()
    digest = hashlib.sha256(digest.encode()).hexdigest()
    if newest is not None and newest.digest == digest:
        return newest
    edition = Edition.objects.create(
        id=new_id(),
        kind=kind,
        published_at=work.now,
        as_of=as_of,
        digest=digest,
        rows=len(rows),
        rejected=rejected,
        synthetic=synthetic,
    )
    for row in rows:
        row.edition = edition  # type: ignore[attr-defined]
    if rows:
        type(rows[0])._default_manager.bulk_create(rows, batch_size=1000)
    return edition
