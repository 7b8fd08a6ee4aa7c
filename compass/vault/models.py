"""Wrapped keys. Root key -> key per organisation -> key per subject (a person, a case of partner care, a colleague)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from compass.vault.walls import OWN_ORGANISATION, Wall


class RootKeyRecord(models.Model):
    """That a root key exists: its number and a check value, never the key.

    While a rotation is under way, and no longer, the new key lies here wrapped under the one before and the one before
    under the new one: a server that was started with either learns the other without its custodians.
    """

    number = models.PositiveIntegerField(primary_key=True)
    check_value = models.BinaryField()
    before = models.PositiveIntegerField(null=True)
    wrapped = models.BinaryField(default=b"")
    before_wrapped = models.BinaryField(default=b"")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    cleaned_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(app="SELECT", using=None)


class Lock(models.Model):
    """That one organisation, or with `root.SYSTEM` the whole deployment, is locked until custodians open it again.

    Written by the owner's function `compass_lock`; `made_in` is the number of the transaction that wrote it, which goes on
    so that the lock and its entry in the trail are one. `locked_by` is empty for the operator. `revoked`: headquarters
    took the organisation out of the programme (`compass_revoke`).
    """

    organisation_id = models.UUIDField()
    locked_by = models.UUIDField(null=True)
    locked_at = models.DateTimeField(db_default=Now())
    made_in = models.BigIntegerField()
    revoked = models.BooleanField(db_default=False)
    opened_at = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(app="SELECT", using=None)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id"], condition=models.Q(opened_at=None), name="vault_lock_one_open"
            )
        ]


class OrganisationKey(models.Model):
    """One version of an organisation's key, wrapped by the root key of the number `root_key`.

    The organisation `root.SYSTEM` is the deployment itself: its key seals what belongs to no organisation. While it is
    locked, the application does not even see the wrapped key.
    """

    organisation_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    root_key = models.PositiveIntegerField(db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    wall: ClassVar[Wall] = Wall(app="SELECT", using="NOT compass_is_locked(organisation_id)")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "version"], name="vault_organisationkey_one")]


class SubjectKey(models.Model):
    """The key of one subject, wrapped for one organisation. Destroying every row of a subject erases what it sealed."""

    subject_id = models.UUIDField()
    organisation_id = models.UUIDField()
    organisation_key_version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # A made-up key for a subject that another organisation holds would pass for the right to share or destroy it.
    wall: ClassVar[Wall] = Wall(
        app="SELECT, INSERT, DELETE", insert=f"{OWN_ORGANISATION} AND compass_key_is_new(subject_id)"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "organisation_id"], name="vault_subjectkey_one"),
        ]
        indexes = [models.Index(fields=["organisation_id", "subject_id"], name="vault_subjectkey_find")]


class Erasure(models.Model):
    """One line of the erasure ledger: that the keys of a subject were destroyed for good, and when. Only ever added to.

    `number` counts from 1 without a gap. Written by the owner's function `compass_destroy_keys` in the same statement that
    deletes the keys; exported by `compass.trail.erasures`, replayed by `compass restore`.
    """

    number = models.BigIntegerField(primary_key=True)
    subject_id = models.UUIDField(unique=True)
    at = models.DateTimeField()

    # Identifiers that no key opens any more, of no organisation: the worker exports all of them.
    wall: ClassVar[Wall] = Wall(app="SELECT", using=None)
