"""What people of the demonstration said about being reached without harm.

It follows from who they are and is never drawn: one draw more would make other people of everyone after them.
"""

from __future__ import annotations

from typing import Any

from compass.config.demo.shapes import Person

#: What colleagues wrote, each office in its language: the times, who we are, what may be said, who must not know, who
#: passes a message on.
_WORDS: dict[str, tuple[str, str, str, str, str]] = {
    "fr": (
        "Le matin en semaine, avant 11 h.",
        "La couturière du marché.",
        "Que la robe est prête.",
        "Celui qui a organisé le voyage. Il habite la même cour.",
        "Une voisine de la même rue, qui vient au centre chaque vendredi.",
    ),
    "en": (
        "On weekday mornings, before 11.",
        "The tailor at the market.",
        "That the dress is ready.",
        "The man who arranged the journey. He lives in the same yard.",
        "A neighbour of the same street, who comes to the centre every Friday.",
    ),
    "ar": (
        "صباحًا في أيام الأسبوع، قبل الحادية عشرة.",
        "خيّاطة السوق.",
        "أن الثوب جاهز.",
        "الرجل الذي رتّب الرحلة، ويسكن في الفناء نفسه.",
        "جارة من الشارع نفسه تأتي إلى المركز كل يوم جمعة.",
    ),
}


def reached(person: Person, language: str) -> dict[str, Any]:
    """The sealed contact of someone; see `compass.people.models.Person`."""
    times, we_are, said, hidden, neighbour = _WORDS[language]
    way = person.safe_contact
    found: dict[str, Any] = {"phone": person.phone, "safe_contact": way}
    if person.phone:
        found["safe_to_call"] = way == "phone_call"
        if way == "phone_call" and person.number % 3 == 0:
            found["safe_times"] = times
        if way == "phone_call" and person.number % 5 == 0:
            found |= {"speak_as": we_are, "what_to_say": said, "must_not_know": hidden}
    if way == "through_trusted_person":
        found["trusted_person"] = neighbour
    if person.age >= 15 and person.number % 4:
        found["safe_to_carry_paper"] = person.number % 4 > 1 and way != "no_contact"
    return {name: value for name, value in found.items() if value != ""}
