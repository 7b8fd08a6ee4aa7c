"""Who may do what after the return."""

from __future__ import annotations

from compass.access.policy import rule

FIELD = ("social_worker", "case_worker", "supervisor")

rule("reintegration.view", *FIELD, "monitoring_officer")
rule("reintegration.receive", *FIELD)
rule("reintegration.plan", *FIELD)
rule("reintegration.follow_up", *FIELD, "monitoring_officer")
rule("reintegration.interview", *FIELD, "monitoring_officer")
