from __future__ import annotations

from compass.access.policy import rule
from compass.access.roles import LOCKERS, REVOKERS

rule("access.lock", *LOCKERS)
rule("access.revoke", *REVOKERS)
rule("trail.view", "data_protection_officer", "auditor")
