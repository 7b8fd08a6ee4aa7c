"""A person is one record for the whole journey. Identity and contact are sealed; codes for daily work are clear.

Every table about a person follows the person when the record is handed over (`moves_with`), and must be listed in
`compass.people.registry` for merge and erasure.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from compass.access.codes import new_code
from compass.access.records import Recorded
from compass.access.scope import ScopedManager
from compass.problems import Merged
from compass.vault.walls import Wall


class Person(models.Model):
    """Someone COMPASS works with. `code` is what pages and colleagues say instead of a name.

    identity_sealed: {"given", "family", "other", "one_name": whether the person has one name only; "birth_date" (ISO) |
    "birth_year", "birth_estimated", with "birth_month" (1 to 12) for a small child whose age was told in months |
    "birth_unknown": that nobody knows when; "place_of_origin"}. Further names stand in PersonName.
    contact_sealed: {"safe_contact": code of safe_contact, "trusted_person": who passes a message on, "phone",
    "safe_to_call", "safe_times", "speak_as": who we say we are, "what_to_say", "must_not_know": who must not learn of
    it, "unsafe_numbers": [numbers never to be called again], "safe_to_carry_paper"}.
    What a change of either does not name stays; what it names with None or nothing is taken away.
    relation: code of person_relation, towards the principal person of the household.
    once_alone: whether a child was ever recorded as alone, or not known to be with a parent; later words do not undo it.
    consent_due_at: until when consent must be asked after action on vital interest; empty once an answer is recorded.
    merged_into: the record with which this one was merged: what is said about the person is written there from then on.
    """

    #: A row about a person is refused once this column is filled (`compass.access.walls`).
    closed_by: ClassVar[str] = "merged_into_id"

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation_id = models.UUIDField()
    code = models.CharField(max_length=9, unique=True, default=new_code)
    household_id = models.UUIDField(default=uuid7)
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


CHILD_BANDS = ("0-4", "5-11", "12-14", "15-17")
#: Children whose own informed consent is asked for (case management 2.3).
OWN_CONSENT_BANDS = ("15-17",)
#: In doubt a child counts as alone (BIP-10).
PERHAPS_ALONE = frozenset({"unaccompanied", "separated", "unknown"})


class AboutPerson(Recorded):
    """A record about a person; it moves with the person to another office.

    follows_merge: whether it goes to the record that is kept when two records of one person are merged.
    """

    follows_merge: ClassVar[bool] = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    wall: ClassVar[Wall] = Wall(moves_with="person")

    class Meta:
        abstract = True

    @property
    def subject_id(self) -> UUID:
        return self.person_id


class FormerContact(AboutPerson):
    """How a person could be reached until someone changed it (`occurred_at`, `recorded_by`). Nothing here is ever changed.

    contact_sealed: as that of Person, sealed for this row. It stays with the record under which it was said.
    """

    follows_merge: ClassVar[bool] = False
    contact_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="people_formercontact_newest")]


class FormerIdentity(AboutPerson):
    """Who the person was said to be until someone changed it (`occurred_at`, `recorded_by`). Nothing here is ever changed.

    identity_sealed: as that of Person, with "sex", "nationality" and "languages" as they were; sealed for this row. It
    stays with the record under which it was said.
    """

    follows_merge: ClassVar[bool] = False
    identity_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="people_formeridentity_newest")]


class PersonName(AboutPerson):
    """A further name of a person, or that of a parent. Each change is a new row; the newest of a `name` counts.

    name: which one it is, the same in all its rows. kind: code of name_kind. mistaken: that it was written down by
    mistake; it stays and counts for nothing. detail_sealed: {"words": the name in the script in which it was written}.
    All rows of one stay with the record under which it was written down.
    """

    follows_merge: ClassVar[bool] = False
    name = models.UUIDField(default=uuid7)
    kind = models.CharField(max_length=20)
    mistaken = models.BooleanField(default=False)
    detail_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="people_personname_newest")]


class IdentityDocument(AboutPerson):
    """A document that names a person, and where it is now. Each change is a new row; the newest of a `document` counts.

    document: which one it is, the same in all its rows. type: code of document_type. country: ISO 3166 alpha-2 of the
    issuing country, or empty. possession: code of document_possession.
    detail_sealed: {"number", "name": as it stands on the document, "kept_by": who has it and where, "since": when it came
    there (ISO), "valid_until" (ISO)}. All rows of one stay with the record under which it was written down.
    """

    follows_merge: ClassVar[bool] = False
    document = models.UUIDField(default=uuid7)
    type = models.CharField(max_length=32)
    country = models.CharField(max_length=2, blank=True)
    possession = models.CharField(max_length=40)
    detail_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="people_document_newest")]

    @property
    def was_taken(self) -> bool:
        """Whether somebody took it away: a sign of trafficking or forced labour (DOC-05)."""
        return self.possession in TAKEN


#: Possession by whoever took it away.
TAKEN = frozenset({"confiscated_by_employer", "confiscated_by_smuggler_trafficker"})


class Consent(AboutPerson):
    """What a person agreed to, by purpose. The newest one counts, also when it is withdrawn or has expired: see
    `compass.people.consent`.

    joined_at: it was said under another record of the person, which was merged into this one at that moment; until the
    person is asked again, the narrower of both answers counts.
    scopes: {scope code: bool}. information: codes of the seven items that were told. detail_sealed: {"interpreter",
    "caregiver", "evidence", "remark"}. copied_from: the consent of an adult whose answers hold for this child too.
    """

    given_by = models.CharField(max_length=20)
    mode = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    interpreter_mode = models.CharField(max_length=20, blank=True)
    notice_version = models.CharField(max_length=20)
    ladder = models.CharField(max_length=8, blank=True)
    child_agrees = models.BooleanField(null=True)
    certified = models.BooleanField(default=False)
    information = ArrayField(models.CharField(max_length=40), default=list)
    scopes = models.JSONField(default=dict)
    expires_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True)
    copied_from = models.UUIDField(null=True)
    joined_at = models.DateTimeField(null=True)
    detail_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [models.Index(fields=["person", "-occurred_at"], name="people_consent_newest")]


class GuardianRequest(AboutPerson):
    """A guardian asked for a child who is alone (BIP-02). status: requested | appointed | withdrawn.

    authority: code of guardian_authority. detail_sealed: {"remark"}.
    """

    authority = models.CharField(max_length=32)
    status = models.CharField(max_length=12, default="requested")
    appointed_at = models.DateTimeField(null=True)
    detail_sealed = models.BinaryField(default=b"")


class Service(AboutPerson):
    """A service that a person received: the one source of every figure about services.

    `service` is a code of the catalogue (case-management.md 5.1), `service_class` its reporting class (H, C, R, RI) as
    delivered; `country` is where it was delivered and stays when the record moves. `origin` names the record that
    made it. annulled_at: when it was said to have been recorded by mistake; from then on no figure counts it.
    """

    service = models.CharField(max_length=3)
    service_class = models.CharField(max_length=2)
    country = models.CharField(max_length=2)
    delivered_on = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=2, default=1)
    provider_id = models.UUIDField()
    origin = models.UUIDField(null=True)
    annulled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["delivered_on", "country", "service_class"], name="people_service_figures")]


class OfficeVoice(models.Model):
    """An office's own recording of one text of the notice: public speech, therefore not sealed. The newest one plays.

    `key` is a key of `content.consent.Notice.spoken`; `text_digest` names the text that was read.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    organisation_id = models.UUIDField()
    language = models.CharField(max_length=8)
    key = models.CharField(max_length=60)
    media_type = models.CharField(max_length=20)
    audio = models.BinaryField()
    notice_version = models.CharField(max_length=20)
    text_digest = models.CharField(max_length=16)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField()

    objects: ClassVar[ScopedManager] = ScopedManager()
    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT")

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "language", "key", "-id"], name="people_officevoice_newest")]

    def __str__(self) -> str:
        return f"{self.language}/{self.key}"

    @property
    def subject_id(self) -> UUID:
        """The office that speaks; it is about no person."""
        return self.organisation_id


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
    (the page that shows those).
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

    id = models.UUIDField(primary_key=True, default=uuid7)
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
        indexes = [models.Index(fields=["organisation_id", "id"], name="people_pair_waiting")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject_id(self) -> UUID:
        """It is about two people: a page that shows it notes both by themselves."""
        return self.pk


class ErasureRequest(AboutPerson):
    """That a person asked to be erased. Confirmed in a second private talk on another day, carried out after a delay.

    status: code of erasure_status. talk: code of erasure_talk, how the second talk was held. due_at: when the keys are
    destroyed unless the request is cancelled before. ground: code of erasure_ground, why the record must be kept. Why
    the person asks, or no longer asks, is not written down.
    """

    status = models.CharField(max_length=10, default="asked")
    talk = models.CharField(max_length=16, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    ground = models.CharField(max_length=20, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(status__in=("asked", "confirmed")), name="people_erasure_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(status="confirmed"), name="people_erasurerequest_due"),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in {"asked", "confirmed"}


class CopyMade(AboutPerson):
    """That a copy of what is held about a person was made for them. Nothing of the copy itself is kept.

    how: code of copy_form; `read` is the colleague going through it before. talk: code of erasure_talk, how they talked.
    checked: code of identity_check, how the colleague knew that it was this person. records: how many were in it. words:
    how many free texts, of those that there were.
    """

    follows_merge: ClassVar[bool] = False
    how = models.CharField(max_length=8)
    talk = models.CharField(max_length=16)
    checked = models.CharField(max_length=16)
    records = models.PositiveIntegerField(default=0)
    words = models.PositiveIntegerField(default=0)

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["recorded_by", "-recorded_at"], name="people_copymade_throttle")]


class DataRequest(AboutPerson):
    """A person says that something about them is wrong (correction), or that they do not want something done with their data
    (objection). Answered with a reason, then told to them; help does not depend on it.

    kind: code of right_kind. about: code of right_about, what it concerns. purpose: of an objection, code of consent_scope.
    due_on: the last day for the answer. status: code of right_status. answer: code of right_answer. ground: of a refusal,
    code of right_ground. told_at: when the person was told. words_sealed: {"said"}, theirs. reason_sealed: {"reason"},
    what they are told.
    """

    kind = models.CharField(max_length=12)
    about = models.CharField(max_length=16)
    purpose = models.CharField(max_length=32, blank=True)
    due_on = models.DateField()
    status = models.CharField(max_length=10, default="open")
    answer = models.CharField(max_length=12, blank=True)
    ground = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    told_at = models.DateTimeField(null=True)
    words_sealed = models.BinaryField(default=b"")
    reason_sealed = models.BinaryField(default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="people_datarequest_newest"),
            models.Index(
                fields=["organisation_id", "due_on"],
                condition=~models.Q(status="told"),
                name="people_datarequest_due",
            ),
        ]


