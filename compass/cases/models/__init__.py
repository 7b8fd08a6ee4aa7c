"""What is true about a case. One module per group of records; all are importable from here."""

from __future__ import annotations

from compass.cases.models.best_interests import BestInterests
from compass.cases.models.case import (
    Assessment,
    Case,
    Closure,
    CountryLimit,
    FollowUp,
    Reopening,
    RiskChange,
    Screening,
)
from compass.cases.models.handover import Handover, HandoverKey, HandoverPerson
from compass.cases.models.plan import Goal, Plan, PlanAction
from compass.cases.models.referral import CaseReferral, Referral, ReferralFile

__all__ = [
    "Assessment",
    "BestInterests",
    "Case",
    "CaseReferral",
    "Closure",
    "CountryLimit",
    "FollowUp",
    "Goal",
    "Handover",
    "HandoverKey",
    "HandoverPerson",
    "Plan",
    "PlanAction",
    "Referral",
    "ReferralFile",
    "Reopening",
    "RiskChange",
    "Screening",
]
