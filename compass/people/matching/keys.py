"""Keys by which two records of one person meet: attributes, and pairs of attributes for the blind index.

The interactive index holds, for every record, the `index_tokens`; a search computes `search_tokens` of what was typed and
finds every record that agrees in two attributes. A key is plain text: whoever stores it seals it first (HMAC under the
index key, a token for each person of a pair); one attribute alone is never stored, because names alone are named by their
frequency (security-and-matching 2.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from compass.people.matching.folding import name_parts, skeletons, tokens, with_joined, words
from compass.people.matching.records import Record, birth_day, birth_year

YEARS_APART = 3
PHONE_DIGITS = 8
HIJRI_BEFORE = 1500
ATTRIBUTES = ("document", "father", "mother", "name", "phone", "place", "year")


def attribute_keys(record: Record) -> dict[str, frozenset[str]]:
    """The keys of each attribute of `record`; an attribute that is not known has none and is left out.

    Names are consonant skeletons in every reading (at most four each), so that scripts and spellings meet; places the same,
    besides their codes; a year is itself, and a Hijri year also ours; phones are the last eight digits, so that with and
    without the country's number is one; documents are letters and digits alone.
    """
    found: dict[str, frozenset[str]] = {
        "name": frozenset(key for keys in _each_name(record) for key in keys),
        "father": _name_keys(record.father),
        "mother": _name_keys(record.mother),
        "place": frozenset(
            [*(place_key(place) for place in record.places), *(f"#{number(area)}" for area in record.areas)]
        ) - {"", "#"},
        "phone": frozenset(number(phone)[-PHONE_DIGITS:] for phone in record.phones) - {""},
        "document": frozenset(number(document) for document in record.documents) - {""},
    }  # fmt: skip
    found["year"] = frozenset(map(str, _years(record, 0)))
    return {attribute: found[attribute] for attribute in ATTRIBUTES if found.get(attribute)}


def index_tokens(record: Record) -> frozenset[str]:
    """What the index stores for `record`, as "attribute:key|attribute:key": the name with every other attribute, every two
    names, and the place with the whole day of birth, which finds whoever gave another name.

    Raises nothing; a record with fewer than two attributes has no token and is found by its code alone.
    """
    keys = attribute_keys(record)
    return frozenset([*_with_a_name(keys), *_two_names(record), *_place_and_day(record, keys)])


def search_tokens(record: Record) -> frozenset[str]:
    """What a search for `record` asks the index: as `index_tokens`, with years up to three apart."""
    keys = attribute_keys(record)
    if years := _years(record, YEARS_APART):
        keys["year"] = frozenset(map(str, years))
    return frozenset([*_with_a_name(keys), *_two_names(record), *_place_and_day(record, keys)])


def index_triples(record: Record, *, years_apart: int = 0) -> frozenset[str]:
    """What narrows the pairs of `index_tokens` by one attribute more, as "pair|attribute:key": two names with the year or a
    place, and a name with a place and the year. Where thousands share a pair, a few share these.

    years_apart: a search asks for years up to so many apart.
    """
    keys = attribute_keys(record)
    years = [f"year:{year}" for year in _years(record, years_apart)]
    places = [f"place:{place}" for place in keys.get("place", ())]
    named = [f"name:{name}|{place}" for name in keys.get("name", ()) for place in places]
    return frozenset(
        f"{pair}|{narrower}"
        for pairs, others in ((_two_names(record), [*years, *places]), (named, years))
        for pair, narrower in product(pairs, others)
    )


def place_key(place: str) -> str:
    """The skeletons of all words of a place name as one key."""
    return "".join(skeletons(word)[0] for word in words(place))


def number(text: str) -> str:
    """The letters and digits of a number in capitals, digits of any script as 0 to 9."""
    if text.isascii():
        return text if text.isdigit() else "".join(filter(str.isalnum, text)).upper()
    return "".join(str(int(sign)) if sign.isdecimal() else sign.upper() for sign in text if sign.isalnum())


def _years(record: Record, apart: int) -> set[int]:
    """The year of birth and those up to `apart` years from it; a Hijri year also as ours (solar and lunar)."""
    year = birth_year(record)
    if year is None:
        return set()
    read = {year, year + 621, round(year * 0.970229 + 621.57)} if year < HIJRI_BEFORE else {year}
    return {near for one in read for near in range(one - apart, one + apart + 1)}


def _name_keys(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(key for name in names for token in tokens(name) for key in skeletons(token))


def _with_a_name(keys: dict[str, frozenset[str]]) -> Iterator[str]:
    """The name with each other attribute; a father's name is told from the names by `_two_names`."""
    for other in keys.keys() - {"name", "father"}:
        for one, two in product(keys.get("name", ()), keys[other]):
            yield "|".join(sorted((f"name:{one}", f"{other}:{two}")))


def _place_and_day(record: Record, keys: dict[str, frozenset[str]]) -> Iterator[str]:
    """Somebody who fled under another name was still born on that day in that place. A guessed day is none."""
    if day := birth_day(record):
        for place in keys.get("place", ()):
            yield f"place:{place}|day:{day}"


def _each_name(record: Record) -> list[frozenset[str]]:
    """The keys of every single name of a person; a part of several words is also one name."""
    parts = {part for name in record.names for part in name_parts(name.given, name.family)}
    parts |= {part for name in record.others for part in name_parts(name, "")}
    return [frozenset(skeletons(token)) for part in sorted(parts) for token in with_joined(part)]


def _two_names(record: Record) -> Iterator[str]:
    """Two different names, of which the father's may be one: where people carry it, a form may hold it as either.

    Two readings of one name would be that name alone, and are never paired.
    """
    fathers = [frozenset(skeletons(token)) for name in record.father for token in tokens(name)]
    for one, other in combinations([*_each_name(record), *fathers], 2):
        if not one & other:
            for pair in product(one, other):
                yield "name:{}|name:{}".format(*sorted(pair))
