"""The standards of referral: consent that covers the receiver, an answer in time, an outcome in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from compass.access.models import Organisation
from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Referral
from compass.cases.standards import Due, Item, link, standard
from compass.cases.standards.minimum import RULES
from compass.people import consent
from compass.people.models import Consent
from compass.vocabulary import code_list

#: A referral without consent is looked at by a supervisor as soon as consent after help on vital interest is due.
REVIEW_WITHIN = timedelta(hours=72)
OUTCOME_WITHIN = timedelta(days=30)
AFTER_NO = _("The person said no: read this referral before it is sent")
AT_ONCE = _("Sent at once although the person had said no: look at it now")
DRAFTED = _("A referral without consent is written: look at it")


def referrals(files: Files) -> list[tuple[Case, CaseReferral, Referral]]:
    """Each referral of the cases with the office's side, by case, the oldest first; for `files.once`, two queries."""
    sides = {side.pk: (case, side) for case in files.cases for side in files.of(CaseReferral, case)}
    if not sides:
        return []
    rows = (
        Referral.objects.filter(origin__in=sides)
        .defer("payload_sealed", "answer_sealed")
        .order_by("origin__recorded_at", "id")
    )
    found = [(*sides[row.origin_id], row) for row in rows]
    order = {case.pk: place for place, case in enumerate(files.cases)}
    return sorted(found, key=lambda each: order[each[0].pk])


def _receivers(files: Files) -> dict[UUID, Organisation]:
    """The receivers of referrals on vital interest; for `files.once`, one query."""
    to = {row.to_organisation_id for _case, side, row in files.once(referrals) if side.basis == "vital_interest"}
    return Organisation.objects.in_bulk(to) if to else {}


def waits_after_no(files: Files, case: Case, side: CaseReferral, row: Referral) -> bool:
    """Whether this is a draft on vital interest to which the person said no and no second person has agreed since."""
    if row.standing != "draft" or side.basis != "vital_interest" or side.agreed_after_no:
        return False
    return bool(
        consent.spoken_no(files.about(Consent, case), files.once(_receivers)[row.to_organisation_id], row.service)
    )


def asked_since(files: Files, case: Case, moment: datetime) -> datetime | None:
    """When the person was asked for consent for the first time since then; what they answered does not matter."""
    return next((each.occurred_at for each in files.about(Consent, case) if each.occurred_at >= moment), None)


def ask_by(files: Files, case: Case, sent: datetime) -> datetime:
    """Until when somebody must be told and asked after something was shared on vital interest."""
    return sent + (files.limit("consent_completion", case) or REVIEW_WITHIN)


def _hours(priority: str) -> timedelta:
    return timedelta(hours=int(code_list("referral_priority").require(priority).extra["hours"]))


@standard("CM-18", what=_("A referral was sent without consent: look at it"), source=RULES)
def referral_covered(files: Files) -> Iterator[Due]:
    """A referral on vital interest is reviewed by a supervisor: before it is sent where the person said no, now where it was
    sent at once all the same, else within 72 hours. Every other one was made under consent."""
    for case, side, row in files.once(referrals):
        if side.basis == "vital_interest" and (row.sent_at is not None or row.revoked_at is None):
            waits = waits_after_no(files, case, side, row)
            start = row.sent_at or side.occurred_at
            yield Due(
                subject=case, start_at=start, due_at=start if waits or side.at_once_by else start + REVIEW_WITHIN,
                done_at=None if waits else side.reviewed_at,
                url=link("cases:referral", row.pk), action=_("Open the referral"), waits_for="supervisor",
                what=AFTER_NO if waits else AT_ONCE if side.at_once_by else "" if row.sent_at else DRAFTED,
            )  # fmt: skip


@standard(
    "COMPASS-VITAL",
    what=_("This was shared without consent: tell the person, and ask"),
    source="COMPASS design, section 3: what is done on vital interest needs consent completed within 72 hours",
    severity="alert",
)
def told_after_vital(files: Files) -> Iterator[Due]:
    """Whoever something was shared about on vital interest is told and asked within 72 hours, also after a no."""
    for case, side, row in files.once(referrals):
        if side.basis == "vital_interest" and row.sent_at is not None:
            yield Due(
                subject=case, start_at=row.sent_at, due_at=ask_by(files, case, row.sent_at),
                done_at=asked_since(files, case, row.sent_at),
                url=link("people:consent", case.person_id), action=_("Explain and ask"),
            )  # fmt: skip


@standard("CM-20", what=_("The partner has not said that it received the referral"), source=RULES)
def referral_acknowledged(files: Files) -> Iterator[Due]:
    """A sent referral is acknowledged within the time of its priority."""
    for case, _side, row in files.once(referrals):
        if row.sent_at is not None and (row.is_open or row.acknowledged_at):
            yield Due(
                subject=case, start_at=row.sent_at, due_at=row.sent_at + _hours(row.priority), done_at=row.acknowledged_at,
                url=link("cases:referral", row.pk), action=_("Open the referral"),
            )  # fmt: skip


@standard("CM-21", what=_("Take note of the outcome of the referral"), source=RULES, at=("closure",))
def referral_ended(files: Files) -> Iterator[Due]:
    """Every referral that was sent ends with an outcome that the office took note of."""
    for case, side, row in files.once(referrals):
        if row.sent_at is None or row.status == "revoked":
            continue
        late = side.missed(row)
        start = (
            (row.filed_at if late else None)
            or row.done_at
            or (row.answered_at if row.status == "rejected" else None)
            or row.sent_at
        )
        ended = row.status in {"done", "rejected", "no_show"}
        yield Due(
            subject=case, start_at=start, due_at=start + (_hours(row.priority) if ended else OUTCOME_WITHIN),
            done_at=None if late else side.noted_at, url=link("cases:referral", row.pk), action=_("Open the referral"),
            what=_("A file came after the outcome was noted: look at it") if late
            else "" if ended else _("The referral has no outcome yet"),
        )  # fmt: skip


def after_closure(files: Files) -> list[Item]:
    """What still comes for cases that are closed: the file of a partner that nobody of the office has looked at."""
    due = referral_ended.due(files) if referral_ended.due else ()
    return [Item(referral_ended, each) for each in due if each.done_at is None]
