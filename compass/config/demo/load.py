"""Loading the invented programme through the same list actions that pages, devices and importers use.

Deterministic by seed: the people, their identifiers, dates, services and texts; codes and keys are random, as always.

Each step says when it happened (`occurred_at`); when it was recorded is the moment of loading, as for anything imported.
The loader has no way to say otherwise: the trail would be worth nothing if a clock could be handed to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID, uuid5

from django.utils import timezone

from compass.access.actor import Actor
from compass.access.models import User
from compass.access.work import Work, unit_of_work
from compass.config.demo import load_cases
from compass.config.demo.papers import further_names, papers
from compass.config.demo.population import population
from compass.config.demo.progress import Progress
from compass.config.demo.reached import reached
from compass.config.demo.shapes import Household, Person
from compass.config.demo.world import NAMESPACE, language_of
from compass.people.actions import (
    ConsentGiven,
    DocumentSaid,
    NameSaid,
    Registration,
    ServiceGiven,
    give_consent,
    record_documents,
    record_names,
    record_services,
    register_people,
)
from compass.people.consent import HELP
from compass.people.content.consent import available, notice
from compass.people.models import CHILD_BANDS
from compass.people.models import Person as Record
from compass.vocabulary import code_list

BATCH = 400
VITAL = "vital_interest"
OFFICERS = {"NE": ("zinder.social", "zinder.cases"), "NG": ("edo.reception",)}
SUPERVISORS = {"NE": "zinder.supervisor", "NG": "edo.supervisor"}
INTERPRETER = {"fr": "Interprète du centre", "en": "Interpreter of the centre", "ar": "المترجم في المركز"}
SHEET = {
    "fr": "Classeur {folder}, feuille {sheet}",
    "en": "Folder {folder}, sheet {sheet}",
    "ar": "الملف {folder}، الورقة {sheet}",
}
T = TypeVar("T")
Say = Callable[[str], None]


def officer(country: str, turn: int = 0) -> str:
    """The colleague who acts for a country in the demonstration; where there are several, by turns."""
    colleagues = OFFICERS.get(country, (f"{country.lower()}.cases",))
    return colleagues[turn % len(colleagues)]


def supervisor(country: str) -> str:
    return SUPERVISORS.get(country, f"{country.lower()}.supervisor")


@dataclass
class Loader:
    """One loading; `seed` makes every identifier."""

    seed: int
    actors: dict[str, Actor] = field(default_factory=dict)

    def key(self, *parts: object) -> UUID:
        return uuid5(NAMESPACE, "|".join(str(part) for part in (self.seed, *parts)))

    def actor(self, username: str) -> Actor:
        if username not in self.actors:
            self.actors[username] = Actor.of(User.objects.get(username=username))
        return self.actors[username]

    def at(self, username: str) -> Any:
        return unit_of_work(self.actor(username), "demonstration.load")

    def person_id(self, person: Person) -> UUID:
        return self.key("person", person.number)

    def told(self, when: datetime, *parts: object, basis: str = "consent", **more: Any) -> dict[str, Any]:
        return {"key": self.key("key", *parts), "occurred_at": min(when, timezone.now()), "basis": basis, **more}

    # People

    def register(self, work: Work, households: Sequence[Household]) -> dict[UUID, Record]:
        rows = register_people(
            work,
            [
                Registration(
                    **self.told(home.arrived, "register", person.number, basis=VITAL, id=self.person_id(person)),
                    household_id=self.key("household", home.number),
                    relation=person.relation,
                    sex=person.sex,
                    nationality=person.nationality,
                    languages=person.languages,
                    uasc_status=person.uasc,
                    country_met=home.country,
                    identity=_identity(person),
                    contact=reached(person, language_of(home.country)),
                )
                for home in households
                for person in home.members
            ],
        )
        return {row.pk: row for row in rows}

    def consent(self, work: Work, answers: Sequence[tuple[Person, Record, datetime]], name: str = "consent") -> None:
        """Who answered the notice when; `name` tells a renewal from the first time."""
        scopes = [code.value for code in code_list("consent_scope").codes]
        told = tuple(code.value for code in code_list("consent_information").codes)
        give_consent(
            work,
            [
                ConsentGiven(
                    **self.told(when, name, person.number, id=row.pk),
                    **_given(row, person),
                    mode="written",
                    **_heard(person, language_of(row.country_met)),
                    information=told,
                    scopes={scope: scope not in person.refused for scope in scopes},
                )
                for person, row, when in answers
            ],
        )

    def services(self, work: Work, households: Sequence[Household]) -> int:
        given = [
            ServiceGiven(
                **self.told(
                    _noon(service.on), "service", person.number, index, basis=_rests(person), id=self.person_id(person)
                ),
                service=service.code,
                service_class=service.service_class,
                delivered_on=service.on,
                country=home.country,
            )
            for home in households
            for person in home.members
            for index, service in enumerate(person.services)
        ]
        return len(record_services(work, given))

    def names(self, work: Work, households: Sequence[Household]) -> None:
        record_names(
            work,
            [
                NameSaid(
                    **self.told(home.arrived, "name", person.number, index, basis=VITAL, id=self.person_id(person)),
                    **each,
                )
                for home in households
                for person in home.members
                for index, each in enumerate(further_names(person))
            ],
        )

    def documents(self, work: Work, households: Sequence[Household]) -> None:
        record_documents(
            work,
            [
                DocumentSaid(
                    **self.told(home.arrived, "document", person.number, index, basis=VITAL, id=self.person_id(person)),
                    **each,
                )
                for home in households
                for person in home.members
                for index, each in enumerate(papers(person, language_of(home.country)))
            ],
        )


def _rests(person: Person) -> str:
    """Whoever refuses a case is helped all the same, with what cannot wait."""
    return VITAL if HELP in person.refused else "consent"


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _identity(person: Person) -> dict[str, Any]:
    born: dict[str, Any] = (
        {"birth_date": person.birth_date.isoformat()}
        if person.birth_date
        else {"birth_year": person.birth_year, "birth_estimated": True}
    )
    return {
        "given": person.names.given,
        "family": person.names.family,
        "other": person.names.other,
        "place_of_origin": person.origin,
        **born,
    }


def _given(row: Record, person: Person) -> dict[str, Any]:
    """Who answered: the ladder for children (case-management.md 2.4)."""
    if row.age_band not in CHILD_BANDS:
        return {"given_by": "individual"}
    alone = person.uasc not in {"", "accompanied"}
    if row.age_band == "15-17":
        return {"given_by": "individual", "child_agrees": True}
    return {"given_by": "other" if alone else "caregiver", "child_agrees": None if row.age_band == "0-4" else True}


def _heard(person: Person, office: str) -> dict[str, Any]:
    """The text that was worked from, and who spoke it where it is not in the person's first language or no speaker of that
    language checked it, and where the signed sheet is; `office`: the language of the office."""
    text = next((code for code in person.languages if code in available()), office)
    sheet = {"evidence": SHEET[office].format(folder=person.number // 50 + 1, sheet=person.number % 50 + 1)}
    if text == person.languages[0] and not notice(text).must_be_checked:
        return {"language": text, "detail": sheet}
    spoken = {**sheet, "interpreter": INTERPRETER[office]}
    return {"language": text, "interpreter_mode": "in_person", "detail": spoken}


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def load(count: int, seed: int, *, say: Say, progress: Progress | None = None) -> Progress:
    """Load `count` invented people with their consent, services and cases, country by country."""
    progress = progress or Progress(None, count, seed)
    loader = Loader(progress.seed)
    done = services = 0
    if not progress.people:
        return progress
    for number, batch in enumerate(batches(population(progress.people, progress.seed, progress.now.date()), BATCH)):
        for (country, worker), homes in _desks(batch).items():
            progress.step(
                f"people.{number}.{worker}",
                partial(load_desk, loader, homes, progress.now, worker, supervisor(country)),
            )
            people = [person for home in homes for person in home.members]
            progress.tally.update((home.year, person.main_class) for home in homes for person in home.members)
            done += len(people)
            services += sum(len(person.services) for person in people)
        say(f"  {done:,} records of people, {services:,} services")
    return progress


def all_records(progress: Progress) -> str:
    """One line: how many records of people there are in all, and who they are; it adds up."""
    from compass.config.demo.load_neighbours import NEIGHBOURS
    from compass.config.demo.story import FAMILY

    counted = sum(count for (_, name), count in progress.tally.items() if name)
    twice = sum(count for (_, name), count in progress.tally.items() if not name)
    family, near = len(FAMILY.members), len(NEIGHBOURS)
    return (
        f"{counted + twice + family + near:,} records of people in all = {counted:,} people of the totals by year"
        f" + {twice:,} of them registered twice + {family} of the family + {near} neighbours of it"
    )


def _desks(batch: Iterable[Household]) -> dict[tuple[str, str], list[Household]]:
    """Households by country and by the colleague who leads their cases; Zinder has two, who take turns."""
    desks: dict[tuple[str, str], list[Household]] = defaultdict(list)
    for home in batch:
        desks[home.country, officer(home.country, home.number)].append(home)
    return desks


def load_desk(loader: Loader, homes: list[Household], now: datetime, worker: str, second: str) -> None:
    with loader.at(worker) as work:
        rows = loader.register(work, homes)
        met = [(person, rows[loader.person_id(person)], home.arrived) for home in homes for person in home.members]
        loader.consent(work, met)
        loader.services(work, homes)
        loader.documents(work, homes)
        loader.names(work, homes)
        told = load_cases.stories(loader, homes, now)
        if told:
            load_cases.screen(loader, work, told)
    load_cases.carry(loader, told, now, worker, second)
