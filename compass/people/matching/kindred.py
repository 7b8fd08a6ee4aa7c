"""Forms of one Arabic name that grew apart in West Africa and Afghanistan, beyond what spelling rules can join.

A register may hold the same man as Mamadou (said at home) and Mohamed (written in a passport). Both keep their own fold;
they only share a skeleton, which makes them candidates and a weaker agreement, never the same name.

Source: judgement, after the forms given for these names in Fulfulde, Hausa, Kanuri, Manding, Wolof and Dari in common
reference works; provisional until speakers of each have read it.
"""

from __future__ import annotations

# folded form of the name as it is in Arabic: spellings of its regional forms
FAMILIES: dict[str, str] = {
    "muhamad": "mamadou mamadi mahamat mahamane mamman mouhamat mehmet mamat",
    "ahmad": "amadou amadu ahmat",
    "fatima": "fatoumata fatimata fatou fatimatou fadimata",
    "kadija": "kadiatou kadidiatou hadiza khadidiatou adiza",
    "aiCa": "aissatou aissata assata aishatu aichatou",
    "amina": "aminata aminatou aminatu",
    "mariam": "mariatou",
    "haua": "awa",
    "abubakar": "bakary abakar bukar",
    "hasan": "alassane lassana lassane",
    "husain": "alousseini ousseini",
    "ramadan": "ramazan",
    "rida": "reza riza",
    "fadil": "fazil fazel",
    "zahra": "zara",
}
