"""Custodians' words: a root key split two of three by SLIP-39 (shamir-mnemonic, the standard's reference implementation).

Each share is 33 words of a list of 1,024, of which the first four letters are enough. A share carries a checksum, so that a
wrong word is noticed before anything is tried; one share alone tells nothing about the key.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from compass.problems import SameWordsTwice, WordMisspelt, WordsDoNotFit, WordsOfTwoSets, WordsTooFew
from compass.vault.crypto import KEY_BYTES

SHARES, NEEDED, WORDS = 3, 2, 33
LETTERS = 4
_BY_LETTERS = {word[:LETTERS]: word for word in WORDLIST}


@dataclass(frozen=True)
class Words:
    """One custodian's words, checked alone. `set_number` says with which others they were made."""

    text: str = field(repr=False)
    set_number: int
    place: int


def whole(word: str) -> str | None:
    """The word of the list that a typed one means: itself, or its first four letters; None for any other."""
    found = _BY_LETTERS.get(word[:LETTERS])
    return found if found and word in (found, found[:LETTERS]) else None


def split(key: bytes, *, unlike: int | None = None) -> list[str]:
    """Three custodians' words for a key, any two of which give it back; never with the set number `unlike`."""
    while True:
        (shares,) = generate_mnemonics(1, [(NEEDED, SHARES)], key, iteration_exponent=0)
        if unlike is None or Share.from_mnemonic(shares[0]).identifier != unlike:
            return list(shares)


def read(text: str) -> Words:
    """Check one custodian's words. Raises WordsTooFew, WordMisspelt (by position, never the word), WordsDoNotFit."""
    typed = text.lower().split()
    words = [whole(word) for word in typed]
    if None in words:
        raise WordMisspelt(position=words.index(None) + 1)
    if len(words) != WORDS:
        raise WordsTooFew(count=len(words), wanted=WORDS)
    sentence = " ".join(word for word in words if word)
    try:
        share = Share.from_mnemonic(sentence)
    except MnemonicError:
        # Without the cause: the library's message repeats words.
        raise WordsDoNotFit from None
    kind = (share.group_threshold, share.group_count, share.member_threshold, len(share.value))
    if kind != (1, 1, NEEDED, KEY_BYTES):
        raise WordsDoNotFit
    return Words(sentence, share.identifier, share.index)


def join(first: Words, second: Words) -> bytes:
    """The key of two custodians. Raises SameWordsTwice, WordsOfTwoSets."""
    if first == second:
        raise SameWordsTwice
    if first.set_number != second.set_number or first.place == second.place:
        raise WordsOfTwoSets
    try:
        return bytes(combine_mnemonics([first.text, second.text]))
    except MnemonicError:
        raise WordsOfTwoSets from None
