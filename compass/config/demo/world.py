"""Organisations and accounts of the demonstration, made by the owner. Posts, not people: the names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from django.contrib.auth.hashers import make_password

from compass.access.install import add_organisation
from compass.access.models import Grant, Organisation, OrganisationKind, User
from compass.access.staff import seal_name
from compass.config.demo.accounts import PASSWORD
from compass.reception.install import add_centre
from compass.reception.models import Centre
from compass.vocabulary import countries
from compass.vocabulary.places import Country

NAMESPACE = UUID("018f3b1e-0000-7000-8000-000000000000")
START = datetime(2021, 1, 1, tzinfo=UTC)
NIGER, NIGERIA, CLINIC, LEGAL, MINISTRY, FUNDER, HEADQUARTERS = (
    "NE",
    "NG",
    "clinic",
    "legal",
    "ministry",
    "funder",
    "geneva",
)
OTHERS = {
    CLINIC: ("Clinique Garin Lafiya, Zinder", OrganisationKind.PARTNER, "NE"),
    LEGAL: ("Association Haske, aide juridique, Zinder", OrganisationKind.PARTNER, "NE"),
    MINISTRY: ("Ministère de l’Action humanitaire, Niger", OrganisationKind.MINISTRY, "NE"),
    FUNDER: ("Ministry of Foreign Affairs of the Netherlands", OrganisationKind.DONOR, ""),
    HEADQUARTERS: ("IOM Geneva", OrganisationKind.OFFICE, ""),
}


CENTRES = (
    ("centre.zinder", NIGER, "Centre d’accueil des migrants, Zinder", "NE-7"),
    ("centre.benin", NIGERIA, "Returnee reception centre, Benin City", "NG-ED"),
)


@dataclass(frozen=True)
class Account:
    """One account: `organisation` is a key of the world (a country code or one of the names above)."""

    username: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    language: str = "fr"


ACCOUNTS = (
    Account("zinder.social", "Hassana Maman Lawali", NIGER, ("social_worker",)),
    Account("zinder.cases", "Ibrahim Sani Oumarou", NIGER, ("case_worker",)),
    Account("zinder.supervisor", "Rakia Abdou Moumouni", NIGER, ("supervisor",)),
    Account("zinder.travel", "Mahamane Laouali Issoufou", NIGER, ("movement_officer",)),
    Account("zinder.clinic", "Dr Zeinabou Issa Garba", CLINIC, ("partner_case_worker",)),
    Account("zinder.legal", "Maître Aïchatou Boubé", LEGAL, ("partner_case_worker",)),
    Account("edo.reception", "Osaretin Igbinedion-Obi", NIGERIA, ("case_worker",), "en"),
    Account("edo.supervisor", "Ngozi Adaeze Ekhator", NIGERIA, ("supervisor",), "en"),
    Account("edo.monitoring", "Tunde Omoregie", NIGERIA, ("monitoring_officer",), "en"),
    Account("niger.focal", "Moussa Adamou Kané", MINISTRY, ("ministry_focal_point",)),
    Account("hague.desk", "Marijke van der Velde", FUNDER, ("donor_desk_officer",), "en"),
    Account("geneva.results", "Elena Moretti", HEADQUARTERS, ("results_officer",), "en"),
)
#: The case worker and the supervisor of each office that the story does not visit, as they write their names.
COLLEAGUES = {
    "AF": ("زرغونه وردک", "میرویس حیدری"),
    "DZ": ("ليندة سعداوي", "سفيان بلهادي"),
    "EG": ("نرمين عبد الواحد", "طارق شلبي"),
    "ET": ("Selamawit Bekele", "Dawit Gebremichael"),
    "IQ": ("شيماء الربيعي", "كاروان حمه صالح"),
    "LB": ("رنا خوري", "وسيم الأيوبي"),
    "LY": ("هدى الزنتاني", "عبد السلام المصراتي"),
    "MA": ("لبنى بنجلون", "هشام العمراوي"),
    "ML": ("Fatoumata Coulibaly", "Seydou Traoré"),
    "SD": ("إيناس الطيب", "معتصم إدريس"),
    "TD": ("Achta Mahamat", "Ngarlem Djimadoum"),
    "TN": ("أميرة الجلاصي", "نزار الورتاني"),
}
#: Offices that write OIM; the others are known by the English letters in their country too.
IN_FRENCH = frozenset({"NE", "ML", "TD", "TN", "DZ", "MA"})
OFFICER = Account("geneva.protection", "Samira Haddad", HEADQUARTERS, ("data_protection_officer",), "fr")


def world_id(name: str) -> UUID:
    """The same identifier in every demonstration."""
    return uuid5(NAMESPACE, name)


def language_of(alpha2: str) -> str:
    """In which of the three languages an office works."""
    if alpha2 in {"NG", "ET", "AF"}:
        return "en"
    return "ar" if alpha2 in {"EG", "IQ", "LB", "LY", "SD", "TN", "DZ", "MA"} else "fr"


def office_name(country: Country) -> str:
    """How an office is known where it is."""
    alpha2 = country.alpha2
    return f"OIM {country.labels['fr']}" if alpha2 in IN_FRENCH else f"IOM {country.labels['en']}"


def office_accounts(alpha2: str) -> tuple[Account, ...]:
    """A case worker and a supervisor for a country office that the story does not visit."""
    low = alpha2.lower()
    worker, supervisor = COLLEAGUES[alpha2]
    return (
        Account(f"{low}.cases", worker, alpha2, ("case_worker",), language_of(alpha2)),
        Account(f"{low}.supervisor", supervisor, alpha2, ("supervisor",), language_of(alpha2)),
    )


def create_world() -> dict[str, Organisation]:
    """Make organisations, accounts and grants; run once, as the owner. Returns organisations by key."""
    made: dict[str, Organisation] = {}
    for country in countries():
        made[country.alpha2] = Organisation(
            id=world_id(country.alpha2),
            name=office_name(country),
            kind=OrganisationKind.OFFICE,
            country=country.alpha2,
        )
    for key, (name, kind, alpha2) in OTHERS.items():
        made[key] = Organisation(id=world_id(key), name=name, kind=kind, country=alpha2)
    for organisation in made.values():
        add_organisation(organisation)
    for key, office, name, area in CENTRES:
        add_centre(
            Centre(
                id=world_id(key), organisation_id=made[office].pk, name=name, country=made[office].country, area=area
            )
        )
    password = make_password(PASSWORD)
    accounts = [
        *ACCOUNTS,
        *(a for c in countries() if c.alpha2 not in {NIGER, NIGERIA} for a in office_accounts(c.alpha2)),
    ]
    for account in accounts:
        user = _user(account, made[account.organisation], password)
        Grant.objects.bulk_create(
            Grant(
                user=user,
                role=role,
                organisation=made[account.organisation],
                country=made[account.organisation].country,
                valid_from=START,
            )
            for role in account.roles
        )
    officer = _user(OFFICER, made[HEADQUARTERS], password)
    Grant.objects.bulk_create(
        Grant(
            user=officer,
            role=OFFICER.roles[0],
            organisation=organisation,
            country=organisation.country,
            valid_from=START,
        )
        for organisation in made.values()
        if organisation.kind == OrganisationKind.OFFICE
    )
    return made


def _user(account: Account, organisation: Organisation, password: str) -> User:
    user = User(
        id=world_id(account.username),
        username=account.username,
        organisation=organisation,
        password=password,
        language=account.language,
        is_demonstration=True,
        name_sealed=seal_name(world_id(account.username), account.name),
    )
    user.save(force_insert=True)
    return user
