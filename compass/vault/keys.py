"""The keys of one unit of work: creating, finding, sharing and destroying them.

A `KeyRing` lives as long as its unit of work and sees only what the database scope shows, so that a request can open no
more than the organisations it acts for. Organisation keys are cached per process; subject keys are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from compass.problems import KeyAbsent
from compass.vault import crypto
from compass.vault.models import OrganisationKey, RootKeyRecord, SubjectKey
from compass.vault.root import SYSTEM, context, ring, root_key, system_subkey, unwrap, wrap


def create_organisation_key(organisation_id: UUID) -> None:
    """Make an organisation's first key. The owner's work."""
    with transaction.atomic():
        # Locked, so that a rotation does not end between the choice of the root key and the new row.
        numbers = RootKeyRecord.objects.select_for_update().order_by("-number").values_list("number", flat=True)
        number = numbers.first()
        key = root_key(number).wrap(crypto.new_key(), context(organisation_id, 1))
        OrganisationKey.objects.create(
            organisation_id=organisation_id,
            version=1,
            wrapped=key,
            root_key=ring().newest() if number is None else number,
        )


@lru_cache(maxsize=1024)
def _organisation_key(organisation_id: UUID, version: int | None = None) -> tuple[int, bytes]:
    """One version of an organisation's key; the newest without a version. Raises KeyAbsent, Locked, OfficeLocked."""
    versions = OrganisationKey.objects.filter(organisation_id=organisation_id)
    row = (versions if version is None else versions.filter(version=version)).order_by("-version").first()
    if row is None:
        from compass.vault.locking import refuse

        refuse(organisation_id)
        raise KeyAbsent
    return row.version, root_key(row.root_key).unwrap(row.wrapped, context(organisation_id, row.version))


@lru_cache(maxsize=32)
def system_key(purpose: str) -> bytes:
    """A key for data that belongs to no organisation: sessions, second factors, names of colleagues, receipts.

    Derived from the deployment's own key, not from the root key: a rotation wraps that key anew and has nothing to reseal.
    """
    return system_subkey(_organisation_key(SYSTEM)[1], purpose)


def hold_any() -> bool:
    """Whether this process holds a key of an organisation or of the deployment in memory."""
    return bool(_organisation_key.cache_info().currsize or system_key.cache_info().currsize)


def forget_keys() -> None:
    """Drop the keys of organisations and of the deployment that this process holds in memory."""
    _organisation_key.cache_clear()
    system_key.cache_clear()


_KEYS = """
SELECT subject_id, organisation_id, organisation_key_version, wrapped, expires_at FROM vault_subjectkey
WHERE organisation_id = ANY (%s::uuid[]) AND subject_id = ANY (%s::uuid[])
"""


