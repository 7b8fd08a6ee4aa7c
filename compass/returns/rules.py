"""Who may do what with returns. Approving also needs someone who took no part in the file (R-ELI-2), see actions."""

from __future__ import annotations

from compass.access.policy import rule

FIELD = ("social_worker", "case_worker", "supervisor")

rule("returns.view", *FIELD, "monitoring_officer")
rule("returns.start", *FIELD)
rule("returns.counsel", *FIELD)
rule("returns.assess", "case_worker", "supervisor")
rule("returns.approve", "supervisor")
rule("returns.move", "case_worker", "supervisor")
rule("returns.receive", "case_worker", "supervisor", "social_worker")
rule("returns.withdraw", *FIELD)
rule("returns.suspend", *FIELD)
rule("returns.read_notes", *FIELD)
