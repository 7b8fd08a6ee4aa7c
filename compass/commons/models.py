"""What the world may see: editions, copied here through one door and never changed afterwards.

An edition is one load of one kind of content. The newest edition of a kind is what the public side shows; older ones stay.
The public role reads these tables and no other.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.vault.identifiers import new_id
from compass.vault.walls import Wall

PUBLIC = Wall(app="SELECT, INSERT", public="SELECT", using=None)
FIGURES, FACTS, MISSING_MIGRANTS = "figures", "facts", "missing_migrants"


class Edition(models.Model):
    """One load. `digest` is SHA-256 of what was loaded, so that the same content makes no second edition.

    `as_of`: the day the content speaks of. `rejected`: lines of the file that were left out. `synthetic`: the content is
    invented, as in a demonstration.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    published_at = models.DateTimeField()
    as_of = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField(default=0)
    synthetic = models.BooleanField(default=False)

    wall: ClassVar[Wall] = PUBLIC

    class Meta:
        indexes = [models.Index(fields=["kind", "-published_at"], name="commons_edition_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.published_at:%Y-%m-%d}"


class PublishedFact(models.Model):
    """A figure that the programme published elsewhere, or one derived from such figures; see synthesis/facts.py."""

    id = models.UUIDField(primary_key=True, default=new_id)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="facts")
    fact_id = models.CharField(max_length=60)
    place = models.SmallIntegerField()
    scope = models.CharField(max_length=9)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=30)
    value = models.PositiveBigIntegerField()
    unit = models.CharField(max_length=7)
    bound = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=120)
    as_stated = models.CharField(max_length=30, blank=True)
    countries = ArrayField(models.CharField(max_length=3), default=list)
    cautions = ArrayField(models.CharField(max_length=40), default=list)
    derived_from = ArrayField(models.CharField(max_length=60), default=list)

    wall: ClassVar[Wall] = PUBLIC

    class Meta:
        ordering = ["place"]

    def __str__(self) -> str:
        return self.fact_id

    @property
    def period(self) -> str:
        """The year, or first and last year."""
        return str(self.first_year) if self.first_year == self.last_year else f"{self.first_year}–{self.last_year}"


class PublishedFigure(models.Model):
    """One cell of a snapshot of the programme's own records, already withheld and rounded when it came."""

    id = models.UUIDField(primary_key=True, default=new_id)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="figures")
    granularity = models.CharField(max_length=7)
    starts = models.DateField()
    country = models.CharField(max_length=2, blank=True)
    service_class = models.CharField(max_length=2, blank=True)
    people = models.PositiveIntegerField(null=True)
    services = models.PositiveIntegerField(null=True)
    withheld = models.BooleanField()

    wall: ClassVar[Wall] = PUBLIC

    def __str__(self) -> str:
        return f"{self.granularity} {self.starts:%Y} {self.country} {self.service_class}"


class MissingMigrants(models.Model):
    """One row of IOM's aggregate: people dead or missing at a place in a year. `region` is our grouping."""

    id = models.UUIDField(primary_key=True, default=new_id)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="missing_migrants")
    line = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=40)
    published_cause = models.CharField(max_length=300)
    lon = models.FloatField()
    lat = models.FloatField()
    people = models.PositiveIntegerField()
    region = models.CharField(max_length=40)

    wall: ClassVar[Wall] = PUBLIC

    def __str__(self) -> str:
        return f"{self.year} {self.region} {self.people}"
