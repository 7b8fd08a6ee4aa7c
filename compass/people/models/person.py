"""A person, and what every record about one has in common."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compass.access.codes import new_code
from compass.access.records import Recorded
from compass.access.scope import ScopedManager
from compass.problems import Merged
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall


class Person(models.Model):
    """Someone COMPASS works with. `code` is what pages and colleagues say instead of a name.

    identity_sealed: {"given", "family", "other", "one_name": whether the person has one name only; "birth_date" (ISO) |
    "birth_year", "birth_estimated", with "birth_month" (1 to 12) for a small child whose age was told in months |
    "birth_unknown": that nobody knows when; "second_nationality", "third_nationality": countries, only beside a first one;
    "place_of_origin"}. Further names stand in PersonName.
    nationality: the one said first, which figures count; or a code of three letters for who has none. Empty: not asked.
    Further ones are sealed, so that a rare pair of them narrows nobody down on a stolen disk.
    contact_sealed: {"safe_contact": code of safe_contact, "trusted_person": who passes a message on, "phone",
    "safe_to_call", "safe_times", "speak_as": who we say we are, "what_to_say", "must_not_know": who must not learn of
    it, "unsafe_numbers": [numbers never to be called again], "safe_to_carry_paper", "interpreter_needed",
    "interpreter_language", "interpreter_sex": code of interpreter_sex, whom the person prefers}.
    What a change of either does not name stays; what it names with None or nothing is taken away.
    relation: code of person_relation, towards the principal person of the household.
    once_alone: whether a child was ever recorded as alone, or not known to be with a parent; later words do not undo it.
    consent_due_at: until when consent must be asked after action on vital interest; empty once an answer is recorded.
    merged_into: the record with which this one was merged: what is said about the person is written there from then on.
    coarse: the household's files are closed and its rows say quarters, child or adult; what they said before is sealed in
    `Exact` and is put back before anything is written (`compass.people.actions.coarsening`).
    """

    #: A row about a person is refused once this column is filled (`compass.access.walls`).
    closed_by: ClassVar[str] = "merged_into_id"
    #: And asks this trigger, which refuses it while `coarse` is true: the exact values come first.
    coarse_by: ClassVar[str] = "compass_exact"

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    code = models.CharField(max_length=9, unique=True, default=new_code)
    household_id = models.UUIDField(default=new_id)
    relation = models.CharField(max_length=20, default="principal")
    sex = models.CharField(max_length=12, default="undisclosed")
    age_band = models.CharField(max_length=6, blank=True)
    nationality = models.CharField(max_length=3, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    uasc_status = models.CharField(max_length=20, blank=True)
    once_alone = models.BooleanField(default=False)
    country_met = models.CharField(max_length=2)
    identity_sealed = models.BinaryField(default=b"")
    contact_sealed = models.BinaryField(default=b"")
    basis = models.CharField(max_length=20)
    consent_due_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    coarse = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall()

    class Meta:
        indexes = [
            models.Index(fields=["household_id", "organisation_id"], name="people_person_household"),
            models.Index(fields=["organisation_id", "-recorded_at"], name="people_person_recent"),
            models.Index(
                fields=["organisation_id", "consent_due_at"],
                condition=models.Q(consent_due_at__isnull=False),
                name="people_person_consent_due",
            ),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="people_person_merged"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def subject_id(self) -> UUID:
        """Whom the trail and the vault mean by this row."""
        return self.pk

    @property
    def is_child(self) -> bool:
        return self.age_band in CHILD_BANDS

    def must_take(self, rule: str) -> None:
        """Raise Merged when this step belongs to the record with which this one was merged.

        Best interests stay with the record, and with those who may read them: see `compass.people.merging`.
        """
        if self.merged_into is not None and not rule.startswith("best_interests."):
            raise Merged(code=self.merged_into.code)


#: What is left of an age band once everything about a household is closed.
CHILD, ADULT = "child", "adult"
CHILD_BANDS = ("0-4", "5-11", "12-14", "15-17", CHILD)
#: Children whose own informed consent is asked for (case management 2.3); in doubt it is asked for.
OWN_CONSENT_BANDS = ("15-17", CHILD)
#: Sealed answers about nationality, in the order of the form.
FURTHER = ("second_nationality", "third_nationality")
#: In doubt a child counts as alone (BIP-10).
PERHAPS_ALONE = frozenset({"unaccompanied", "separated", "unknown"})


class AboutPerson(Recorded):
    """A record about a person; it moves with the person to another office.

    follows_merge: whether it goes to the record that is kept when two records of one person are merged.
    """

    follows_merge: ClassVar[bool] = True
    #: Whether it is refused while the person's rows are coarse.
    wants_exact: ClassVar[bool] = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    wall: ClassVar[Wall] = Wall(moves_with="person")

    class Meta:
        abstract = True

    @property
    def subject_id(self) -> UUID:
        return self.person_id
