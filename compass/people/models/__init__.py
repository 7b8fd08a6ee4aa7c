"""A person is one record for the whole journey. Identity and contact are sealed; codes for daily work are clear.

Every table about a person follows the person when the record is handed over (`moves_with`), and must be listed in
`compass.people.registry` for merge and erasure.
"""

from __future__ import annotations

from compass.people.models.consent import Consent, GuardianRequest, OfficeVoice
from compass.people.models.elsewhere import ElsewhereAsk, ElsewhereMet
from compass.people.models.exact import Exact
from compass.people.models.functioning import Functioning
from compass.people.models.groups import GroupMember
from compass.people.models.households import HouseholdMember
from compass.people.models.identity import (
    TAKEN,
    AgencyNumber,
    FormerContact,
    FormerIdentity,
    IdentityDocument,
    PersonName,
)
from compass.people.models.merging import Merge, MergedRow
from compass.people.models.person import (
    ADULT,
    CHILD,
    CHILD_BANDS,
    FURTHER,
    OWN_CONSENT_BANDS,
    PERHAPS_ALONE,
    AboutPerson,
    Person,
)
from compass.people.models.photo import PersonPhoto
from compass.people.models.retention import Retention
from compass.people.models.rights import CopyMade, DataRequest, ErasureRequest
from compass.people.models.search import Judgement, Pair, Search, SearchToken
from compass.people.models.service import Service

__all__ = [
    "ADULT",
    "CHILD",
    "CHILD_BANDS",
    "FURTHER",
    "OWN_CONSENT_BANDS",
    "PERHAPS_ALONE",
    "TAKEN",
    "AboutPerson",
    "AgencyNumber",
    "Consent",
    "CopyMade",
    "DataRequest",
    "ElsewhereAsk",
    "ElsewhereMet",
    "ErasureRequest",
    "Exact",
    "FormerContact",
    "FormerIdentity",
    "Functioning",
    "GroupMember",
    "GuardianRequest",
    "HouseholdMember",
    "IdentityDocument",
    "Judgement",
    "Merge",
    "MergedRow",
    "OfficeVoice",
    "Pair",
    "Person",
    "PersonName",
    "PersonPhoto",
    "Retention",
    "Search",
    "SearchToken",
    "Service",
]
