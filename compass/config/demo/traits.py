"""What an invented person is like and received: shares are invented and state nothing about any group of people.

Codes are those of the vocabulary's lists; the stream of random draws is the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from compass.config.demo.shapes import Kind, Service, ServiceClass, Sex


@dataclass(frozen=True, slots=True)
class Role:
    """A place in a household: `relation` to the principal; `kin` shares the family's names."""

    sex: Sex
    age: int
    relation: str
    uasc: str
    kin: bool


@dataclass(frozen=True, slots=True)
class Birth:
    """When somebody was born, and how well that is known; `on` only when the basis is `exact_date`."""

    on: date | None
    year: int
    basis: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What first questions and screening found."""

    urgent: tuple[str, ...]
    disability: tuple[str, ...]
    triggers: tuple[str, ...]
    risk: str
    screening: str


class _Weighted:
    def __init__(self, shares: Mapping[str, int]) -> None:
        self._values = tuple(shares)
        self._cumulative = tuple(accumulate(shares.values()))

    def draw(self, random: Random) -> str:
        return random.choices(self._values, cum_weights=self._cumulative)[0]


_KINDS: tuple[Kind, ...] = (
    "single_man", "single_woman", "family", "couple", "siblings", "child_alone", "separated_child"
)  # fmt: skip
# By class: nobody is shown returning as a child alone, since only a best-interests procedure may decide that.
_KIND_SHARES: Mapping[ServiceClass, Sequence[int]] = {
    "H": (50, 14, 16, 4, 6, 6, 4),
    "C": (22, 26, 26, 4, 4, 11, 7),
    "R": (62, 16, 14, 4, 4, 0, 0),
    "RI": (52, 24, 14, 6, 4, 0, 0),
}


def composition(draw: Random, name: ServiceClass, most: int) -> tuple[Kind, tuple[Role, ...]]:
    """A kind of household and its members, at most `most` of them."""
    kind = draw.choices(_KINDS, _KIND_SHARES[name])[0]
    if most < 2 and kind not in ("single_man", "single_woman", "child_alone"):
        kind = draw.choice(("single_man", "single_woman"))
    return kind, tuple(_roles(draw, kind)[:most])


def _adult(draw: Random) -> int:
    return 18 + min(int(draw.expovariate(1 / 10)), 52)


def _sex(draw: Random) -> Sex:
    return draw.choice(("female", "male"))


def _roles(draw: Random, kind: Kind) -> list[Role]:
    if kind == "single_man":
        return [Role("male", _adult(draw), "principal", "accompanied", True)]
    if kind == "single_woman":
        return [Role("female", _adult(draw), "principal", "accompanied", True)]
    if kind == "child_alone":
        boy: Sex = "male" if draw.random() < 0.72 else "female"
        return [Role(boy, draw.choices((9, 11, 13, 14, 15, 16, 17), (1, 2, 5, 9, 18, 30, 35))[0],
                     "principal", "unaccompanied", True)]  # fmt: skip
    if kind == "separated_child":
        adult = Role(_sex(draw), _adult(draw) + 4, "principal", "accompanied", False)
        return [adult, Role(_sex(draw), draw.randint(5, 16), "other_relative", "separated", True)]
    if kind == "siblings":
        ages = sorted((draw.randint(18, 27) for _ in range(draw.choice((2, 2, 3)))), reverse=True)
        return [
            Role(_sex(draw), age, "sibling" if at else "principal", "accompanied", True) for at, age in enumerate(ages)
        ]
    mother = 20 + min(int(draw.expovariate(1 / 8)), 24)
    alone = kind == "family" and draw.random() < 0.55
    head: Sex = "female" if alone and draw.random() < 0.9 else "male"
    roles = [Role(head, mother if head == "female" else mother + draw.randint(0, 9), "principal", "accompanied", True)]
    if not alone:
        roles.append(Role("female", mother, "spouse", "accompanied", False))
    if kind == "family":
        eldest = min(mother - 18, 17)
        for _ in range(draw.choices((1, 2, 3, 4, 5), (30, 32, 20, 12, 6))[0]):
            roles.append(Role(_sex(draw), draw.randint(0, max(eldest, 1)), "child", "accompanied", True))
    return roles


_BASIS = _Weighted({"exact_date": 62, "year_only": 16, "stated_age": 12, "estimated": 10})


def birth(draw: Random, age: int, on: date) -> Birth:
    """A birth that makes somebody `age` on that day; about four in ten are not known to the day."""
    basis = _BASIS.draw(draw)
    days = age * 365.25 + draw.randrange(2, 362)
    born = on - timedelta(days=int(days))
    if basis != "exact_date":
        return Birth(None, born.year, basis)
    while on.year - born.year - ((on.month, on.day) < (born.month, born.day)) > age:
        born += timedelta(days=1)
    while on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < age:
        born -= timedelta(days=1)
    return Birth(born, born.year, basis)


_DISABILITY = _Weighted(
    {"walking": 40, "seeing": 20, "hearing": 14, "cognition": 10, "self_care": 8, "communication": 8}
)
_SURVIVOR = _Weighted({"exploiter_contact": 50, "captivity": 25, "abduction_ransom": 25})
_RISK: Mapping[ServiceClass, _Weighted] = {
    "H": _Weighted({"low": 58, "medium": 14, "not_assessed": 28}),
    "C": _Weighted({"low": 34, "medium": 66}),
    "R": _Weighted({"low": 72, "medium": 28}),
    "RI": _Weighted({"low": 80, "medium": 20}),
}


def needs(
    draw: Random, name: ServiceClass, sex: Sex, age: int, uasc: str, *, abroad: bool, at_risk_at_home: bool
) -> Needs:
    """Urgent needs, disability, triggers of high risk, risk level and the result of screening."""
    urgent: list[str] = []
    triggers: list[str] = []
    if draw.random() < 0.06:
        urgent.append("medical_emergency")
        if name == "C" and draw.random() < 0.5:
            triggers.append("untreated_illness")
    if name in ("H", "C") and draw.random() < 0.22:
        urgent.append(draw.choice(("water_food", "shelter_tonight")))
    if uasc == "unaccompanied":
        triggers.append("child_without_caregiver")
    if sex == "female" and 16 <= age <= 44 and draw.random() < 0.02:
        triggers.append("late_pregnancy")
    survivor = name == "C" and age >= 15 and draw.random() < (0.16 if sex == "female" else 0.06)
    if survivor:
        triggers.append(_SURVIVOR.draw(draw))
        if draw.random() < 0.3:
            urgent.append("safety_threat")
    disability = (_DISABILITY.draw(draw),) if draw.random() < (0.05 if age < 50 else 0.2) else ()
    if uasc in ("unaccompanied", "separated"):
        screening = "child_uasc"
    elif survivor:
        screening = "possible_vot"
    elif name == "C" and abroad and at_risk_at_home and draw.random() < 0.45:
        screening = "possible_international_protection"
    elif name == "C" and draw.random() < 0.01:
        screening = "possible_statelessness"
    else:
        screening = "immediate_needs_only" if name == "H" else "protection_case"
    risk = "high" if triggers else _RISK[name].draw(draw)
    return Needs(tuple(urgent), disability, tuple(triggers), risk, screening)


_HUMANITARIAN = _Weighted({
    "FOD": 24, "NFI": 18, "INF": 18, "SHL": 10, "WSH": 7, "PFA": 8, "TRN": 7, "CSH": 5, "COM": 4, "MED": 9, "SAR": 2,
})  # fmt: skip
_COMPREHENSIVE = _Weighted({
    "PSS": 26, "LEG": 14, "DOC": 14, "FRE": 9, "FTR": 6, "MEH": 8, "MHS": 7, "VOC": 7, "SHP": 5, "REG": 4,
})  # fmt: skip
_LIVELIHOOD = _Weighted({"BUS": 52, "VOC": 28, "JOB": 20})


def services(
    draw: Random, name: ServiceClass, sex: Sex, age: int, found: Needs, arrived: date, last: date
) -> tuple[Service, ...]:
    """Services delivered from arrival to the year's last day, in order of time; the highest class is `name`."""
    chosen: dict[str, ServiceClass] = {_HUMANITARIAN.draw(draw): "H" for _ in range(draw.choice((1, 2, 2, 3, 3, 4)))}
    if "medical_emergency" in found.urgent:
        chosen["MED"] = "H"
    if "water_food" in found.urgent:
        chosen["FOD"] = "H"
    if "shelter_tonight" in found.urgent:
        chosen["SHL"] = "H"
    if age < 14 and draw.random() < 0.5:
        chosen["CHC"] = "H"
    if name == "C":
        chosen["CMF"] = "C"
        for _ in range(draw.choice((1, 1, 2, 3))):
            code = _COMPREHENSIVE.draw(draw)
            if age < 14 and code in ("LEG", "VOC", "SHP", "REG", "MHS"):
                code = "EDU"
            chosen[code] = "C"
        if found.screening == "child_uasc":
            chosen["CPS"] = "C"
        if found.screening == "possible_international_protection":
            chosen["ASY"] = "C"
        if found.disability and draw.random() < 0.5:
            chosen["DIS"] = "C"
        if "late_pregnancy" in found.triggers:
            chosen["SRH"] = "C"
    elif name == "R":
        chosen |= {"INF": "H", "VAC": "R", "DOC": "R"} if draw.random() < 0.7 else {"INF": "H", "VAC": "R"}
        chosen["AVR"] = "R"
    elif name == "RI":
        chosen["REI"] = "RI"
        chosen["EDU" if age < 16 else _LIVELIHOOD.draw(draw)] = "RI"
    window = max(0, (last - arrived).days)
    reach = {"H": 12, "C": 90, "R": 70, "RI": 150}[name]
    given = [
        Service(code, kind, arrived + timedelta(days=draw.randint(0, min(window, 10 if kind == "H" else reach))))
        for code, kind in chosen.items()
    ]
    if name == "R":
        latest = max(service.on for service in given)
        given = [Service(each.code, each.service_class, latest) if each.code == "AVR" else each for each in given]
    return tuple(sorted(given, key=lambda each: (each.on, each.code == "AVR", each.code)))


