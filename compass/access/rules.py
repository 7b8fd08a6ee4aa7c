from __future__ import annotations

from compass.access.policy import rule

rule("trail.view", "data_protection_officer", "auditor")
