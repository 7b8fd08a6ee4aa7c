"""Months as people write them: a number, or a name in French, English or Arabic, whole or shortened."""

from __future__ import annotations

import unicodedata

#: One line per language and way of naming; Arabic as in Egypt and the Gulf, in the Maghreb, and in the Levant and Iraq.
_NAMES = (
    "january february march april may june july august september october november december",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
    "يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر",
    "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
)
#: Fewer letters could be many months.
_SHORTEST = 3
#: A longer text is no month; some signs grow to many when they are taken apart, and a page of them would hold a processor.
_LONGEST = 30


def _plain(text: str) -> str:
    """Without accents, forms of alif, capitals, full stops and doubled spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("_", " "))
    return " ".join("".join(c for c in letters if c != "." and not unicodedata.combining(c)).split())


_MONTHS = {_plain(name): number for line in _NAMES for number, name in enumerate(line.split(), 1)}


def month_number(text: str) -> int | None:
    """1 to 12 for the name of a month or a beginning of it that means one month only; None for anything else."""
    if len(text) > _LONGEST:
        return None
    typed = _plain(text)
    if typed in _MONTHS:
        return _MONTHS[typed]
    meant = {number for name, number in _MONTHS.items() if len(typed) >= _SHORTEST and name.startswith(typed)}
    return meant.pop() if len(meant) == 1 else None
