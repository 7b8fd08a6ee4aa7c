"""Which documents people of the demonstration have, had or lost, and how else they are called; drawn from nothing, like
`reached`."""

from __future__ import annotations

from typing import Any

from compass.config.demo.shapes import Person

#: Who keeps a document that is not with the person, each office in its language; where nobody does, it is empty.
_KEPT: dict[str, dict[str, str]] = {
    "confiscated_by_employer": {
        "fr": "Le patron de l’atelier, dans son coffre.",
        "en": "The owner of the workshop, in his safe.",
        "ar": "صاحب الورشة، في خزنته.",
    },
    "confiscated_by_smuggler_trafficker": {
        "fr": "Le passeur, à la gare.",
        "en": "The smuggler, at the bus station.",
        "ar": "المهرّب، في محطة الحافلات.",
    },
    "with_family": {
        "fr": "La mère, à la maison.",
        "en": "The mother, at home.",
        "ar": "الأم، في البيت.",
    },
}
_WHERE = (
    "held_by_client", "held_by_client", "lost", "with_family", "held_by_client", "confiscated_by_employer", "stolen",
    "left_at_origin", "held_by_client", "confiscated_by_smuggler_trafficker",
)  # fmt: skip
_ADULT = 18
#: What people call a woman or a man who has a second name, in Latin and in Arabic letters.
_CALLED = {"female": ("Hajia Talatu", "أم أحمد"), "male": ("Malam Sani", "أبو أحمد")}


def papers(person: Person, language: str) -> list[dict[str, Any]]:
    """What `DocumentSaid` is told of the documents of someone: nothing for every third, who has none to speak of."""
    if person.number % 3 == 0:
        return []
    where = _WHERE[person.number % len(_WHERE)]
    adult = person.age >= _ADULT
    detail = {"kept_by": _KEPT[where][language]} if where in _KEPT else {}
    country = person.nationality if len(person.nationality) == 2 else ""
    if where == "held_by_client":
        detail["number"] = f"{country}{'P' if adult else 'N'}000{person.number:05}"
    first = "passport" if adult and person.number % 2 else "national_id_card" if adult else "birth_certificate"
    return [{"type": first, "country": country, "possession": where, "detail": detail}]


def further_names(person: Person) -> list[dict[str, Any]]:
    """What `NameSaid` is told of the further names of someone: one in every fifth has any."""
    if person.number % 5:
        return []
    arabic = person.names.script == "Arab"
    called = _CALLED[person.sex][arabic]
    found = [{"kind": "known_as", "words": called}]
    if person.number % 10 == 0:
        found.append({"kind": "mother", "words": _CALLED["female"][not arabic]})
    return found
