"""What the partner does with a referral that it received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work
from compass.cases.models import Referral, ReferralFile
from compass.problems import Invalid, TooFarAway, WrongState
from compass.ui.uploads import Attachment
from compass.vault.identifiers import new_id
from compass.vocabulary import known

TABLE = "cases_referral"


@dataclass(frozen=True, kw_only=True)
class ReferralAnswer(Command):
    """`answer`: acknowledged, accepted or rejected; `reason`: code of referral_rejection_reason when rejected."""

    answer: str
    reason: str = ""
    note: str = ""


#: Which answer is possible in which state.
ANSWERS = {
    "acknowledged": ("sent",),
    "accepted": ("sent", "acknowledged", "waitlisted"),
    "waitlisted": ("sent", "acknowledged", "waitlisted"),
    "rejected": ("sent", "acknowledged", "waitlisted"),
}


@action("referrals.answer", Referral)
def answer_referrals(work: Work, answers: list[ReferralAnswer]) -> list[Referral]:
    """Acknowledge, accept or reject. Raises WrongState, UnknownCode, KeyAbsent once the sender took it back."""
    rows = work.require("referrals.answer", Referral, answers)
    for row, each in zip(rows, answers, strict=True):
        if row.status not in ANSWERS.get(each.answer, ()):
            raise WrongState
        if each.answer == "rejected":
            known("referral_rejection_reason", each.reason)
            row.rejection_reason = each.reason
        row.status = each.answer
        row.acknowledged_at = row.acknowledged_at or each.occurred_at
        if each.answer != "acknowledged":
            row.answered_at = each.occurred_at
        _seal_answer(work, row, each.note)
    _save(rows)
    return rows


#: Who is taken to the partner first may be referred in writing afterwards; an earlier visit answers another referral.
VISITED_FIRST = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class ReferralOutcome(Command):
    """What became of it. `outcome`: code of referral_outcome; `delivered_on`: when, unless nothing was given."""

    outcome: str
    delivered_on: date | None = None
    note: str = ""
    files: tuple[Attachment, ...] = ()


@action("referrals.outcome", Referral)
def record_outcomes(work: Work, outcomes: list[ReferralOutcome]) -> list[Referral]:
    """Record the outcome of accepted referrals with its files, sealed under the referral's key.

    Raises WrongState, UnknownCode, TooFarAway, Invalid without a date of what was given or with one long before the
    referral was sent.
    """
    rows = work.require("referrals.answer", Referral, outcomes)
    files = []
    for row, each in zip(rows, outcomes, strict=True):
        if row.status != "accepted":
            raise WrongState
        known("referral_outcome", each.outcome)
        if each.delivered_on and each.delivered_on > work.today:
            raise TooFarAway(date=each.delivered_on.isoformat())
        if each.delivered_on and row.sent_at and each.delivered_on < work.day(row.sent_at - VISITED_FIRST):
            raise Invalid(what=_("the day of the visit lies more than a week before this referral"))
        if each.delivered_on is None and each.outcome != "not_given":
            raise Invalid(what=_("the day of the visit"))
        row.status, row.outcome, row.done_at = "done", each.outcome, each.occurred_at
        row.delivered_on = None if each.outcome == "not_given" else each.delivered_on
        _seal_answer(work, row, each.note)
        files += [_file(work, row, attachment) for attachment in each.files]
    _save(rows)
    ReferralFile.objects.bulk_create(files)
    return rows


#: As many as show every page of what a clinic writes for one person; more is another referral.
MOST_FILES = 10


@dataclass(frozen=True, kw_only=True)
class FilesAdded(Command):
    """Files of an outcome that was given before, such as the photo of a prescription."""

    files: tuple[Attachment, ...]


@action("referrals.attach", Referral)
def attach_files(work: Work, added: list[FilesAdded]) -> list[Referral]:
    """Add files to outcomes; those that came before stay, and the office is asked to look (CM-21).

    Raises WrongState before there is an outcome, Invalid without a file or with more than 10 in all, KeyAbsent once the
    time to read is over.
    """
    rows = work.require("referrals.answer", Referral, added)
    files = []
    for row, each in zip(rows, added, strict=True):
        if row.status != "done":
            raise WrongState
        if not each.files:
            raise Invalid(what=_("a photo or a PDF"))
        if ReferralFile.objects.filter(referral=row).count() + len(each.files) > MOST_FILES:
            raise Invalid(what=_("more than %(most)s files with one outcome") % {"most": MOST_FILES})
        # The office may have noted the outcome while this file was read and waited for its turn.
        row.filed_at = max(timezone.now(), row.filed_at or work.now)
        row.version += 1
        files += [_file(work, row, attachment) for attachment in each.files]
    Referral.objects.bulk_update(rows, ["filed_at", "version"])
    ReferralFile.objects.bulk_create(files)
    return rows


def _seal_answer(work: Work, row: Referral, note: str) -> None:
    """Sealed even when empty: who no longer holds the key cannot answer."""
    said: dict[str, Any] = work.keys.open(row.answer_sealed, table=TABLE, column="answer_sealed", subject=row.pk) or {}
    if note.strip():
        said["outcome" if row.status == "done" else "answer"] = note.strip()[:2000]
    row.answer_sealed = work.keys.seal(
        said, table=TABLE, column="answer_sealed", subject=row.pk, after=row.answer_sealed or None
    )


def _file(work: Work, row: Referral, attachment: Attachment) -> ReferralFile:
    made = ReferralFile(
        id=new_id(), organisation_id=row.organisation_id, to_organisation_id=row.to_organisation_id, referral=row,
        media_type=attachment.media_type, recorded_at=work.written(), recorded_by=work.actor.id,
    )  # fmt: skip
    place: dict[str, Any] = {"table": "cases_referralfile", "subject": row.pk, "row": made.pk}
    made.content_sealed = work.keys.seal_file(attachment.content, column="content_sealed", **place)
    made.name_sealed = work.keys.seal(attachment.name, column="name_sealed", **place)
    return made


def _save(rows: Sequence[Referral]) -> None:
    for row in rows:
        row.version += 1
    Referral.objects.bulk_update(
        rows,
        [
            "status", "rejection_reason", "acknowledged_at", "answered_at", "outcome", "delivered_on", "done_at",
            "answer_sealed", "version",
        ],
    )  # fmt: skip
