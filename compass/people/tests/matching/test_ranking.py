from __future__ import annotations

from compass.people.matching import Name, Record, rank


def test_who_agrees_in_more_comes_first_and_missing_is_no_fault():
    typed = Record(names=(Name("Umaru", "Isufu"),), born="1989", places=("Agadez",))
    same = Record(names=(Name("Oumarou", "Issoufou"),), born="1988-06-02", places=("Agadès",))
    less = Record(names=(Name("عمر"),), places=("Agadez",))
    brother = Record(names=(Name("Hassan", "Issoufou"),), born="1975", places=("Agadez",))

    found = rank(typed, [brother, less, same])

    assert [ranked.position for ranked in found] == [2, 1, 0]
    assert found[0].weight > 10 > 0 > rank(typed, [Record(names=(Name("Girma"),), born="2010")])[0].weight
    assert set(found[1].agreement) == {"given", "place"}


def test_no_candidate_is_no_answer():
    assert rank(Record(names=(Name("Awa"),)), []) == []
