"""Names across scripts and spellings to comparable keys: tokens, folded form, consonant skeleton.

Three strengths, each a superset of the one before:

* `tokens`  cuts a name into the parts that carry it (no article, no "son of", no "pilgrim") in plain Latin letters;
* `fold`    makes French and English romanisations of one pronunciation equal (Oumarou, Umaru; Mohamed, Muhammad);
* `skeleton` leaves the consonants, which is all that Arabic script without vowels has (محمد, Mohamed, Mouhamadou differ
  at most in their last letter).

The rules are general spelling rules of French, English, Hausa, Ethiopian, Dari and Arabic romanisation, not a list of
names. Sources: ALA-LC romanisation tables for Arabic, Persian and Amharic; IGN/BGN-PCGN agreements for French West
Africa; security-and-matching notes 2.3 (a skeleton joined 83 % of Arabic-Latin name pairs, phonetic codes at most 66 %).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from compass.people.matching.kindred import FAMILIES
from compass.people.matching.scripts import latin


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _set("al el ul as es us ar er ur an en un ad ed ud az ez uz ash ach esh ech at et il oul our")
KIN_WORDS = _set("ibn bin ben bint bent bn bnt ould wuld wld walad mint ag wa y")
TITLES = _set(
    "haji hadji hajji alhaji alhadji elhaji elhadji elhadj alhaj hajj hadj hadja hajja hajiya hajiyya hajia alhajiya "
    "malam mallam malama ato weizero mr mrs mme"
)
#: What forms are filled with where a name is wanted and none is told (first, last name unknown).
PLACEHOLDERS = _set("fnu lnu xxx xxxx unknown inconnu inconnue nil none neant")
SERVANT = _set("abd abdul abdel abdal abdil abdoul abdool abdur abder")
#: Hausa by-names: owner or seller of, son of, daughter of; with what follows they are one name (Mai Goro, Danladi).
BY_NAMES = {"mai": "mai", "mae": "mai", "dan": "dan", "yar": "yar"}
FATHER_OF = _set("abu abou aboul abul bou abo")
SECOND_HALVES = _set("din eddin eddine uddin oddin deen aldin allah ullah ollah oullah")

_WORD = re.compile(r"[a-z]+")
_DROPPED = re.compile(r"['’‘ʼʻ`´ʿʾ.]")
_DOUBLE = re.compile(r"(.)\1+")

_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        # "servant of": article and vowel between abd and the name differ in every country; Abdallah keeps its last half
        (r"^abd[aeiou]*l+a+(?:h|hi|ye|y|i)?$", "abdula"),
        (r"^abd(?!ula$)(?:[aeiou]+l(?=[^l])|[aeiou]+([rsdtnz])(?=\1)|[aeiou]+(?=r[ae]h))", "abd"),
        (r"(?<=[a-z]{2})(?:ou|[uoa])ll?ah?$", "ula"),
        (r"(?<=[a-z]{2})[aeiou]?d{1,2}[ei]{1,2}n{1,2}e?$", "udin"),
        (r"^[ae]l(?=h[aou])", ""),
        (r"tsch|tch|sch|sh|ch", "C"),
        (r"dj|dg(?=[ei])|zh", "j"),
        (r"^x(?=[aeiou])", "h"),
        (r"x", "ks"),
        (r"ph", "f"),
        (r"ck|kh|q", "k"),
        (r"gh", "g"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"th", "t"),
        (r"dh", "d"),
        (r"t[sz](?=.)", "s"),
        (r"ee", "i"),
        (r"oo|ou", "u"),
        (r"(?<=[^aeiouy])e$", ""),
        (r"(?<=[aeiou])h$", ""),
        (r"w|o", "u"),
        (r"y", "i"),
        (r"e", "a"),
    )
)
# Letters that two colleagues may hear as different consonants. Only the keys that find candidates use them.
_OPEN = tuple(
    (re.compile(letters), first, second)
    for letters, first, second in (
        ("kh", "k", "h"),
        ("dh", "d", "z"),
        ("th", "t", "s"),
        ("v", "v", "w"),
        ("q", "k", "g"),
        ("g(?=[ei])", "gh", "j"),
        ("^[ae]l(?=[^aeiouyl][a-z]{3})", "al", ""),
        ("di(?=[aou])", "di", "j"),
        ("thi(?=[aeo])", "ti", "ch"),
    )
)
MOST_SKELETONS = 4


def words(text: str) -> list[str]:
    """The words of `text` in plain lower-case Latin letters, apostrophes closed up."""
    return _WORD.findall(_DROPPED.sub("", latin(text)))


@lru_cache(maxsize=65_536)
def tokens(text: str) -> tuple[str, ...]:
    """The parts of a name that carry it, in their order; empty for an empty name.

    Articles, words for "son of" and titles are left out unless nothing else remains; "Abd al", "Abu" and the beginnings
    of Hausa by-names are joined to what follows, "al-Din" and "Allah" to what stands before.
    """
    kept: list[str] = []
    waiting = ""
    everything = words(text)
    for word in everything:
        if waiting and word in ARTICLES:
            continue
        if waiting:
            kept.append(waiting + word)
            waiting = ""
        elif word in SERVANT or word in FATHER_OF:
            waiting = "abd" if word in SERVANT else "abu"
        elif word in BY_NAMES and word != everything[-1]:
            waiting = BY_NAMES[word]
        elif word in SECOND_HALVES and kept:
            kept[-1] += "ullah" if word.endswith("llah") else "uddin"
        elif not any(word in left_out for left_out in (ARTICLES, KIN_WORDS, TITLES, PLACEHOLDERS)):
            kept.append(word)
    if waiting:
        kept.append(waiting)
    return tuple(kept or (word for word in everything if word not in PLACEHOLDERS))


@lru_cache(maxsize=262_144)
def fold(token: str) -> str:
    """One token (of `tokens`) in a reduced alphabet: romanisations of one pronunciation become equal.

    The result uses a i u as vowels and C for the sound of French ch and English sh.
    """
    for pattern, plain in _SPELLINGS:
        token = pattern.sub(plain, token)
    return _DOUBLE.sub(r"\1", token)


@lru_cache(maxsize=262_144)
def skeleton(token: str) -> str:
    """The consonants of a token; a name with one consonant or none also says whether it begins with a vowel."""
    return _consonants(fold(token))


def _consonants(folded: str) -> str:
    bones = "".join(letter for letter in folded if letter not in "aiu").replace("v", "f")
    bones = bones[0] + bones[1:].rstrip("h") if bones else bones
    if len(bones) > 2:
        return bones
    return ("a" if folded[:1] in "aiu" else "") + bones


@lru_cache(maxsize=262_144)
def skeletons(token: str) -> tuple[str, ...]:
    """Every skeleton a colleague might have written for a token, at most four, the usual one first.

    Kindred forms of a name (Mamadou, Mohamed) have the skeleton of the Arabic name as their second.
    """
    readings = [token]
    for letters, first, second in _OPEN:
        if letters.search(token):
            readings = [letters.sub(sound, reading) for reading in readings for sound in (first, second)]
    root = _ROOTS.get(fold(token))
    found = [skeleton(token), *([root] if root else []), *(skeleton(reading) for reading in readings)]
    return tuple(dict.fromkeys(found))[:MOST_SKELETONS]


_ROOTS = {fold(form): _consonants(root) for root, forms in FAMILIES.items() for form in forms.split()}


def name_parts(given: str, family: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name as written, as tokens of its first part and of the rest.

    Where all words stand in one field the first is the given name: chains of given name, father's and grandfather's
    name are the usual name in Arabic, Hausa and Amharic, and forms cut them differently. Who has one name only is called
    by it, whatever field it stands in.
    """
    first, rest = tokens(given), tokens(family)
    if not first or not rest or first == rest:
        every = first or rest
        return every[:1], every[1:]
    return first, rest


def with_joined(parts: Sequence[str]) -> tuple[str, ...]:
    """The parts and, where there are several, all of them written as one word (Abu Bakr, Abubakr)."""
    return (*parts, "".join(parts)) if len(parts) > 1 else tuple(parts)
