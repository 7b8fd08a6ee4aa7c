"""Finding a person again, and records that may be one person."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.records import Recorded
from compass.access.scope import ScopedManager
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall


class SearchToken(models.Model):
    """One place in the blind index: a keyed digest of two attributes of a person, never of a name alone.

    token: 8 bytes of HMAC(index key of the organisation, the two attributes and the person's number among all who have
    both). Nobody shares a token. A place that was given up stays and names nobody, so that numbers have no gap.
    """

    pk = models.CompositePrimaryKey("organisation_id", "token")
    organisation_id = models.UUIDField()
    token = models.BigIntegerField()
    person_id = models.UUIDField(null=True)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT, UPDATE, DELETE")

    class Meta:
        indexes = [
            models.Index(
                fields=["person_id"], condition=models.Q(person_id__isnull=False), name="people_searchtoken_person"
            ),
        ]

    def __str__(self) -> str:
        return str(self.token)


class Search(Recorded):
    """That someone searched, never for what: by which attributes, with how many results. The trail says who was shown.

    kind: search (the page) | comparison (a record that was just written down, `about`, beside the office's others) | look
    (the page that shows those) | elsewhere (somebody asked whether another organisation works with `about` too).
    """

    kind = models.CharField(max_length=12)
    attributes = ArrayField(models.CharField(max_length=12), default=list)
    found = models.PositiveIntegerField()
    about = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["recorded_by", "-recorded_at"], name="people_search_throttle")]


class Judgement(Recorded):
    """Whether two records of one office are one person, as a colleague decided; `first` is the smaller identifier."""

    first = models.UUIDField()
    second = models.UUIDField()
    same = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "first", "second"], name="people_judgement_pair"),
        ]
        indexes = [models.Index(fields=["organisation_id", "second"], name="people_judgement_second")]


class Pair(models.Model):
    """Two records of one office that the nightly matcher takes for one person; `first` is the smaller identifier.

    They wait until a colleague has judged them, or a later night finds them alike no more. rank: their place in the
    order of the night that found them, 1 the likeliest. Nothing here says which answers agreed.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    first = models.UUIDField()
    second = models.UUIDField()
    rank = models.PositiveIntegerField()
    found_at = models.DateTimeField()

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT, DELETE")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "first", "second"], name="people_pair_once"),
        ]
        indexes = [models.Index(fields=["organisation_id", "found_at", "rank"], name="people_pair_waiting")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject_id(self) -> UUID:
        """It is about two people: a page that shows it notes both by themselves."""
        return self.pk
