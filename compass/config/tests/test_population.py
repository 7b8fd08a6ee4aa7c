"""The invented programme: exact totals, names that fit, and the same people for the same seed."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random

import pytest

import compass
from compass.config.demo.names import NameBook, denied, groups
from compass.config.demo.population import countries, population, split_by_country
from compass.config.demo.shapes import CLASSES, Household, Names, Person
from compass.config.demo.story import DAYS, FAMILY
from compass.config.demo.targets import apportion, targets
from compass.vocabulary.codes import code_list
from compass.vocabulary.languages import language
from compass.vocabulary.nationalities import nationalities
from compass.vocabulary.places import area, country

UNTIL = date(2026, 11, 22)
SIZES = [500, 1_000, 10_000]


@cache
def households(people: int = 1_000, seed: int = 7) -> tuple[Household, ...]:
    return tuple(population(people, seed, UNTIL))


def persons(people: int = 1_000) -> list[Person]:
    return [member for household in households(people) for member in household.members]


def in_script(text: str, script: str) -> bool:
    start = "LATIN" if script == "Latn" else "ARABIC"
    return all(start in unicodedata.name(letter) for letter in text if letter.isalpha())


# Totals


def test_the_published_figures_of_2021_add_up() -> None:
    first = targets(30_392, date(2021, 12, 31)).years[0]

    assert not targets(30_392, date(2021, 12, 31)).scaled
    assert first.people == {"H": 25_363, "C": 3_754, "R": 1_110, "RI": 165}
    assert first.protected == 29_117
    assert first.protected + first.people["R"] + first.people["RI"] == first.total == 30_392


def test_later_years_say_how_far_they_are_published() -> None:
    years = {year.year: year for year in targets(1_000, UNTIL).years}

    assert [years[year].status for year in sorted(years)] == [
        "published", "derived", "published", "published", "synthetic", "synthetic"
    ]  # fmt: skip
    assert sum(years[2022].full.values()) == 70_000 - 30_392
    assert sum(years[2023].full.values()) == 38_862
    assert sum(years[2024].full.values()) == 35_500
    assert years[2024].full["R"] == 1_400
    assert years[2024].class_status["R"] == "published"
    assert years[2024].class_status["H"] == "derived"


@pytest.mark.parametrize("people", SIZES)
def test_people_add_up_by_year_and_class(people: int) -> None:
    expected = targets(people, UNTIL)

    counted = Counter((home.year, who.main_class) for home in households(people) for who in home.members)

    assert expected.scaled
    assert expected.people == people
    assert sum(count for (_, name), count in counted.items() if name) == people
    for year in expected.years:
        assert {name: counted[year.year, name] for name in CLASSES} == dict(year.people)


@pytest.mark.parametrize("people", SIZES)
def test_the_split_by_country_adds_up(people: int) -> None:
    for year in targets(people, UNTIL).years:
        split = split_by_country(year)

        assert {name: sum(row[name] for row in split.values()) for name in CLASSES} == dict(year.people)


@pytest.mark.parametrize("people", SIZES)
def test_one_in_a_hundred_is_registered_twice_and_later(people: int) -> None:
    homes = {who.number: home for home in households(people) for who in home.members}
    by_number = {who.number: who for home in homes.values() for who in home.members}
    again = [who for who in by_number.values() if who.duplicate_of is not None]

    assert len(again) == people // 100
    assert len(by_number) == people + len(again)
    for who in again:
        assert who.duplicate_of is not None
        first = by_number[who.duplicate_of]
        assert first.duplicate_of is None
        assert who.names != first.names
        assert homes[who.number].arrived > homes[first.number].arrived
        assert "duplicate_check" not in first.refused
        assert not who.services and who.main_class is None


def test_the_highest_class_of_the_services_is_the_class_that_counts() -> None:
    for who in persons(10_000):
        if who.main_class:
            assert max(CLASSES.index(service.service_class) for service in who.services) == CLASSES.index(
                who.main_class
            )


def test_services_fall_between_arrival_and_the_end_of_the_counted_year() -> None:
    for home in households(10_000):
        for who in home.members:
            for service in who.services:
                assert home.arrived.date() <= service.on <= UNTIL
                assert service.on.year == home.year


def test_apportion_keeps_the_whole() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="weights"):
        apportion(1, [0])


def test_a_demonstration_before_the_programme_is_refused() -> None:
    with pytest.raises(ValueError, match="began"):
        targets(10, date(2020, 1, 1))


# Determinism


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(population(500, 3, UNTIL)) == list(population(500, 3, UNTIL))


def test_another_seed_gives_other_people() -> None:
    assert list(population(500, 3, UNTIL)) != list(population(500, 4, UNTIL))


def test_people_come_as_a_stream() -> None:
    assert len(list(islice(population(1_200_000, 1, UNTIL), 10))) == 10


# Names and codes


def test_every_name_is_in_its_own_script() -> None:
    for who in persons(10_000):
        assert who.names.given
        for part in who.names.parts:
            assert in_script(part, who.names.script), (part, who.names.script)


def test_both_scripts_and_people_of_one_name_occur() -> None:
    people = persons(10_000)

    assert {who.names.script for who in people} == {"Latn", "Arab"}
    assert any(len(who.names.parts) == 1 for who in people)


def test_every_entry_of_the_lists_is_in_its_script() -> None:
    for group in groups().values():
        entries = (*group.given["female"], *group.given["male"], *group.family, *group.family_female, *group.places)
        for entry in entries:
            assert all(in_script(spelling, "Latn") for spelling in entry.latin), (group.id, entry)
            if "Arab" in group.scripts:
                assert entry.arabic and in_script(entry.arabic, "Arab"), (group.id, entry)


def test_lists_are_long_enough_to_vary() -> None:
    for group in groups().values():
        for sex, entries in group.given.items():
            assert len(entries) >= 24, (group.id, sex)


def test_no_public_figure_comes_out() -> None:
    assert denied(Names("Mohamed", "Bazoum", "", "Latn"))
    assert not any(denied(who.names) for who in persons(10_000) if who.duplicate_of is None)


def test_a_second_desk_always_spells_differently() -> None:
    book = NameBook(Random(1))
    for group in groups().values():
        for _ in range(40):
            names = book.person(group, book.lineage(group), "female")
            again = book.respelled(group, names)

            assert again != names
            assert all(in_script(part, again.script) for part in again.parts)


def test_every_code_is_in_the_vocabulary() -> None:
    people = persons()

    found: dict[str, set[str]] = {
        "sex": {who.sex for who in people},
        "age_estimate": {who.age_basis for who in people},
        "person_relation": {who.relation for who in people},
        "uasc_status": {who.uasc for who in people},
        "safe_contact": {who.safe_contact for who in people},
        "urgent_need": {need for who in people for need in who.urgent_needs},
        "high_risk_trigger": {trigger for who in people for trigger in who.risk_triggers},
        "risk_level": {who.risk for who in people},
        "screening_result": {who.screening for who in people if who.screening},
        "consent_scope": {scope for who in people for scope in who.refused},
        "identification_source": {home.source for home in households()},
        "migration_status": {home.migration_status for home in households()},
    }
    for id, values in found.items():
        assert values <= set(code_list(id).values), id
    for who in people:
        assert who.nationality in nationalities()
        for service in who.services:
            assert service.service_class in code_list("service").require(service.code).extra["service_class"]
    for group in groups().values():
        assert all(language(code) for code in group.languages)


def test_countries_and_areas_are_those_of_the_programme() -> None:
    for row in countries():
        assert country(row.code).joined.year <= row.first_year
        for code in row.areas:
            assert area(code).country == row.code
    assert len(countries()) == 14


# Do no harm


def test_nobody_returns_into_danger_or_as_a_child_alone() -> None:
    for home in households(10_000):
        for who in home.members:
            if who.main_class == "R":
                assert who.returned is not None
                assert who.returned.destination == who.nationality != home.country
                assert who.returned.destination not in {"AF", "ER", "SD", "SO", "SY"}
                assert who.uasc == "accompanied"
                assert who.age >= 18 or len(home.members) > 1


def test_high_risk_has_a_trigger_and_a_child_alone_is_always_high() -> None:
    for who in persons(10_000):
        assert (who.risk == "high") == bool(who.risk_triggers)
        if who.uasc == "unaccompanied":
            assert who.risk == "high" and who.is_child and who.screening == "child_uasc"


def test_phone_numbers_cannot_be_dialled() -> None:
    dial = {row.code: row.dial for row in countries()}
    for home in households(10_000):
        for who in home.members:
            assert not who.phone or who.phone.startswith(f"+{dial[home.country]}000")


def test_an_exact_birth_date_gives_the_age() -> None:
    for home in households(10_000):
        on = home.arrived.date()
        for who in home.members:
            assert (who.birth_date is not None) == (who.age_basis == "exact_date")
            if who.birth_date and who.duplicate_of is None:
                born = who.birth_date
                assert on.year - born.year - ((on.month, on.day) < (born.month, born.day)) == who.age


# The family


def test_the_family_is_four_people_and_one_is_not_hers() -> None:
    mother, boy = FAMILY.member("mother"), FAMILY.member("boy")

    assert [member.age for member in FAMILY.members] == [31, 7, 4, 14]
    assert mother.languages == ("bin", "pcm", "ha")
    assert boy.relation == "unrelated_child" and boy.uasc == "unaccompanied"
    assert FAMILY.arrival.people == len(FAMILY.members)
    with pytest.raises(KeyError):
        FAMILY.member("father")


def test_the_familys_codes_are_in_the_vocabulary() -> None:
    goals = (*FAMILY.goals, *FAMILY.home.plan_goals)

    for id, values in {
        "person_relation": {member.relation for member in FAMILY.members},
        "uasc_status": {member.uasc for member in FAMILY.members},
        "age_estimate": {member.age_basis for member in FAMILY.members},
        "safe_contact": {member.safe_contact for member in FAMILY.members},
        "urgent_need": {FAMILY.arrival.urgent_need},
        "identification_source": {FAMILY.arrival.source},
        "consent_mode": {FAMILY.consent.mode},
        "consent_scope": set(FAMILY.consent.refused),
        "screening_result": {FAMILY.screening.result, FAMILY.screening.child_result},
        "risk_level": {FAMILY.screening.risk, FAMILY.screening.child_risk},
        "high_risk_trigger": {FAMILY.screening.child_trigger},
        "need_domain": {*(goal.domain for goal in goals), *FAMILY.handover.needs},
        "service": {FAMILY.referral.service, *(goal.service for goal in goals)},
        "group_activity_kind": {FAMILY.activity.kind},
        "return_state": {FAMILY.handover.stage},
        "reception_support": set(FAMILY.home.support),
        "followup_result": {FAMILY.home.follow_up_code},
        "closure_reason": {FAMILY.home.closure_reason},
    }.items():
        assert values <= set(code_list(id).values), id
    for member in FAMILY.members:
        assert area(member.origin_area).country == member.nationality
        assert all(language(code) for code in member.languages)


def test_the_familys_figures_and_calendar_hold_together() -> None:
    order = (
        "arrival consent plan counselling declaration approval handover acceptance departure reception stall "
        "follow_up closure"
    )
    steps = [DAYS[step] for step in order.split()]

    assert steps == sorted(steps)
    assert FAMILY.home.stall.cost == 595_000
    assert sum(votes for _, votes in FAMILY.home.well.options) == 78


def test_the_published_figures_stand_in_one_file() -> None:
    package = Path(compass.__file__).parent

    assert [path.relative_to(package).as_posix() for path in package.rglob("published-facts*")] == [
        "commons/data/published-facts.csv"
    ]
