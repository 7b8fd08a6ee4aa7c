"""What this room holds about a person, for a copy: see `compass.people.held`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compass.people.forms import ContactForm, IdentityForm, shown
from compass.people.held import Column, Held, hold, hold_apart
from compass.vocabulary import code_list

#: Under which list the answers about reaching someone stand.
_LISTS = {
    "safe_contact": "safe_contact", "interpreter_language": "language", "interpreter_sex": "interpreter_sex",
    "sex": "sex", "nationality": "nationality", "second_nationality": "country", "third_nationality": "country",
}  # fmt: skip


def _asked(form: type[ContactForm] | type[IdentityForm]) -> dict[str, Column]:
    """The questions of a form, which are the keys of what it seals."""
    return {name: Column(field.label or name, _LISTS.get(name, "")) for name, field in shown(form).items()}


def declare() -> None:
    """Called once, when the room starts."""
    contact = {"contact_sealed": _asked(ContactForm)}
    # Who must not know, and who passes messages on: told by the person, and a danger to both in the wrong hands.
    danger = {f"contact_sealed.{name}": "protect" for name in ("must_not_know", "trusted_person", "what_to_say")}
    hold(
        Held(
            "people.Person", _("Who you are"), person="pk",
            told={
                "code": Column(_("Your code")),
                "sex": Column(_("Sex"), "sex"),
                "age_band": Column(_("Age group"), "age_band"),
                "nationality": Column(_("Nationality said first"), "nationality"),
                "languages": Column(_("Languages"), "language"),
                "relation": Column(_("Place in the family"), "person_relation"),
                "uasc_status": Column(_("The child and their parents"), "uasc_status"),
                "once_alone": Column(_("Once recorded as a child alone")),
                "country_met": Column(_("Country where we met"), "country"),
                "consent_due_at": Column(_("To be asked for consent by")),
            },
            sealed={"identity_sealed": _("Name and birth"), "contact_sealed": _("How to reach you")},
            parts={
                "identity_sealed": {**_asked(IdentityForm), "birth_month": Column(_("Month of birth"))}, **contact,
            },
            apart={"household_id": "internal", "merged_into_id": "internal", "coarse": "internal", **danger},
        ),
        Held(
            "people.HouseholdMember", _("Where you belonged, and since when"),
            told={
                "since": Column(_("Since when")),
                "relation": Column(_("Place in the family"), "person_relation"),
                "uasc_status": Column(_("The child and their parents"), "uasc_status"),
                "change": Column(_("What changed"), "household_change"),
                "care": Column(_("Who cares for the child now"), "care_arrangement"),
            },
            apart={"household_id": "internal"},
        ),
        # Never who else was there; what was told of the group may speak of them.
        Held(
            "people.GroupMember", _("Groups you were in"),
            told={"state": Column(_("State"), "group_state")},
            sealed={"said_sealed": _("What was written down of it")},
            parts={"said_sealed": {
                "kind": Column(_("What kind of group"), "group_kind"),
                "since": Column(_("Since when")), "until": Column(_("Until when")),
                "why": Column(_("Why it ended"), "group_leaving"),
            }},
            words={"said_sealed.relation": _("What you were to the others"), "said_sealed.remark": _("What was told of it")},
            apart={"group_id": "others"},
        ),
        Held(
            "people.FormerContact", _("How to reach you, before it was changed"),
            sealed={"contact_sealed": _("How to reach you")}, parts=contact, apart=danger,
        ),
        Held(
            "people.FormerIdentity", _("Who you said you were, before it was changed"),
            sealed={"identity_sealed": _("Name and birth")},
            parts={
                "identity_sealed": {
                    **_asked(IdentityForm),
                    "birth_month": Column(_("Month of birth")),
                    "languages": Column(_("Languages"), "language"),
                },
            },
        ),
        Held(
            "people.PersonName", _("Further names"),
            told={"kind": Column(_("What kind of name"), "name_kind"), "mistaken": Column(_("Written down by mistake"))},
            sealed={"detail_sealed": _("The name")}, parts={"detail_sealed": {"words": Column(_("The name"))}},
            apart={"name": "internal"},
        ),
        Held(
            "people.AgencyNumber", _("Numbers with other organisations"),
            told={
                "kind": Column(_("Whose number"), "agency_number"),
                "state": Column(_("Whether it is valid"), "agency_number_state"),
            },
            sealed={"detail_sealed": _("The number")},
            parts={"detail_sealed": {
                "number": Column(_("Number")), "issued_by": Column(_("Which office gave it, and where")),
            }},
            apart={"reference": "internal"},
        ),
        Held(
            "people.IdentityDocument", _("Documents"),
            told={
                "type": Column(_("Document"), "document_type"),
                "country": Column(_("Country of issue"), "country"),
                "possession": Column(_("Where it is"), "document_possession"),
            },
            sealed={"detail_sealed": _("The document")},
            parts={"detail_sealed": {
                "number": Column(_("Number")), "name": Column(_("Name on the document")),
                "since": Column(_("Since when")), "valid_until": Column(_("Valid until")),
            }},
            apart={"document": "internal", "detail_sealed.kept_by": "others"},
        ),
        Held(
            "people.Functioning", _("Everyday activities"),
            sealed={"answers_sealed": _("What you answered")},
            parts={"answers_sealed": {
                code.value: Column(code.lazy_label, "disability_answer") for code in code_list("disability_domain")
            }},
        ),
        Held(
            "people.PersonPhoto", _("Photos of you"),
            told={
                "removed_at": Column(_("Destroyed")),
                "removal": Column(_("Why it was destroyed"), "photo_removal"),
            },
            apart={"photo_sealed": "files", "media_type": "internal", "removed_by": "colleagues"},
        ),
        Held(
            "people.Consent", _("What you agreed to"),
            told={
                "given_by": Column(_("Who answered"), "consent_given_by"),
                "mode": Column(_("How"), "consent_mode"),
                "language": Column(_("Language"), "language"),
                "interpreter_mode": Column(_("How it was understood"), "interpreter_mode"),
                "notice_version": Column(_("Version of the text")),
                "ladder": Column(_("Step for children")),
                "child_agrees": Column(_("What the child said")),
                "certified": Column(_("Certified by the colleague")),
                "information": Column(_("What was explained"), "consent_information"),
                "scopes": Column(_("Answers"), "consent_scope"),
                "not_to": Column(_("Organisations that must not know"), "organisation"),
                "expires_on": Column(_("Valid until")),
                "withdrawn_at": Column(_("Taken back")),
            },
            words={"detail_sealed": _("Notes of the talk")},
            apart={"copied_from": "internal", "joined_at": "internal"},
        ),
        Held(
            "people.GuardianRequest", _("Guardian"),
            told={
                "authority": Column(_("Authority asked for a guardian"), "guardian_authority"),
                "status": Column(_("State"), "guardian_status"),
                "appointed_at": Column(_("Appointed")),
            },
            words={"detail_sealed": _("What the authority must know, and why a request was a mistake")},
        ),
        Held(
            "people.Service", _("Help you received"),
            told={
                "service": Column(_("Service"), "service"),
                "service_class": Column(_("Kind"), "service_class"),
                "country": Column(_("Country"), "country"),
                "delivered_on": Column(_("Day")),
                "quantity": Column(_("Quantity")),
                "annulled_at": Column(_("Found to be a mistake")),
            },
            apart={"provider_id": "internal", "origin": "internal"},
        ),
        Held(
            "people.DataRequest", _("What you asked about your data"),
            told={
                "kind": Column(_("Kind"), "right_kind"),
                "about": Column(_("What it is about"), "right_about"),
                "purpose": Column(_("Purpose"), "consent_scope"),
                "due_on": Column(_("Answer due by")),
                "status": Column(_("State"), "right_status"),
                "answer": Column(_("Answer"), "right_answer"),
                "ground": Column(_("Ground"), "right_ground"),
                "answered_at": Column(_("Answered")),
                "told_at": Column(_("Told to you")),
            },
            sealed={"words_sealed": _("In your words"), "reason_sealed": _("What you were told")},
            parts={
                "words_sealed": {"said": Column(_("In your words"))},
                "reason_sealed": {"reason": Column(_("What you were told"))},
            },
            apart={"answered_by": "colleagues"},
        ),
        Held(
            "people.Retention", _("How long your record is kept"),
            told={
                "state": Column(_("State"), "retention_state"),
                "began_on": Column(_("The term counts from")),
                "due_on": Column(_("Last day of the term")),
                "review_on": Column(_("To be looked at")),
                "country": Column(_("Country"), "country"),
                "ground": Column(_("Why it is kept longer"), "retention_ground"),
                "until": Column(_("Kept until")),
                "erase_at": Column(_("To be erased")),
            },
        ),
        Held(
            "people.CopyMade", _("Copies made for you"),
            told={"how": Column(_("How"), "copy_form"), "records": Column(_("Records in it"))},
            apart={"talk": "protect", "checked": "protect", "words": "internal"},
        ),
        Held(
            "people.ElsewhereAsk", _("Whether another organisation knows you"),
            told={
                "hope": Column(_("What you hoped for"), "elsewhere_hope"),
                "until": Column(_("Compared until")),
                "ended_at": Column(_("Ended")),
            },
            apart={
                "state": "internal", "asking_organisation": "internal", "decided_by": "colleagues", "decided_at": "internal",
            },
        ),
        # Its day; the organisation stands among those that were told something.
        Held(
            "people.ElsewhereMet", _("Another organisation asked about you too"),
            apart={"ask_id": "internal", "asking_organisation": "internal", "met_organisation": "others"},
        ),
    )  # fmt: skip
    # Whether two records are one person is about somebody else too; the index of names holds digests.
    hold_apart("internal", "people.SearchToken", "people.Search", "people.Judgement", "people.Pair")
    hold_apart("internal", "people.Merge", "people.MergedRow")
    # What it says is put back before a copy is made.
    hold_apart("internal", "people.Exact")
    # Keys, the trail and receipts name records by an identifier alone.
    hold_apart("internal", "vault.SubjectKey", "vault.Erasure", "trail.Subject", "access.Receipt")
    # Whoever is made to ask, and lets it fall, must not be found out by a copy.
    hold_apart("protect", "people.ErasureRequest")
