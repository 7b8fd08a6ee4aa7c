"""Who may do what with people."""

from __future__ import annotations

from compass.access.policy import rule

FIELD = ("social_worker", "case_worker", "supervisor")

rule("people.view", *FIELD, "monitoring_officer")
rule("people.register", *FIELD)
rule("people.consent", *FIELD)
rule("people.copy", "case_worker", "supervisor")
rule("people.identity", *FIELD)
rule("people.household", *FIELD)
rule("people.elsewhere", "case_worker", "supervisor")
rule("people.elsewhere_confirm", "supervisor")
rule("people.erasure", *FIELD)
rule("people.erasure_keep", "supervisor")
rule("people.group", *FIELD)
rule("people.guardian", *FIELD)
rule("people.guardian_mistaken", "supervisor")
rule("people.confirm_merge", "supervisor")
rule("people.merge", "case_worker", "supervisor")
rule("people.pairs", "case_worker", "supervisor")
rule("people.reindex", "supervisor")
rule("people.retention", "case_worker", "supervisor")
rule("people.retention_decide", "supervisor")
rule("people.retention_list", "supervisor", "data_protection_officer")
rule("people.rights", *FIELD)
rule("people.rights_decide", "supervisor")
rule("people.rights_list", "supervisor", "data_protection_officer")
rule("people.search", *FIELD)
rule("people.searches", "supervisor", "data_protection_officer")
rule("people.service", *FIELD, "monitoring_officer", "movement_officer")
rule("people.shared", *FIELD)
rule("people.summary", *FIELD)
rule("people.voices", "supervisor")
