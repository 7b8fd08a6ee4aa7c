"""What was done on vital interest and waits for a second person, on the page of the team.

Three things of open cases: a referral that the person said no to and that may not be sent before somebody else agrees;
one that was sent without consent and nobody else has looked at; and whoever was not told and asked in time afterwards.
Source: COMPASS design, section 3; case-management.md 2.11 (CM-18).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from compass.access.work import Work
from compass.cases.decisions import Waiting
from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Referral
from compass.cases.models.case import OPEN
from compass.cases.standards import link
from compass.cases.standards.referral import (
    AFTER_NO,
    AT_ONCE,
    DRAFTED,
    ask_by,
    asked_since,
    referral_covered,
    referrals,
    waits_after_no,
)

MOST_CASES = 200
#: Whoever was not told about a referral so long ago stays on the list of the case, and on the colleague's.
LOOK_BACK = timedelta(days=60)
NOT_TOLD = _("Shared without consent, and the person was not asked within 72 hours")


def waiting_vital(work: Work) -> list[Waiting]:
    """What waits in the reader's offices; the queries do not grow with the cases."""
    if not work.may("referrals.review"):
        return []
    standing = Referral.objects.filter(origin=OuterRef("pk")).filter(Q(sent_at__isnull=False) | Q(revoked_at=None))
    sides = CaseReferral.objects.filter(Exists(standing), case=OuterRef("pk"), basis="vital_interest").filter(
        Q(reviewed_at=None) | Q(referral__status="draft") | Q(referral__sent_at__gte=work.now - LOOK_BACK)
    )
    cases = work.allowed("referrals.review", Case).filter(Exists(sides), status__in=OPEN).select_related("person")
    files = Files(
        work, list(cases.defer("person__identity_sealed", "person__contact_sealed").order_by("-opened_at")[:MOST_CASES])
    )
    found = []
    for case, side, row in files.once(referrals):
        if side.basis != "vital_interest" or (row.sent_at is None and row.revoked_at is not None):
            continue
        start = row.sent_at or side.occurred_at
        mine = side.took_part(work.actor.id)
        about: dict[str, Any] = {"subject": case, "risk": case.risk_level, "by": side.at_once_by or side.recorded_by}
        after_no = waits_after_no(files, case, side, row)
        if after_no or side.reviewed_at is None:
            asked = (
                AFTER_NO
                if after_no
                else AT_ONCE
                if side.at_once_by
                else referral_covered.what
                if row.sent_at
                else DRAFTED
            )
            found.append(
                Waiting(
                    **about,
                    asked=asked,
                    since=start,
                    mine=mine,
                    url=link("cases:referral", row.pk),
                    standard="CM-18",
                    urgent=after_no or side.at_once_by is not None,
                )
            )
        late = row.sent_at is not None and ask_by(files, case, row.sent_at) < work.now
        if row.sent_at is not None and late and asked_since(files, case, row.sent_at) is None:
            found.append(
                Waiting(
                    **about, asked=NOT_TOLD, since=row.sent_at, mine=False,
                    url=link("people:consent", case.person_id), standard="COMPASS-VITAL",
                )
            )  # fmt: skip
    return found
