"""What this room holds about a person, for a copy: see `compass.people.held`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compass.people.held import Column, Held, hold, hold_apart


def declare() -> None:
    """Called once, when the room starts."""
    rule, of_return = "returns.view", {"avr_id": "internal"}
    round_of = {"round": Column(_("Which time"))}
    hold(
        Held(
            "returns.Return", _("Your wish to return"), rule=rule,
            told={
                "code": Column(_("Code of the return")),
                "state": Column(_("State"), "return_state"),
                **round_of,
                "return_type": Column(_("Kind"), "return_type"),
                "destination": Column(_("To which country"), "country"),
                "area": Column(_("Region"), "area"),
                "detained": Column(_("In detention")),
                "state_since": Column(_("Since")),
                "approved_at": Column(_("Approved")),
                "departed_on": Column(_("Departed")),
                "arrived_on": Column(_("Arrived")),
            },
            apart={"approved_by": "colleagues"},
        ),
        Held("returns.Member", _("That you would travel"), rule=rule, told=round_of, apart=of_return),
        Held(
            "returns.Counselling", _("Talks about return"), rule=rule,
            told={
                **round_of,
                "topics": Column(_("What was explained"), "return_information_topic"),
                "language": Column(_("Language"), "language"),
                "interpreter_mode": Column(_("How it was understood"), "interpreter_mode"),
                "time_offered": Column(_("Time to think was offered")),
                "days_offered": Column(_("Days to think")),
            },
            words={"notes_sealed": _("Notes")}, apart=of_return,
        ),
        Held(
            "returns.Declaration", _("Your declaration"), rule=rule,
            told={
                **round_of,
                "given_by": Column(_("Who declared"), {"individual": _("Yourself"), "guardian": _("The guardian")}),
                "statements": Column(_("What was declared"), "declaration_statement"),
                "text_version": Column(_("Version of the text")),
                "text_language": Column(_("Language of the text"), "language"),
                "language": Column(_("Language"), "language"),
                "mode": Column(_("How"), {
                    "signature": _("Signature"), "thumbprint": _("Thumbprint"),
                    "witnessed_oral": _("Spoken before a witness"), "recorded_oral": _("Spoken and recorded"),
                }),
                "valid_until": Column(_("Valid until")),
            },
            apart={**of_return, "witness_sealed": "others"},
        ),
        Held(
            "returns.FreeChoice", _("Whether you choose freely"), rule=rule,
            told={
                **round_of,
                "no_pressure": Column(_("No pressure")),
                "informed": Column(_("Well informed")),
                "capacity_doubted": Column(_("Doubt about being able to decide")),
                "capacity_assessed": Column(_("This was assessed")),
                "detained": Column(_("In detention")),
                "independent_counsel": Column(_("Independent advice")),
                "private_talk": Column(_("Talked alone")),
            },
            words={"evidence_sealed": _("What it rests on")}, apart=of_return,
        ),
        Held(
            "returns.Eligibility", _("Whether help to return is possible"), rule=rule,
            told={
                **round_of,
                "criterion": Column(_("Criterion"), "eligibility_criterion"),
                "answer": Column(_("Answer"), "eligibility_answer"),
                "evidence_kind": Column(_("Evidence"), "evidence_kind"),
                "checked_on": Column(_("Checked")),
            },
            words={"evidence_sealed": _("What it rests on")}, apart=of_return,
        ),
        Held(
            "returns.Preparation", _("Preparing the journey"), rule=rule,
            told={
                **round_of,
                "travel_on": Column(_("Day of travel")),
                "travel_mode": Column(_("Means of travel"), "travel_mode"),
                "document_valid_until": Column(_("Travel document valid until")),
                "medical_outcome": Column(_("Fit to travel"), "medical_outcome"),
                "receiving_told_on": Column(_("Country of return was told")),
            },
            apart=of_return,
        ),
        Held(
            "returns.Step", _("Steps of the return"), rule=rule,
            told={
                **round_of,
                "transition": Column(_("Step")),
                "from_state": Column(_("Before"), "return_state"),
                "to_state": Column(_("Then"), "return_state"),
                "reason": Column(_("Why")),
            },
            words={"note_sealed": _("Note")}, apart=of_return,
        ),
    )  # fmt: skip
    # How many travel together, kept by the office they leave from without anybody's identity.
    hold_apart("office", "returns.Journey", person="avr__person")
