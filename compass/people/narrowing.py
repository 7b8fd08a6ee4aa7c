"""What is left of this room's clear columns once everything about a person is closed: see `compass.people.coarse`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from compass.people.coarse import Coarse, coarsen, on_open, stays
from compass.people.models import DataRequest, ElsewhereAsk, ErasureRequest, GuardianRequest, Merge, Person
from compass.people.retention import STILL, current
from compass.vault.models import Erasure

#: Clocks with which somebody is at work.
DECIDED = ("keep_asked", "erase_asked", "erasing")


def declare() -> None:
    """Called once, when the room starts."""
    coarsen(
        Coarse(
            "people.Person", person="pk", bands=("age_band",), gone={"languages": [], "coarse": True},
            kept="code household_id relation sex nationality uasc_status once_alone country_met merged_into_id",
        ),
        Coarse("people.HouseholdMember", "household_id relation uasc_status change care"),
        # Whose files are still open would say when it was: the link comes back with the exact values.
        Coarse("people.GroupMember", "state", gone={"group_id": None}),
        Coarse("people.FormerContact"),
        Coarse("people.FormerIdentity"),
        Coarse("people.PersonName", "name kind mistaken"),
        Coarse("people.AgencyNumber", "reference kind state"),
        Coarse("people.Functioning"),
        Coarse("people.PersonPhoto", "media_type removed_by removal"),
        Coarse("people.IdentityDocument", "document type country possession"),
        Coarse(
            "people.Consent", gone={"language": ""},
            kept="given_by mode interpreter_mode notice_version ladder child_agrees certified information scopes not_to"
            " copied_from",
        ),
        Coarse("people.GuardianRequest", "authority status"),
        Coarse("people.Service", "service service_class country quantity provider_id origin"),
        Coarse("people.DataRequest", "kind about purpose status answer ground answered_by"),
        Coarse("people.ErasureRequest", "status talk confirmed_by ground"),
        Coarse("people.CopyMade", "how talk checked records words"),
        Coarse(
            "people.Merge", "state decided_by undone_by household once_alone uasc_status contact readers",
            fine={"decided_at": "compared with receipts: who may read the best interests of a child"},
        ),
        Coarse("people.ElsewhereAsk", "hope state asking_organisation decided_by"),
        Coarse("people.ElsewhereMet", "asking_organisation met_organisation"),
        Coarse("people.Retention", "state country ground"),
        Coarse("people.MergedRow", "model row column after"),
        # Of everything that was done to one of these rows.
        Coarse("access.Receipt", "key action actor_id result_id digest", person="result_id"),
        # That somebody looked for who is like a person who was just written down.
        Coarse("people.Search", "kind attributes found", person="about", gone={"about": None}),
    )  # fmt: skip
    stays("sealed; what is clear of it is empty while the rows are coarse", "people.Exact")
    stays("digests and opaque numbers, no time", "people.SearchToken")
    stays("two people, and when a colleague judged them", "people.Judgement", "people.Pair")
    stays("the quarter only, by a trigger (compass.people.sql)", "vault.SubjectKey")
    stays("whose keys are gone for good; leaves the machine", "vault.Erasure")
    stays("the trail: see the threat model", "trail.Subject")
    on_open(_asked)


def _asked(organisation: UUID, people: set[UUID], before: datetime) -> set[UUID]:
    """Who waits for an answer: consent still to be asked for, erasure, a guardian, what is wrong, a merge; about whom
    others are asked."""

    def of(rows: Iterable[UUID]) -> set[UUID]:
        return set(rows)

    gone = set(Erasure.objects.filter(subject_id__in=people).values_list("subject_id", flat=True))
    merges = Merge.objects.filter(Q(person__in=people) | Q(absorbed__in=people), state="asked")
    return (
        of(Person.objects.filter(pk__in=people, consent_due_at__isnull=False).values_list("pk", flat=True))
        | of(_who(ErasureRequest.objects.filter(person__in=people, status__in=("asked", "confirmed"))))
        | of(_who(GuardianRequest.objects.filter(person__in=people, status="requested", recorded_at__gt=before)))
        | of(_who(DataRequest.objects.filter(person__in=people).exclude(status="told")))
        | of(_who(current().filter(person__in=people, state__in=DECIDED)))
        # The clock of whoever was erased is ended first: about a coarse record without a key nothing is written any more.
        | of(_who(current().filter(person__in=gone).exclude(state__in=STILL)))
        | of(_who(ElsewhereAsk.objects.filter(person__in=people, state__in=("asked", "confirmed"))))
        | of(pk for both in merges.values_list("person_id", "absorbed_id") for pk in both)
    )


def _who(rows: object) -> Iterable[UUID]:
    return rows.values_list("person_id", flat=True)  # type: ignore[attr-defined,no-any-return]
