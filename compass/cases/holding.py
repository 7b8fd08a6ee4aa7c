"""What this room holds about a person, for a copy: see `compass.people.held`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compass.cases.screening import ROUTING, URGENT
from compass.people.held import Column, Held, hold, hold_apart

REVIEWED = {"approved_by": "colleagues"}
APPROVED = {
    "state": Column(_("State"), "approval_state"),
    "approved_at": Column(_("Decided")),
}
_ANSWERED = {"refused": _("Not wanted"), "gap": _("No service for it here")}
_TRACING = {"pending": _("Under way"), "successful": _("Family found"), "unsuccessful": _("Family not found")}
_HOW = {"spoken": _("Spoken"), "signed": _("Signed"), "guardian": _("By the guardian")}


def declare() -> None:
    """Called once, when the room starts."""
    of_case = {"case_id": "internal"}
    hold(
        Held(
            "cases.Case", _("Your case"), rule="cases.view",
            told={
                "code": Column(_("Code of the case")),
                "stage": Column(_("Stage"), "case_stage"),
                "status": Column(_("State"), "case_status"),
                "risk_level": Column(_("Risk"), "risk_level"),
                "risk_set_at": Column(_("Risk judged")),
                "needs_supervisor": Column(_("Only a supervisor lowers the risk")),
                "identification_source": Column(_("How we came to know of you"), "identification_source"),
                "country": Column(_("Country"), "country"),
                "opened_at": Column(_("Opened")),
                "closed_at": Column(_("Closed")),
                "closure_reason": Column(_("Why it was closed"), "closure_reason"),
                "reopened_at": Column(_("Opened again")),
            },
            apart={"owner_id": "colleagues"},
        ),
        Held(
            "cases.Screening", _("First questions"), rule="cases.view",
            told={
                "medical_now": Column(_("A doctor needed at once")),
                "danger_now": Column(_("In danger at that moment")),
                "computed": Column(_("What the rules said"), "screening_result"),
                "results": Column(_("What the colleague decided"), "screening_result"),
                "risk_level": Column(_("Risk"), "risk_level"),
            },
            sealed={"answers_sealed": _("Your answers")},
            parts={"answers_sealed": {
                "answers": Column(_("Your answers"), {each.code: each.text for each in (*URGENT, *ROUTING)}),
                "triggers": Column(_("Signs of high risk"), "high_risk_trigger"),
            }},
            words={"answers_sealed.note": _("Note")},
            apart=of_case,
        ),
        Held(
            "cases.RiskChange", _("How the risk was judged"), rule="cases.view",
            told={"before": Column(_("Before"), "risk_level"), "level": Column(_("Then"), "risk_level")},
            words={"reason_sealed": _("Why")}, apart=of_case,
        ),
        Held(
            "cases.Assessment", _("What you need"), rule="cases.view",
            told={
                "needs": Column(_("Needs"), "need_domain", "need_level"),
                "factors": Column(_("What makes it worse or better"), "assessment_factor"),
                "vulnerable": Column(_("Vulnerable"), "vea_determination"),
                "experienced": Column(_("Went through violence, exploitation or abuse"), "vea_determination"),
                **APPROVED,
            },
            words={"narrative_sealed": _("Your story, as written down"), "remark_sealed": _("Remark")},
            apart={**of_case, **REVIEWED},
        ),
        Held(
            "cases.Plan", _("The plan"), rule="cases.view",
            told={
                "unanswered": Column(_("Needs without a step"), "need_domain", _ANSWERED),
                **APPROVED,
                "agreed_at": Column(_("You agreed")),
                "agreed_how": Column(_("How"), _HOW),
                "reviewed_at": Column(_("Gone through again")),
                "superseded_at": Column(_("Replaced by a newer one")),
            },
            words={"remark_sealed": _("Remark")},
            apart={**of_case, **REVIEWED},
        ),
        Held(
            "cases.Goal", _("What you want to reach"), rule="cases.view",
            told={
                "domain": Column(_("Need"), "need_domain"),
                "target_date": Column(_("By")),
                "progress": Column(_("How far"), "goal_progress"),
                "outcome": Column(_("What became of it"), "goal_outcome"),
            },
            # In the person's own words.
            sealed={"statement_sealed": _("In your words")},
            apart={**of_case, "plan_id": "internal"},
        ),
        Held(
            "cases.PlanAction", _("Steps of the plan"), rule="cases.view",
            told={
                "service": Column(_("Service"), "service"),
                "responsible": Column(_("Who does it"), "action_responsible"),
                "due_on": Column(_("By")),
                "status": Column(_("State"), "plan_action_status"),
                "done_on": Column(_("Done")),
            },
            words={"note_sealed": _("Note")},
            apart={**of_case, "goal_id": "internal"},
        ),
        Held(
            "cases.FollowUp", _("Contacts"), rule="cases.view",
            told={
                "kind": Column(_("Kind"), "followup_type"),
                "channel": Column(_("How"), "followup_channel"),
                "reached": Column(_("Reached")),
                "plan_reviewed": Column(_("The plan was gone through")),
                "risk_after": Column(_("Risk"), "risk_level"),
                "next_on": Column(_("Next contact")),
            },
            words={"note_sealed": _("Note")}, apart=of_case,
        ),
        Held(
            "cases.CaseReferral", _("Why something was passed on"), rule="referrals.view",
            told={
                "after_no": Column(_("Passed on although the person had said no")),
                "reviewed_at": Column(_("Looked at by a second person")), "noted_at": Column(_("Result noted")),
            },
            words={
                "override_sealed": _("Why it could not wait for consent"),
                "at_once_sealed": _("Why minutes counted"),
            },
            apart={**of_case, "consent_id": "internal", "reviewed_by": "colleagues", "at_once_by": "colleagues"},
        ),
        Held(
            "cases.Referral", _("What was passed on to a partner"), rule="referrals.view", person="origin__person",
            own_key=True,
            told={
                "code": Column(_("Code of the referral")),
                "service": Column(_("Service"), "service"),
                "service_class": Column(_("Kind"), "service_class"),
                "priority": Column(_("Urgency"), "referral_priority"),
                "status": Column(_("State"), "referral_status"),
                "sent_at": Column(_("Sent")),
                "acknowledged_at": Column(_("Received")),
                "answered_at": Column(_("Answered")),
                "rejection_reason": Column(_("Why it was declined"), "referral_rejection_reason"),
                "outcome": Column(_("Result"), "referral_outcome"),
                "delivered_on": Column(_("Day")),
                "done_at": Column(_("Ended")),
                "filed_at": Column(_("Last paper from the partner")),
                "revoked_at": Column(_("Taken back")),
                "recalled_at": Column(_("Closed to the partner")),
            },
            words={"payload_sealed": _("What the partner was told")},
            apart={
                "to_organisation_id": "internal", "sent_by_id": "internal", "origin_id": "internal",
                "answer_sealed": "office",
            },
        ),
        Held(
            "cases.BestInterests", _("What is best for the child"), rule="best_interests.view",
            told={
                "stage": Column(_("Stage"), "bip_stage"),
                "determination": Column(_("A panel decides")),
                "heard_at": Column(_("The child was heard")),
                "assessed_at": Column(_("Assessed")),
                "tracing": Column(_("Looking for the family"), _TRACING),
                "tracing_at": Column(_("Since")),
                "family_assessed": Column(_("The family was visited")),
                "care_agreed": Column(_("Who will care is agreed")),
                "panel_size": Column(_("People on the panel")),
                "options": Column(_("What was weighed"), "bip_solution"),
                "decision": Column(_("Decision"), "bip_solution"),
                "decided_at": Column(_("Decided")),
                "review_told_at": Column(_("Told how to ask for a review")),
                "parent_agreed_at": Column(_("The parent or guardian agreed")),
                "with_parent_at": Column(_("Travelling with the parent was checked")),
                "escort": Column(_("Escort"), "escort_type"),
                "first_visit_on": Column(_("First visit")),
            },
            words={
                "view_sealed": _("What the child said"), "assessment_sealed": _("Assessment"),
                "decision_sealed": _("Reasons of the panel"),
            },
            apart={"checked_with": "others", "parents_confirmed": "others", "received_by_sealed": "others"},
        ),
        Held(
            "cases.Closure", _("Closing the case"), rule="cases.view",
            told={
                "reason": Column(_("Why"), "closure_reason"),
                "safety_reassessed": Column(_("Safety was looked at again")),
                **APPROVED,
            },
            words={"explanation_sealed": _("Explanation"), "remark_sealed": _("Remark")},
            apart={**of_case, **REVIEWED, "prerequisites": "internal"},
        ),
        Held(
            "cases.Reopening", _("Opening it again"), rule="cases.view",
            told={"closed_at": Column(_("Closed"))}, words={"reason_sealed": _("Why")}, apart=of_case,
        ),
    )  # fmt: skip
    hold_apart("files", "cases.ReferralFile", person="referral__origin__person")
    # An offer speaks of everyone who is to go together, and of what two offices wrote each other.
    hold_apart("others", "cases.HandoverPerson")
    hold_apart("internal", "cases.HandoverKey")
