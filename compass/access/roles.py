"""Roles and the tiers of knowledge they reach (DESIGN.md section 5). Sets of names, not levels."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Who watches over the work writes nothing in it, and watches in all organisations at once.
OVERSEERS = frozenset({"auditor", "data_protection_officer"})
# A wrong lock costs work, a missing one lives: whoever answers for a house or for its records may lock, also everything.
LOCKERS = frozenset(
    {
        "administrator",
        "centre_manager",
        "country_manager",
        "data_protection_officer",
        "programme_manager",
        "supervisor",
    }
)
#: Of headquarters: who takes an organisation out of the programme.
REVOKERS = frozenset({"data_protection_officer", "programme_manager"})
EXISTENCE, LOGISTICS, CASE, SENSITIVE, SEALED = "existence", "logistics", "case", "sensitive", "sealed"


@dataclass(frozen=True)
class Role:
    code: str
    label: str | Promise
    tiers: frozenset[str]


def _role(code: str, label: str | Promise, *tiers: str) -> Role:
    return Role(code, label, frozenset(tiers))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role("social_worker", _("Social worker"), EXISTENCE, LOGISTICS, CASE),
        _role("case_worker", _("Case worker"), EXISTENCE, LOGISTICS, CASE, SENSITIVE),
        _role("supervisor", _("Supervisor"), EXISTENCE, LOGISTICS, CASE, SENSITIVE),
        _role("centre_manager", _("Centre manager"), EXISTENCE, LOGISTICS),
        _role("country_manager", _("Country manager"), EXISTENCE),
        _role("programme_manager", _("Programme manager"), EXISTENCE),
        _role("movement_officer", _("Movement officer"), EXISTENCE, LOGISTICS),
        _role("finance_officer", _("Finance officer"), EXISTENCE),
        _role("monitoring_officer", _("Monitoring officer"), EXISTENCE, LOGISTICS, CASE),
        _role("results_officer", _("Results officer")),
        _role("partner_case_worker", _("Partner’s case worker"), EXISTENCE),
        _role("ministry_focal_point", _("Ministry focal point")),
        _role("donor_desk_officer", _("Desk officer of the funder")),
        _role("data_steward", _("Data steward"), EXISTENCE),
        _role("data_protection_officer", _("Data protection officer"), EXISTENCE),
        _role("content_editor", _("Content editor")),
        _role("moderator", _("Moderator")),
        _role("trainer", _("Trainer")),
        _role("auditor", _("Auditor"), EXISTENCE),
        _role("administrator", _("Administrator")),
    )
}
