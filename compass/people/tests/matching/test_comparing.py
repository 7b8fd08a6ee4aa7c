from __future__ import annotations

import numpy as np
import pytest

from compass.people.matching.columns import Columns
from compass.people.matching.comparing import compare
from compass.people.matching.fields import DIFFER, MISSING, NAMES, SAME, SLIP, DayLevel, RestLevel, TextLevel, YearLevel
from compass.people.matching.records import Name, Record


def levels(one: Record, other: Record) -> dict[str, int]:
    """What was compared, but how much was told and what is left of names, and that both ways round give the same."""
    columns = Columns([one, other])
    found, _ = compare(columns, np.array([0, 1], np.int32), np.array([1, 0], np.int32))

    assert found[0].tolist() == found[1].tolist()
    return {
        name: level
        for name, level in zip(NAMES, found[0].tolist(), strict=True)
        if level != MISSING and name not in {"told", "rest"}
    }


def told(one: str, other: str) -> int:
    """Whether as much was told of two births."""
    columns = Columns([Record(born=one), Record(born=other)])
    return int(compare(columns, np.array([0], np.int32), np.array([1], np.int32))[0][0, NAMES.index("told")])


def test_a_day_of_birth_on_one_side_only_is_compared_as_such():
    assert told("1990-05-12", "1990") == told("1990-01-01", "1991-03-02") == DIFFER
    assert told("1990-05-12", "1971-03-02") == told("1990-01-01", "1971") == 1
    assert told("1990-05-12", "") == MISSING


@pytest.mark.parametrize(
    ("one", "other", "left"),
    [
        (("Ghulam", "Abdul Qadir Noori"), ("Ghulam", "Abdul Qadir Hussaini"), RestLevel.BOTH),
        (("Ghulam", "Abdul Qadir Noori"), ("Ghulam", "Abdulqadir"), RestLevel.ONE),
        (("Ghulam", "Abdul Qadir Noori"), ("Gholam", "Nuri Abd al-Qader"), RestLevel.NOTHING),
        (("Mohammad", "Abdullah"), ("Abdullah", "Mohammad"), RestLevel.TURNED),
        (("Aisha", "Idris Kano"), ("Aicha", "Aminu Kano"), RestLevel.BOTH),
        (("Aisha", "Idris"), ("Aicha", "Aminu"), MISSING),
    ],
)
def test_what_is_left_of_names_that_agree_in_part(one: tuple[str, str], other: tuple[str, str], left: int):
    columns = Columns([named(*one), named(*other)])
    found, _ = compare(columns, np.array([0, 1], np.int32), np.array([1, 0], np.int32))

    assert found[:, NAMES.index("rest")].tolist() == [left, left]


def test_a_fathers_name_told_beside_speaks_for_a_name_of_the_other_side():
    """Noori, son of Mohammad; and Mohammad Noori: nothing is left of both. Of two fathers something is."""
    one, other = named("Ahmad", "Noori", father=("Mohammad",)), named("Ahmad", "Mohammad Noori")
    columns = Columns([one, other, named("Ahmad", "Karim Noori"), named("Ahmad", "Rahim Noori")])
    found, _ = compare(columns, np.array([0, 2], np.int32), np.array([1, 3], np.int32))

    assert found[:, NAMES.index("rest")].tolist() == [RestLevel.NOTHING, RestLevel.BOTH]


def test_the_fathers_name_in_place_of_the_family_name_is_compared_with_the_father():
    one, other = named("Abdullah", "Mohammad"), named("Abdullah", "Hussaini", father=("Mohammad",))

    assert levels(one, other) == {"given": TextLevel.SAME, "family": TextLevel.SAME}
    assert levels(one, named("Abdullah", "Hussaini", father=("Karim",)))["family"] == TextLevel.DIFFER


def named(*parts: str, **other: object) -> Record:
    return Record(names=(Name(*parts),), **other)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Mohamed", "Muhammad", TextLevel.SAME),
        ("محمد", "Mohamed", TextLevel.SKELETON),
        ("عمر", "Oumar", TextLevel.SKELETON),
        ("Stephanie", "Stepahnie", TextLevel.SLIP),
        ("Oumarou", "Oumar", TextLevel.SKELETON),
        ("Omar", "Amir", TextLevel.ALIKE),
        ("Mamadou", "Mohamed", TextLevel.SKELETON),
        ("Kebede", "Tesfaye", TextLevel.DIFFER),
    ],
)
def test_names_agree_at_a_level(one: str, other: str, level: int):
    assert levels(named(one), named(other)) == {"given": level}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("Tesfaye", "Kebede"), named("Kebede", "Tesfaye")),
        (named("Mohamed Ahmed", "Ali"), named("Mohamed", "Ahmed Ali")),
        (named("Mohamed Ahmed Ali"), named("Mohamed", "Ahmed")),
        (named("", "Mohamed Ahmed"), named("Mohamed", "Ahmed")),
        (named("Abu Bakr", "Sidi"), named("Abubakr", "Sidi")),
        (Record(names=(Name("X", "Y"), Name("Awa", "Diallo"))), named("Awa", "Diallo")),
    ],
)
def test_names_agree_however_a_form_divides_them(one: Record, other: Record):
    assert levels(one, other) == {"given": TextLevel.SAME, "family": TextLevel.SAME}


