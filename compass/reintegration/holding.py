"""What this room holds about a person, for a copy: see `compass.people.held`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compass.people.held import Column, Held, hold
from compass.problems.words import in_a_row
from compass.reintegration.expectations import EXPECTATIONS, NEXT_STEPS
from compass.reintegration.scoring import options
from compass.vocabulary import code_list


def _answers(answers: dict[str, Any]) -> list[tuple[str, str]]:
    """Each question of the interview with its answer."""
    found = []
    for code, answer in answers.items():
        item = code_list("rss_item").get(code)
        chosen = answer if isinstance(answer, list) else [answer]
        labels = {option.value: option.label for option in options(item)} if item else {}
        found.append((item.label if item else code, in_a_row(labels.get(each, str(each)) for each in chosen)))
    return found


def declare() -> None:
    """Called once, when the room starts."""
    rule = "reintegration.view"
    hold(
        Held(
            "reintegration.ArrivalHome", _("Arriving at home"), rule=rule,
            told={
                "arrived_on": Column(_("Arrived")),
                "support": Column(_("What you were given"), "reception_support"),
            },
            words={"note_sealed": _("Note")}, apart={"avr_id": "internal"},
        ),
        Held(
            "reintegration.Plan", _("Your plan at home"), rule=rule,
            told={"agreed_on": Column(_("You agreed"))},
            words={"goals_sealed": _("What you want to reach")},
        ),
        Held(
            "reintegration.Action", _("Help planned at home"), rule=rule,
            told={
                "dimension": Column(_("Part of life"), "reintegration_dimension"),
                "level": Column(_("Level"), "reintegration_level"),
                "pathway": Column(_("Way to an income"), "economic_pathway"),
                "business_type": Column(_("Kind of business"), "business_type"),
                "modality": Column(_("How"), "reintegration_modality"),
                "budget": Column(_("Budget")),
                "currency": Column(_("Currency"), "currency"),
                "planned_on": Column(_("Planned for")),
                "delivered_on": Column(_("Day")),
                "status": Column(_("State"), "plan_action_status"),
                "expectation": Column(_("What it should change"), EXPECTATIONS),
            },
            words={"words_sealed": _("In words")},
            apart={"plan_id": "internal", "project_id": "internal"},
        ),
        Held(
            "reintegration.Receipt", _("Proofs of payment"), rule=rule,
            told={
                "kind": Column(_("Kind"), "proof_kind"),
                "amount": Column(_("Amount")),
                "currency": Column(_("Currency"), "currency"),
                "issued_on": Column(_("Issued")),
            },
            apart={
                "action_id": "internal", "media_type": "files", "file_sealed": "files", "name_sealed": "files",
            },
        ),
        Held(
            "reintegration.FollowUp", _("Whether the help did what it should"), rule=rule,
            told={
                "result": Column(_("Result"), "followup_result"),
                "channel": Column(_("How"), "followup_channel"),
                "asked_on": Column(_("Day of asking")),
                "next_step": Column(_("What comes next"), NEXT_STEPS),
            },
            words={"remark_sealed": _("Remark")}, apart={"action_id": "internal"},
        ),
        Held(
            "reintegration.Interview", _("How life is at home"), rule=rule,
            told={
                "round": Column(_("Which time"), "rss_round"),
                "held_on": Column(_("Day")),
                "mode": Column(_("How"), "followup_channel"),
                "language": Column(_("Language"), "language"),
                "status": Column(_("State")),
                "instrument_version": Column(_("Version of the questions")),
                "weight_set": Column(_("Weights")),
                "provisional": Column(_("Provisional")),
                "economic": Column(_("Economic")),
                "social": Column(_("Social")),
                "psychosocial": Column(_("Psychosocial")),
                "composite": Column(_("Together")),
                "band": Column(_("Range"), "rss_band"),
                "flags": Column(_("Flags")),
            },
            sealed={"answers_sealed": _("Your answers")},
            read={"answers_sealed": _answers},
        ),
    )  # fmt: skip
