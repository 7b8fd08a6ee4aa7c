"""What an urgent yes of the screening asks for: it stands first until help was asked for or the person was reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Screening
from compass.cases.standards import Due, link, standard

#: Provisional: no source gives a time for "now".
WITHIN = timedelta(hours=1)


def _helped(files: Files, case: Case, since: datetime) -> datetime | None:
    """When a referral was written or the person was reached afterwards."""
    moments = [side.occurred_at for side in files.of(CaseReferral, case) if side.occurred_at >= since]
    contact = files.last_contact(case)
    if contact is not None and contact >= since:
        moments.append(contact)
    return min(moments, default=None)


@standard(
    "COMPASS-URGENT",
    what=_("Act on the urgent answer of the screening"),
    source="COMPASS domain specification, case management, section 2.4; time provisional",
)
def urgent_answer(files: Files) -> Iterator[Due]:
    """An urgent yes is answered by a referral or a contact; the newest screening with one counts."""
    for case in files.cases:
        asked = [each for each in files.about(Screening, case) if each.medical_now or each.danger_now]
        if not asked:
            continue
        newest = asked[-1]
        yield Due(
            subject=case,
            start_at=newest.occurred_at,
            due_at=newest.occurred_at + WITHIN,
            done_at=_helped(files, case, newest.occurred_at),
            url=link("cases:refer", case.pk) if newest.medical_now else link("cases:follow_up", case.pk),
            action=_("Refer to a partner now") if newest.medical_now else _("Record what was done"),
            what=_("A doctor is needed now") if newest.medical_now else _("Someone is in danger now"),
        )
