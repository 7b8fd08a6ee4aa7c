"""Who may do what with cases. An office's own cases only; a second person is asked by the actions."""

from __future__ import annotations

from compass.access.policy import rule

FIELD = ("social_worker", "case_worker", "supervisor")

rule("cases.view", *FIELD)
rule("cases.screen", *FIELD)
rule("cases.open", *FIELD)
rule("cases.risk", *FIELD)
rule("cases.assign", "supervisor")
rule("cases.assess", *FIELD)
rule("cases.plan", *FIELD)
rule("cases.follow", *FIELD)
rule("cases.reveal", *FIELD)
rule("cases.close", *FIELD)
rule("cases.approve", "supervisor")