class KeyRing:
    """Keys by subject for the organisations of one unit of work; `seal` and `open` work on JSON values."""

    def __init__(self, organisations: Iterable[UUID]) -> None:
        self._organisations = tuple(organisations)
        self._keys: dict[UUID, bytes] = {}
        self.sealed: list[tuple[str, str, str, str]] = []

    def create(self, organisation_id: UUID, subjects: Sequence[UUID]) -> None:
        """Make and wrap a key for each subject that has none yet; two statements for the whole list."""
        version, outer = _organisation_key(organisation_id)
        known = set(
            SubjectKey.objects.filter(organisation_id=organisation_id, subject_id__in=subjects).values_list(
                "subject_id", flat=True
            )
        )
        rows = []
        for subject in dict.fromkeys(s for s in subjects if s not in known):
            key = crypto.new_key()
            self._keys[subject] = key
            rows.append(
                SubjectKey(
                    subject_id=subject,
                    organisation_id=organisation_id,
                    organisation_key_version=version,
                    wrapped=wrap(outer, key, f"subject|{subject}|{organisation_id}"),
                )
            )
        SubjectKey.objects.bulk_create(rows)

    def load(self, subjects: Iterable[UUID]) -> None:
        """Unwrap the keys of a list of subjects in one query."""
        wanted = {s for s in subjects if s not in self._keys}
        if not wanted:
            return
        from django.db import connection

        now = timezone.now()
        # Every page asks this, some about hundreds of people: one text whatever their number.
        asked = [f"{{{','.join(map(str, each))}}}" for each in (self._organisations, wanted)]
        with connection.cursor() as cursor:
            cursor.execute(_KEYS, asked)
            for subject, organisation, version, wrapped, expires_at in cursor.fetchall():
                if expires_at is None or expires_at > now:
                    _, outer = _organisation_key(organisation, version)
                    self._keys[subject] = unwrap(outer, wrapped, f"subject|{subject}|{organisation}")

    def _key(self, subject: UUID) -> bytes:
        if subject not in self._keys:
            self.load([subject])
        if subject not in self._keys:
            raise KeyAbsent
        return self._keys[subject]

    def holds(self, subjects: Iterable[UUID]) -> set[UUID]:
        """Which of these subjects can be opened here; one query."""
        wanted = list(subjects)
        self.load(wanted)
        return {subject for subject in wanted if subject in self._keys}

    def wrap_for(self, subjects: Iterable[UUID], organisation_id: UUID) -> dict[UUID, tuple[int, bytes]]:
        """Each subject's key wrapped for another organisation, with the version of that organisation's key.

        This shares nothing: the caller gives the result to a table that only an owner's function reads.
        """
        wanted = list(subjects)
        self.load(wanted)
        version, outer = _organisation_key(organisation_id)
        return {
            subject: (version, wrap(outer, self._key(subject), f"subject|{subject}|{organisation_id}"))
            for subject in wanted
        }

    def share(self, subject: UUID, with_organisation: UUID, *, expires_at: datetime | None = None) -> None:
        """Wrap a subject's key for another organisation through the owner's function, which checks the offer."""
        from django.db import connection

        _, outer = _organisation_key(with_organisation)
        wrapped = wrap(outer, self._key(subject), f"subject|{subject}|{with_organisation}")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT compass_share_key(%s, %s, %s, %s)", [subject, with_organisation, wrapped, expires_at]
            )

    def destroy(self, subjects: Sequence[UUID]) -> int:
        """Erase: delete the keys everywhere, shares included. What they sealed can never be opened again.

        Only for subjects whose key an organisation of this unit of work holds for good; returns how many rows went.
        """
        from django.db import connection

        for subject in subjects:
            self._keys.pop(subject, None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT compass_destroy_keys(%s::uuid[])", [list(subjects)])
            return int(cursor.fetchone()[0])

    def index_key(self, organisation_id: UUID) -> bytes:
        """The key of an organisation's blind index: what two organisations keep of one name has nothing in common.

        It follows the newest version of the organisation's key, never a person's. Raises KeyAbsent for an organisation
        outside this unit of work.
        """
        if organisation_id not in self._organisations:
            raise KeyAbsent
        _, outer = _organisation_key(organisation_id)
        return crypto.derive(outer, f"index|search|{organisation_id}")

    def mark(self) -> tuple[int, frozenset[UUID]]:
        """Where the ring stands, for `rewind`."""
        return len(self.sealed), frozenset(self._keys)

    def rewind(self, mark: tuple[int, frozenset[UUID]]) -> None:
        """Forget what was sealed and which keys were made since the mark: their rows were rolled back."""
        sealed, keys = mark
        del self.sealed[sealed:]
        for subject in self._keys.keys() - keys:
            del self._keys[subject]

    def seal(
        self,
        value: Any,
        *,
        table: str,
        column: str,
        subject: UUID,
        after: bytes | memoryview | None = None,
        row: UUID | None = None,
    ) -> bytes:
        """Seal a JSON value under the subject's key. `after` is the blob it replaces: its version goes up by one.

        `row` is the primary key of the row that holds it when that is not the subject itself; it is part of the address.
        """
        place = str(row or subject)
        blob = crypto.seal_bytes(
            self._key(subject),
            crypto.to_json(value),
            table=table,
            column=column,
            subject=f"{subject}/{place}",
            version=crypto.blob_version(after) + 1,
        )
        self.sealed.append((table, column, place, crypto.digest(blob)))
        return blob

    def open(
        self, blob: bytes | memoryview | None, *, table: str, column: str, subject: UUID, row: UUID | None = None
    ) -> Any:
        """The JSON value of a blob; None for an empty one."""
        if not blob:
            return None
        of = str(subject)
        place = f"{of}/{row or of}"
        return crypto.from_json(
            crypto.open_bytes(self._key(subject), bytes(blob), table=table, column=column, subject=place)
        )

    def hand_on(
        self, blob: bytes | memoryview, *, table: str, column: str, row: UUID, of: UUID, to: UUID
    ) -> tuple[bytes, str]:
        """What a blob of a row says, JSON or file, sealed under the key of `to` instead of `of`; with its digest."""
        plain = crypto.open_bytes(self._key(of), bytes(blob), table=table, column=column, subject=f"{of}/{row}")
        version = crypto.blob_version(blob) + 1
        sealed = crypto.seal_bytes(
            self._key(to), plain, table=table, column=column, subject=f"{to}/{row}", version=version
        )
        self.sealed.append((table, column, str(row), crypto.digest(sealed)))
        return sealed, crypto.digest(sealed)

    def put_back(self, blob: bytes | memoryview, *, table: str, column: str, row: UUID, subject: UUID) -> bytes:
        """A blob as it was before `hand_on`; the trail says that it stands there again. Raises Unreadable for any other."""
        crypto.open_bytes(self._key(subject), bytes(blob), table=table, column=column, subject=f"{subject}/{row}")
        self.sealed.append((table, column, str(row), crypto.digest(blob)))
        return bytes(blob)

    def keep(self, blob: bytes | memoryview, *, table: str, column: str, row: UUID) -> None:
        """Let the trail know a sealed blob that was copied as it is to another place, to be put back from there."""
        self.sealed.append((table, column, str(row), crypto.digest(blob)))

    def seal_file(self, content: bytes, *, table: str, column: str, subject: UUID, row: UUID) -> bytes:
        """Seal the bytes of an attachment."""
        blob = crypto.seal_bytes(
            self._key(subject), content, table=table, column=column, subject=f"{subject}/{row}", version=1
        )
        self.sealed.append((table, column, str(row), crypto.digest(blob)))
        return blob

    def open_file(self, blob: bytes | memoryview, *, table: str, column: str, subject: UUID, row: UUID) -> bytes:
        return crypto.open_bytes(
            self._key(subject), bytes(blob), table=table, column=column, subject=f"{subject}/{row}"
        )
