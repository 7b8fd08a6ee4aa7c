"""The only code that writes what happens after a return."""

from __future__ import annotations

from compass.reintegration.actions.interviews import (
    Answered,
    InterviewBegun,
    Stopped,
    answer_interviews,
    begin_interviews,
    stop_interviews,
)
from compass.reintegration.actions.plans import (
    HANDED_OVER,
    Cancelled,
    Delivered,
    Followed,
    NewAction,
    NewPlan,
    PlanChanged,
    Proof,
    add_actions,
    add_receipts,
    cancel_actions,
    change_plans,
    deliver_actions,
    follow_up_actions,
    in_kind,
    make_plans,
    receipt_file,
)
from compass.reintegration.actions.reception import Welcomed, welcome_home

__all__ = [
    "HANDED_OVER",
    "Answered",
    "Cancelled",
    "Delivered",
    "Followed",
    "InterviewBegun",
    "NewAction",
    "NewPlan",
    "PlanChanged",
    "Proof",
    "Stopped",
    "Welcomed",
    "add_actions",
    "add_receipts",
    "answer_interviews",
    "begin_interviews",
    "cancel_actions",
    "change_plans",
    "deliver_actions",
    "follow_up_actions",
    "in_kind",
    "make_plans",
    "receipt_file",
    "stop_interviews",
    "welcome_home",
]