def test_one_name_is_compared_with_either_and_the_rest_is_missing():
    assert levels(named("Girma"), named("Girma", "Kebede")) == {"given": TextLevel.SAME}
    assert levels(named("", "Girma"), named("Girma", "Kebede")) == {"given": TextLevel.SAME}
    assert levels(named("", "Kebede"), named("Girma", "Kebede")) == {"family": TextLevel.SAME}
    assert levels(named("FNU", "Girma"), named("Girma", "Girma")) == {"given": TextLevel.SAME}


def test_another_name_stands_for_either_but_two_of_them_for_the_familys():
    rabi, maryam = named("Rabi", "Garba", others=("Kano",)), named("Maryam", "Issa", others=("Kano",))

    assert levels(rabi, maryam) == {"given": DIFFER, "family": TextLevel.SAME}
    assert levels(rabi, named("Rabi", "Kano")) == {"given": TextLevel.SAME, "family": TextLevel.SAME}
    assert levels(rabi, named("Kano", "Garba")) == {"given": TextLevel.SAME, "family": TextLevel.SAME}


def test_somebody_is_called_by_the_first_of_several_given_names():
    assert levels(named("Qurban Ali", "Ahmad"), named("Ali", "Ahmad")) == {
        "given": TextLevel.ALIKE,
        "family": TextLevel.SAME,
    }
    assert levels(named("Mohammad Nabi", "Ahmadi"), named("Nabi", "Ahmadi"))["given"] == TextLevel.SAME


def test_a_brother_written_the_other_way_round_agrees_in_the_familys_name():
    found = levels(named("Awa", "Diallo"), named("Diallo", "Moussa"))

    assert found == {"given": DIFFER, "family": TextLevel.SAME}


def test_a_fathers_name_may_stand_as_family_name():
    found = levels(named("Tesfaye", "Kebede"), named("Tesfaye", father=("Kebede Alemu",)))

    assert found == {"given": TextLevel.SAME, "family": TextLevel.SAME}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("1990-05-12", "19900512", DayLevel.SAME),
        ("1990-05-12", "١٩٩٠-٠٥-١٢", DayLevel.SAME),
        ("1990-05-12", "1990-05-17", DayLevel.SLIP),
        ("1990-05-12", "1990-12-05", DayLevel.SLIP),
        ("1990-05-12", "1909-05-12", DayLevel.SLIP),
        ("1990-05-12", "1990-05-30", DayLevel.PARTS),
        ("1990-05-12", "1992-08-30", DayLevel.NEAR),
        ("1990-05-12", "1982-09-02", DayLevel.NEAR),
        ("1990-05-12", "1955-08-30", DIFFER),
    ],
)
def test_days_of_birth_agree_at_a_level(one: str, other: str, level: int):
    assert levels(Record(born=one), Record(born=other)) == {"day": level}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (Record(born="1990-05-12"), Record(born="1990"), YearLevel.SAME),
        (Record(born="1990-05-12"), Record(born="1990-01-01"), YearLevel.SAME),
        (Record(born="1990-05-12"), Record(born="1993-07-01", born_estimated=True), YearLevel.NEAR),
        (Record(born="1990-05"), Record(born="1986"), YearLevel.APART),
        (Record(born="1990-05-12"), Record(born="2001"), YearLevel.DIFFER),
        (Record(born="1990-05-12"), Record(born="1991"), YearLevel.NEXT),
        (Record(born="1370"), Record(born="1991"), YearLevel.NEAR),
        (Record(born="1411"), Record(born="1991"), YearLevel.NEAR),
        (Record(born="1983"), Record(born="1990"), YearLevel.NEAR),
    ],
)
def test_only_years_are_compared_where_a_day_is_a_guess(one: Record, other: Record, level: int):
    assert levels(one, other) == {"year": level}


def test_numbers_are_compared_without_separators_and_forgive_one_slip():
    one = Record(phones=("+227 90 12 34 56", "1"), documents=("N-123456",), areas=("NE007",), sex="female")
    other = Record(phones=("90123456",), documents=("n 123465",), areas=("NE012",), sex="male")

    assert levels(one, other) == {"phone": SAME, "document": SLIP, "area": DIFFER, "sex": DIFFER}
    assert levels(one, one)["sex"] == 1


def test_nothing_known_is_neither_agreement_nor_disagreement():
    assert levels(Record(), Record(names=(Name("Awa", "Ba"),), born="1990", places=("Zinder",))) == {}
    assert levels(Record(names=(Name("-", "?"),), born="?", phones=("",)), Record()) == {}
