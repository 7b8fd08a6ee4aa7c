"""Who may do what with communities. No person is in this room; approving needs someone who did not prepare it."""

from __future__ import annotations

from compass.access.policy import rule

FIELD = ("social_worker", "case_worker", "supervisor")

rule("communities.view", *FIELD, "monitoring_officer", "programme_manager", "country_manager")
rule("communities.edit", *FIELD, "monitoring_officer")
rule("communities.approve", "supervisor", "programme_manager")
