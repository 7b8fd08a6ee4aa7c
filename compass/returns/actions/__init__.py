"""The only code that changes a return: every step from the first wish to the arrival."""

from __future__ import annotations

from compass.returns.actions.decide import (
    CriterionChecked,
    Decision,
    EligibilityChecked,
    approve_returns,
    check_eligibility,
    refuse_returns,
    send_back_returns,
)
from compass.returns.actions.journeys import (
    NotLeft,
    SeenOff,
    after_consent,
    expect_journeys,
    keep_back,
    see_off,
)
from compass.returns.actions.prepare import (
    SPOKEN,
    Begin,
    ChoiceChecked,
    Counselled,
    Declared,
    check_free_choice,
    counsel,
    declare,
    start_returns,
)
from compass.returns.actions.steps import Moved, resume_returns, suspend_returns, withdraw_returns
from compass.returns.actions.travel import (
    Arrival,
    Departure,
    Prepared,
    advance_returns,
    depart_returns,
    miss_returns,
    prepare_returns,
    receive_returns,
)

__all__ = [
    "SPOKEN",
    "Arrival",
    "Begin",
    "ChoiceChecked",
    "Counselled",
    "CriterionChecked",
    "Decision",
    "Declared",
    "Departure",
    "EligibilityChecked",
    "Moved",
    "NotLeft",
    "Prepared",
    "SeenOff",
    "advance_returns",
    "after_consent",
    "approve_returns",
    "check_eligibility",
    "check_free_choice",
    "counsel",
    "declare",
    "depart_returns",
    "expect_journeys",
    "keep_back",
    "miss_returns",
    "prepare_returns",
    "receive_returns",
    "refuse_returns",
    "resume_returns",
    "see_off",
    "send_back_returns",
    "start_returns",
    "suspend_returns",
    "withdraw_returns",
]
