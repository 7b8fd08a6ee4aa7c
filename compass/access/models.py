"""Organisations, colleagues and what they were granted; sessions; receipts of actions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models

from compass.access import scope
from compass.vault.identifiers import new_id
from compass.vault.walls import OWN_ORGANISATION, Wall


class OrganisationKind(models.TextChoices):
    OFFICE = "office", "office"
    PARTNER = "partner", "partner"
    UNHCR = "unhcr", "unhcr"
    MINISTRY = "ministry", "ministry"
    DONOR = "donor", "donor"


class Organisation(models.Model):
    """A country office of the programme, a partner, UNHCR, a ministry or the funder. Its name is not a secret."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=OrganisationKind.choices)
    country = models.CharField(max_length=2, blank=True)
    quick_exit_url = models.URLField(blank=True)

    wall: ClassVar[Wall] = Wall(app="SELECT", using=None)

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A colleague. The name is sealed; the user name is a work handle that names a post, not a person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=60, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="users")
    name_sealed = models.BinaryField(default=b"")
    language = models.CharField(max_length=5, default="fr")
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    #: Until then the password is the one-time code of an invitation: it opens the page of the first sign-in and no other.
    invited_until = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    objects = BaseUserManager()
    # A trigger asks whose password it is (`walls.OWN_ACCOUNT`); all else is the owner's to write.
    wall: ClassVar[Wall] = Wall(app="SELECT, UPDATE (password, last_login)", using=None)

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is the password; one that was hashed in an older way is hashed anew, as this colleague's own act."""

        def rehash(raw: str | None) -> None:
            self.set_password(raw)
            # Not a new password: the validators of one are not asked.
            self._password = None
            with scope.account(self.pk):
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, rehash)

    def __str__(self) -> str:
        return self.username


class Grant(models.Model):
    """A role in an organisation and country programme for a time. Written by the owner's command only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    country = models.CharField(max_length=2, blank=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    wall: ClassVar[Wall] = Wall(app="SELECT", using=None)


class Session(models.Model):
    """A signed-in browser. The key is stored as SHA-256 and the content sealed: a stolen table signs no one in."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    sealed = models.BinaryField()
    user_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT, UPDATE, DELETE", using=None)


class Receipt(models.Model):
    """Proof that an action was done once: same key, actor, action and content give the same result again.

    `digest` is keyed, so that a stolen table cannot be asked whether a guessed content was sent.
    """

    key = models.UUIDField(primary_key=True)
    action = models.CharField(max_length=60)
    actor_id = models.UUIDField()
    organisation_id = models.UUIDField()
    result_id = models.UUIDField(null=True)
    basis = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_default="")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT, UPDATE", using=OWN_ORGANISATION)

    class Meta:
        # Who led or assessed a record until now is asked whenever somebody decides on it.
        indexes = [models.Index(fields=["result_id", "action"], name="access_receipt_result")]


class Opening(models.Model):
    """That a colleague opened sealed words about somebody, so that openings can be counted. `veiled`: of whom, as the trail
    names them. `session`: the trail's mark of the session, empty outside one.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation_id = models.UUIDField()
    recorded_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    session = models.CharField(max_length=12, blank=True)
    veiled = models.UUIDField()

    wall: ClassVar[Wall] = Wall(
        app="SELECT, INSERT", insert=f"{OWN_ORGANISATION} AND recorded_by = compass_scope_actor()"
    )

    class Meta:
        indexes = [models.Index(fields=["recorded_by", "-recorded_at"], name="access_opening_lately")]


class ScopeKey(models.Model):
    """The two padded halves of the HMAC key that signs scopes. Only the owner reads it."""

    id = models.CharField(max_length=16, primary_key=True)
    inner_pad = models.BinaryField()
    outer_pad = models.BinaryField()

    wall: ClassVar[Wall] = Wall(app="", using=None)
