from __future__ import annotations

from compass.access.policy import rule

rule("commons.publish", "results_officer")
