"""What is true about a case. One module per group of records; all are importable from here."""

from __future__ import annotations

from compass.cases.models.case import Assessment, Case, Closure, CountryLimit, FollowUp, Reopening, RiskChange, Screening
from compass.cases.models.plan import Goal, Plan, PlanAction

__all__ = [
    "Assessment",
    "Case",
    "Closure",
    "CountryLimit",
    "FollowUp",
    "Goal",
    "Plan",
    "PlanAction",
    "Reopening",
    "RiskChange",
    "Screening",
]
