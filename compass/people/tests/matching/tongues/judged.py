"""The nightly linker on the generated people: what it finds and how much of that is right."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any
from uuid import uuid4

from compass.people.matching import Record, link
from compass.people.searching.also import FATHER, MOTHER, Also
from compass.people.searching.tokens import record_of
from compass.people.tests.matching.tongues import SEED, Registered, registered


@dataclass(frozen=True)
class Judged:
    """pairs: of records that are one person. precision, recall: of the links of at least one half. recall_at_95: the most
    that is found by any threshold at which 95 of 100 links are right."""

    pairs: int
    precision: float
    recall: float
    recall_at_95: float


def judged(kind: str, people: int, seed: int = SEED) -> Judged:
    """One office that registered so many people of one kind."""
    written = registered(kind, people, seed)
    records: dict[int, list[int]] = defaultdict(list)
    for place, each in enumerate(written):
        records[each.person].append(place)
    pairs = {pair for same in records.values() for pair in combinations(same, 2)}
    links = link((as_record(each) for each in written), threshold=0.1)
    hits, likely, likely_hits, best = 0, 0, 0, 0
    for count, found in enumerate(links, 1):
        hits += (found.first, found.second) in pairs
        if found.probability >= 0.5:
            likely, likely_hits = count, hits
        if hits >= 0.95 * count:
            best = hits
    return Judged(len(pairs), likely_hits / max(likely, 1), likely_hits / len(pairs), best / len(pairs))


def as_record(each: Registered) -> Record:
    """As the nightly matcher reads a person: a year alone counts as an estimate."""
    identity: dict[str, Any] = {
        "given": each.given,
        "family": each.family,
        "other": each.other,
        "place_of_origin": each.place,
    }
    if len(each.birth) == len("1990-05-12"):
        identity["birth_date"] = each.birth
    elif each.birth:
        identity |= {"birth_year": int(each.birth), "birth_estimated": True}
    also = Also()
    also.document(each.document, each.printed)
    if each.agency:
        also.agency(each.agency, of_several=False)
    for kind, words in ((FATHER, each.father), (MOTHER, each.mother)):
        if words:
            also.add(kind, words, of=uuid4())
    told = (each.nationality,) if each.nationality else ()
    return replace(record_of(identity, {"phone": each.phone}, also), sex=each.sex, nationalities=told)
