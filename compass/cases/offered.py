"""Services to choose from, in groups, as a worker looks for them; what is likely in a case comes first."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from compass.ui.forms import CHOOSE
from compass.vocabulary import code_list

#: Services by the kind of help.
KINDS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Health"), ("MED", "MEH", "SRH", "VAC", "PFA", "PSS", "MHS", "DIS")),
    (_("Safety and protection"), ("GBV", "CPS", "EVA", "SAR", "DET")),
    (_("Shelter, food and daily life"), ("SHL", "SHP", "FOD", "NFI", "WSH", "CSH", "TRN", "COM", "INT", "CHC")),
    (_("Papers, status and justice"), ("LEG", "JUS", "ASY", "REG", "DOC", "CON")),
    (_("Family, information, the way on"), ("FTR", "FRE", "INF", "EDU", "VOC", "JOB", "BUS")),
)  # fmt: skip
#: What answers a need, the usual first. Our own order, from the words of the two lists: it puts a service at hand and
#: keeps none away.
ANSWERS_NEED: dict[str, tuple[str, ...]] = {
    "safety_security": ("EVA", "SHL", "PFA"),
    "shelter_accommodation": ("SHL", "SHP"),
    "food_nutrition": ("FOD", "CSH"),
    "nfi_clothing": ("NFI", "CSH"),
    "wash": ("WSH", "NFI"),
    "health_physical": ("MED", "MEH", "VAC"),
    "health_sexual_reproductive": ("SRH", "MED"),
    "mental_health_psychosocial": ("PSS", "PFA", "MHS"),
    "disability_support": ("DIS", "MEH"),
    "child_protection_care": ("CPS", "CHC"),
    "family_links": ("FTR", "FRE", "COM"),
    "gbv_response": ("GBV", "SRH", "PSS"),
    "legal_status_asylum": ("LEG", "ASY", "REG"),
    "legal_justice_remedy": ("JUS", "LEG"),
    "identity_documentation": ("DOC", "CON", "LEG"),
    "financial_cash": ("CSH",),
    "education": ("EDU", "VOC"),
    "skills_employment_livelihood": ("VOC", "JOB", "BUS"),
    "transport": ("TRN",),
    "communication_information": ("INF", "COM", "INT"),
    "return_reintegration_or_other_solution": ("INF", "AVR", "REI", "RES"),
    "detention_release": ("DET", "LEG"),
}


def for_needs(domains: Collection[str]) -> list[str]:
    """The services that answer these needs (codes of need_domain), by need."""
    return list(dict.fromkeys(code for domain in domains for code in ANSWERS_NEED.get(domain, ())))


def services(*first: tuple[Any, Collection[str]]) -> list[Any]:
    """Every service in groups: those of `first` (a label, codes), each once, then by kind; what no kind names comes last."""
    labels = {code.value: code.label for code in code_list("service")}
    named = {code for _label, codes in KINDS for code in codes}
    likely, groups = set[str](), list[tuple[Any, list[str]]]()
    for label, codes in first:
        groups.append((label, [code for code in codes if code not in likely]))
        likely |= set(codes)
    groups += [(label, list(codes)) for label, codes in KINDS]
    groups.append((_("Other services"), [code for code in labels if code not in named]))
    return [CHOOSE, *((label, [(code, labels[code]) for code in codes]) for label, codes in groups if codes)]
