"""Figures without people: snapshots that only the owner's functions write, already protected when they are stored.

Raw counts exist for the length of one function call, in a temporary table of the owner; no role can read them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.db import models

from compass.vault.walls import Wall

MONTH, QUARTER, YEAR, ALL = "month", "quarter", "year", "all"
TOTAL, SEX, AGE = "total", "sex", "age"


class Snapshot(models.Model):
    """One count of everything up to and including `as_of`. Never overwritten: a new count is a new version.

    `threshold`: fewer people than this are not shown. `rounding`: what is shown is a multiple of it. `digest`: SHA-256 of
    the protected figures, so that counting the same again makes nothing new. `rules`: version of the counting rules.
    """

    id = models.UUIDField(primary_key=True)
    as_of = models.DateField()
    version = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    threshold = models.PositiveSmallIntegerField()
    rounding = models.PositiveSmallIntegerField()
    rules = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)

    wall: ClassVar[Wall] = Wall(app="SELECT", counts="SELECT", using=None)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["as_of", "version"], name="programme_snapshot_once")]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d} ({self.version})"


class Figure(models.Model):
    """One cell of the fixed cubes.

    `granularity` and `starts`: month, quarter, year or all, and its first day. `country`: where the services were
    delivered, empty for all. `service_class`: H, C, R, RI, empty for any. `breakdown` and `part`: total, or sex (female,
    male, other), or age (child, adult, unknown). `people` are counted once within the cell, `services` apart from them;
    both are empty when `withheld`. Which of them there are: sql.py.
    """

    id = models.UUIDField(primary_key=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="figures")
    granularity = models.CharField(max_length=7)
    starts = models.DateField()
    country = models.CharField(max_length=2, blank=True)
    service_class = models.CharField(max_length=2, blank=True)
    breakdown = models.CharField(max_length=5)
    part = models.CharField(max_length=7, blank=True)
    people = models.PositiveIntegerField(null=True)
    services = models.PositiveIntegerField(null=True)
    withheld = models.BooleanField()

    wall: ClassVar[Wall] = Wall(app="SELECT", counts="SELECT", using=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "granularity", "starts", "country", "service_class", "breakdown", "part"],
                name="programme_figure_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.granularity} {self.starts:%Y-%m-%d} {self.country} {self.service_class} {self.part}"

    @property
    def ends(self) -> date:
        """The last day of the period, or the last day counted when the period was still running."""
        if self.granularity == ALL:
            return self.snapshot.as_of
        months = {MONTH: 1, QUARTER: 3, YEAR: 12}[self.granularity]
        after = self.starts.month - 1 + months
        last = date(self.starts.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
        return min(last, self.snapshot.as_of)