class Merge(AboutPerson):
    """Two records of one person made one: `person` is kept, `absorbed` leads to it from then on.

    state: asked | confirmed | declined | undone. recorded_by asked; decided_by, another person, confirmed or declined.
    household: where the absorbed record belonged before. once_alone, uasc_status, consent_due_at: what the kept record said
    before; of a child the graver of both counts. contact: the digest of its sealed contact, to tell whether that was written
    anew since. readers: who, beside supervisors, could read what stays with the absorbed record; nobody is added later.
    """

    follows_merge: ClassVar[bool] = False
    absorbed = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="asked")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    household = models.UUIDField(null=True)
    once_alone = models.BooleanField(default=False)
    uasc_status = models.CharField(max_length=20, blank=True)
    consent_due_at = models.DateTimeField(null=True)
    contact = models.CharField(max_length=32, blank=True)
    readers = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=models.Q(state__in=["asked", "confirmed"]), name="people_merge_once"
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="people_merge_kept")]


class MergedRow(AboutPerson):
    """What a merge changed in one row, enough to put it back as it was.

    model, row: which one. column: a sealed column with its blob from before (`blob_sealed`, still under the absorbed
    record's key) and the digest of what stands there since (`after`); empty for the row itself, whose person was the
    absorbed one.
    """

    follows_merge: ClassVar[bool] = False
    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="rows")
    model = models.CharField(max_length=32)
    row = models.UUIDField()
    column = models.CharField(max_length=32, blank=True)
    blob_sealed = models.BinaryField(default=b"")
    after = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [models.Index(fields=["row"], name="people_mergedrow_row")]