_OPTIONAL_SCOPES = (
    "photo_audio", "research_nonidentifying", "share_authorities", "share_other_organizations", "share_family",
    "share_unhcr", "duplicate_check", "consular_contact", "return_country_sharing",
)  # fmt: skip


def refused(draw: Random, name: ServiceClass) -> tuple[str, ...]:
    """Parts of consent that the person refused; who returns agrees to what the receiving country must know."""
    if draw.random() > 0.18:
        return ()
    scopes = set(draw.sample(_OPTIONAL_SCOPES, draw.choice((1, 1, 2, 3))))
    if name in ("R", "RI"):
        scopes -= {"return_country_sharing", "consular_contact", "share_other_organizations"}
    return tuple(sorted(scopes))


_CONTACT = _Weighted({
    "phone_call": 34, "messaging_app": 18, "sms": 8, "through_trusted_person": 16, "at_the_centre": 18, "no_contact": 6,
})  # fmt: skip
_CHILD_CONTACT = _Weighted({"at_the_centre": 70, "through_trusted_person": 30})
_SOURCE = _Weighted({
    "outreach_mobile_team": 26, "mrrm_migrant_centre": 24, "self_referral": 16, "ngo_cso": 10,
    "community_member_leader": 8, "police_border": 5, "embassy_consulate": 3, "hotline": 3, "un_agency": 3,
    "health_service": 2,
})  # fmt: skip
_STATUS = _Weighted({"irregular": 56, "stranded": 26, "regular": 12, "unknown": 6})


def safe_contact(draw: Random, age: int) -> str:
    """How the person may be reached without harm; children through the centre or somebody they trust."""
    return (_CONTACT if age >= 16 else _CHILD_CONTACT).draw(draw)


def source(draw: Random, name: ServiceClass) -> str:
    """Who brought them; people who are home again mostly come through another country's office."""
    if name == "RI":
        return draw.choice(("other_country_office", "other_country_office", "self_referral", "government_authority"))
    return _SOURCE.draw(draw)


def migration_status(draw: Random, name: ServiceClass, at_home: bool) -> str:
    """Their status in the country where they were met."""
    if name == "RI":
        return "returnee"
    if at_home:
        return draw.choice(("returnee", "regular"))
    return _STATUS.draw(draw)
