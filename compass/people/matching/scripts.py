"""Writing any script in plain Latin letters, so that one set of spelling rules can follow.

Arabic script (Arabic, Dari, Hausa ajami) is written with the digraphs that clerks use for it (kh, sh, dh); short vowels
appear only where the writer marked them. Everything else goes through anyascii, which knows Ethiopic, Tifinagh, N'Ko,
Cyrillic and Latin letters with hooks (Hausa) and accents.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from anyascii import anyascii

# Consonants that Arabic or Dari readers write in more than one way are given the digraph that folding knows to be open:
# "dh" may be read d or z, "th" t or s, "kh" k or h.
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch",
    "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "ژ": "zh", "س": "s", "ش": "sh", "ص": "s", "ض": "dh",
    "ط": "t", "ظ": "dh", "ع": "a", "غ": "gh", "ف": "f", "ڤ": "v", "ق": "q", "ڨ": "g", "ک": "k", "ك": "k", "گ": "g",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "ھ": "h", "ة": "a", "ۀ": "a", "و": "w", "ؤ": "w", "ي": "y", "ی": "y",
    "ى": "a", "ئ": "i", "ء": "", "ې": "e", "ے": "e",
    "َ": "a", "ِ": "i", "ُ": "u", "ً": "", "ٍ": "", "ٌ": "", "ْ": "", "ّ": "", "ٰ": "a", "ٓ": "", "ٔ": "", "ٕ": "",
    "ـ": "", "\u200c": "", "\u200d": "",
}  # fmt: skip
_SCRIPTS = {
    "LATIN": "Latn", "ARABIC": "Arab", "ETHIOPIC": "Ethi", "TIFINAGH": "Tfng", "NKO": "Nkoo", "CYRILLIC": "Cyrl",
}  # fmt: skip
_ARABIC_LETTER = re.compile(r"[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_ETHIOPIC_LETTER = re.compile(r"[\u1200-\u137f]")
# Neither script writes a consonant twice for length: two in a row have a vowel between them that is not written.
_SAME_TWICE = re.compile(r"([b-df-hj-np-tv-z])\1")
_MARKS = re.compile(r"[\u064b-\u0652\u0670\u0640]")
_OF_GOD = re.compile(r"(?<=\w)\s*(?:ال|أل|ٱل)ل[هہ](?!\w)")
_OF_FAITH = re.compile(r"(?<=\w)\s*(?:ال|أل|ٱل)د[يی]ن(?!\w)")
_SERVANT = re.compile(r"(?<!\w)عبد\s*(?:ال|ٱل)?(?=\w{2})")
_ARTICLE = re.compile(r"(?<!\w)(?:ال|ٱل)(?=\w{3})")
# A vowel keeps two letters apart that one digraph of Latin letters would join (z and h are not zh).
_APART = re.compile("(?<=[تثدذزسشصضطظكکقغ])(?=[هحھ])|(?<=د)(?=ج)")
_LONG_U = re.compile(r"(?<=[^aiu\W])w(?=[^aiu\W]|\b)")
_LONG_I = re.compile(r"(?<=[^aiu\W])y(?=[^aiu\W]|\b)")


def has_arabic(text: str) -> bool:
    """Whether any letter is of the Arabic script."""
    return _ARABIC_LETTER.search(text) is not None


def latin(text: str) -> str:
    """`text` in lower-case ASCII; letters keep their order, other signs stay for the caller to cut at.

    The Arabic article is taken off, and "servant of" (عبد) is joined to the name that follows it: both are written
    with and without a space.
    """
    text = unicodedata.normalize("NFKC", text)
    if has_arabic(text):
        text = _APART.sub("َ", " ".join(_without_article(word) for word in _compounds(text).split()))
        text = _LONG_I.sub("i", _LONG_U.sub("u", "".join(_ARABIC.get(sign, sign) for sign in text)))
        return _SAME_TWICE.sub(r"\1e\1", anyascii(text).lower())
    plain = anyascii(text).lower()
    return _SAME_TWICE.sub(r"\1e\1", plain) if _ETHIOPIC_LETTER.search(text) else plain


def _compounds(text: str) -> str:
    """Names made of two words, written as one in the Latin letters that clerks use for them."""
    bare = _MARKS.sub("", text)
    joined = _SERVANT.sub("عبد", _OF_FAITH.sub("udin", _OF_GOD.sub("ula", bare)))
    return text if joined == bare else joined


def _without_article(word: str) -> str:
    bare = _MARKS.sub("", word)
    without = _ARTICLE.sub("", bare)
    return word if without == bare else without


def script_of(text: str) -> str:
    """The ISO 15924 code of the script in which most letters of a text are written; Zyyy for one not named here."""
    found = Counter(_script(sign) for sign in text if sign.isalpha())
    return found.most_common(1)[0][0] if found else "Zyyy"


def _script(letter: str) -> str:
    first = unicodedata.name(letter, "").partition(" ")[0]
    return _SCRIPTS.get(first, "Zyyy")
