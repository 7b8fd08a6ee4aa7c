"""Who may do what at a centre."""

from __future__ import annotations

from compass.access.policy import rule

FIELD = ("social_worker", "case_worker", "supervisor", "centre_manager")

rule("reception.view", *FIELD)
rule("reception.arrive", *FIELD)
rule("reception.register", "social_worker", "case_worker", "supervisor")
rule("reception.activity", *FIELD)
rule("reception.attendance", "social_worker", "case_worker", "supervisor")
