"""Who a person is and was said to be, and how they are reached, beside what their record itself says."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.identifiers import new_id
from compass.vault.walls import Wall


class FormerContact(AboutPerson):
    """How a person could be reached until someone changed it (`occurred_at`, `recorded_by`). Nothing here is ever changed.

    contact_sealed: as that of Person, sealed for this row. It stays with the record under which it was said.
    """

    follows_merge: ClassVar[bool] = False
    contact_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="people_formercontact_newest")]


class FormerIdentity(AboutPerson):
    """Who the person was said to be until someone changed it (`occurred_at`, `recorded_by`). Nothing here is ever changed.

    identity_sealed: as that of Person, with "sex", "nationality" and "languages" as they were; sealed for this row. It
    stays with the record under which it was said.
    """

    follows_merge: ClassVar[bool] = False
    identity_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="people_formeridentity_newest")]


class PersonName(AboutPerson):
    """A further name of a person, or that of a parent. Each change is a new row; the newest of a `name` counts.

    name: which one it is, the same in all its rows. kind: code of name_kind. mistaken: that it was written down by
    mistake; it stays and counts for nothing. detail_sealed: {"words": the name in the script in which it was written}.
    All rows of one stay with the record under which it was written down.
    """

    follows_merge: ClassVar[bool] = False
    name = models.UUIDField(default=new_id)
    kind = models.CharField(max_length=20)
    mistaken = models.BooleanField(default=False)
    detail_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="people_personname_newest")]


class AgencyNumber(AboutPerson):
    """A number by which another organisation knows a person. Each change is a new row; the newest of a `reference` counts.

    reference: which number it is, the same in all its rows. kind: code of agency_number. state: code of
    agency_number_state; what was written down by mistake stays and counts for nothing.
    detail_sealed: {"number", "issued_by": who gave it, and where}. All rows of one stay with the record under which it was
    written down.
    """

    follows_merge: ClassVar[bool] = False
    reference = models.UUIDField(default=new_id)
    kind = models.CharField(max_length=32)
    state = models.CharField(max_length=12)
    detail_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="people_agencynumber_newest")]


class IdentityDocument(AboutPerson):
    """A document that names a person, and where it is now. Each change is a new row; the newest of a `document` counts.

    document: which one it is, the same in all its rows. type: code of document_type. country: ISO 3166 alpha-2 of the
    issuing country, or empty. possession: code of document_possession.
    detail_sealed: {"number", "name": as it stands on the document, "kept_by": who has it and where, "since": when it came
    there, "valid_until" (ISO 8601: a year, a month of a year or a day)}. All rows of one stay with the record under which
    it was written down.
    """

    follows_merge: ClassVar[bool] = False
    document = models.UUIDField(default=new_id)
    type = models.CharField(max_length=32)
    country = models.CharField(max_length=2, blank=True)
    possession = models.CharField(max_length=40)
    detail_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [models.Index(fields=["person", "-recorded_at"], name="people_document_newest")]

    @property
    def was_taken(self) -> bool:
        """Whether somebody took it away: a sign of trafficking or forced labour (DOC-05)."""
        return self.possession in TAKEN


#: Possession by whoever took it away.
TAKEN = frozenset({"confiscated_by_employer", "confiscated_by_smuggler_trafficker"})
