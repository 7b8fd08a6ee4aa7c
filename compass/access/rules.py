from __future__ import annotations

from compass.access.policy import rule
from compass.access.roles import LOCKERS

rule("access.lock", *LOCKERS)
rule("trail.view", "data_protection_officer", "auditor")
