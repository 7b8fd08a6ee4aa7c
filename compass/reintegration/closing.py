"""What must be settled in a plan before the case is closed (return-and-reintegration.md 2.12)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compass.cases.files import Files
from compass.cases.models import Case
from compass.cases.standards import Standard, register
from compass.reintegration.models import Action, FollowUp

SOURCE = "COMPASS domain specification, return and reintegration, section 2.12"


def _settled(files: Files, case: Case) -> bool:
    return all(row.status in {"delivered", "cancelled"} for row in files.about(Action, case))


def _followed(files: Files, case: Case) -> bool:
    days = [row.delivered_on for row in files.about(Action, case) if row.delivered_on is not None]
    return not days or any(row.asked_on >= max(days) for row in files.about(FollowUp, case))


def register_standards() -> None:
    """Add both standards to those that stop a closure."""
    for id, what, gate in (
        ("R-CLO-1", _("Every line of the plan is delivered, or cancelled with a reason"), _settled),
        ("R-CLO-2", _("At least one follow-up after the last delivery"), _followed),
    ):
        register(Standard(id=id, what=what, source=SOURCE, severity="block", at=frozenset({"closure"}), gate=gate))
