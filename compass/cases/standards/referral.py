"""The standards of referral: consent that covers the receiver, an answer in time, an outcome in the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Referral
from compass.cases.standards import Due, Item, link, standard
from compass.cases.standards.minimum import RULES
from compass.vocabulary import code_list

#: A referral without consent is looked at by a supervisor as soon as consent after help on vital interest is due.
REVIEW_WITHIN = timedelta(hours=72)
OUTCOME_WITHIN = timedelta(days=30)


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


def _hours(priority: str) -> timedelta:
    return timedelta(hours=int(code_list("referral_priority").require(priority).extra["hours"]))


@standard("CM-18", what=_("A referral was sent without consent: look at it"), source=RULES)
def referral_covered(files: Files) -> Iterator[Due]:
    """A referral on vital interest is reviewed by a supervisor; every other one was made under consent."""
    for case, side, row in files.once(referrals):
        if side.basis == "vital_interest":
            yield Due(
                subject=case, start_at=side.occurred_at, due_at=side.occurred_at + REVIEW_WITHIN, done_at=side.reviewed_at,
                url=link("cases:referral", row.pk), action=_("Open the referral"), waits_for="supervisor",
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
