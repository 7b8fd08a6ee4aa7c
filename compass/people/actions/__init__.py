"""The only code that writes people, consent, documents, the services they received, searches and an office's voices."""

from __future__ import annotations

from compass.people.actions.common import moment
from compass.people.actions.consents import (
    ConsentGiven,
    GuardianAppointed,
    GuardianAsked,
    Withdrawal,
    appoint_guardians,
    give_consent,
    on_page,
    request_guardians,
    withdraw_consent,
    withdraw_guardian_requests,
)
from compass.people.actions.copies import CopyAsked, record_copies
from compass.people.actions.documents import DocumentSaid, record_documents
from compass.people.actions.elsewhere import (
    ElsewhereAsked,
    ElsewhereDecided,
    ElsewhereTakenBack,
    ask_elsewhere,
    decide_elsewhere,
    take_back_elsewhere,
)
from compass.people.actions.erasure import (
    ErasureAsked,
    ErasureConfirmed,
    ErasureStep,
    RecordKept,
    ask_erasure,
    cancel_erasure,
    confirm_erasure,
    erase,
    keep_record,
)
from compass.people.actions.functioning import FunctioningAnswered, record_functioning
from compass.people.actions.households import HouseholdChange, change_households
from compass.people.actions.merging import (
    MergeAsked,
    MergeDecided,
    MergeUndone,
    ask_merges,
    decide_merges,
    undo_merges,
)
from compass.people.actions.names import NameSaid, record_names
from compass.people.actions.numbers import NumberSaid, record_numbers
from compass.people.actions.persons import IdentityChange, Registration, change_identity, register_people
from compass.people.actions.photos import PhotoRemoved, PhotoTaken, keep_photos, must_agree, remove_photos
from compass.people.actions.rights import RightAnswered, RightAsked, RightTold, answer_rights, ask_rights, tell_rights
from compass.people.actions.searches import (
    Compared,
    Judged,
    Searched,
    compare_person,
    judge,
    look_beside,
    record_comparisons,
    record_searches,
    search_people,
)
from compass.people.actions.services import ServiceAnnulled, ServiceGiven, annul_services, record_services
from compass.people.actions.voices import VoiceRecording, put_voices

__all__ = [
    "Compared",
    "ConsentGiven",
    "CopyAsked",
    "DocumentSaid",
    "ElsewhereAsked",
    "ElsewhereDecided",
    "ElsewhereTakenBack",
    "ErasureAsked",
    "ErasureConfirmed",
    "ErasureStep",
    "FunctioningAnswered",
    "GuardianAppointed",
    "GuardianAsked",
    "HouseholdChange",
    "IdentityChange",
    "Judged",
    "MergeAsked",
    "MergeDecided",
    "MergeUndone",
    "NameSaid",
    "NumberSaid",
    "PhotoRemoved",
    "PhotoTaken",
    "RecordKept",
    "Registration",
    "RightAnswered",
    "RightAsked",
    "RightTold",
    "Searched",
    "ServiceAnnulled",
    "ServiceGiven",
    "VoiceRecording",
    "Withdrawal",
    "annul_services",
    "answer_rights",
    "appoint_guardians",
    "ask_elsewhere",
    "ask_erasure",
    "ask_merges",
    "ask_rights",
    "cancel_erasure",
    "change_households",
    "change_identity",
    "compare_person",
    "confirm_erasure",
    "decide_elsewhere",
    "decide_merges",
    "erase",
    "give_consent",
    "judge",
    "keep_photos",
    "keep_record",
    "look_beside",
    "moment",
    "must_agree",
    "on_page",
    "put_voices",
    "record_comparisons",
    "record_copies",
    "record_documents",
    "record_functioning",
    "record_names",
    "record_numbers",
    "record_searches",
    "record_services",
    "register_people",
    "remove_photos",
    "request_guardians",
    "search_people",
    "take_back_elsewhere",
    "tell_rights",
    "undo_merges",
    "withdraw_consent",
    "withdraw_guardian_requests",
]
