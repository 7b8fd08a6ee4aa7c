"""Digits of three keyboards, read as one.

A phone set to Arabic types ٠١٢, one set to Persian, Dari or Urdu ۰۱۲; both mean 012.
"""

from __future__ import annotations

_DIGITS = {
    **{0x0660 + value: str(value) for value in range(10)},
    **{0x06F0 + value: str(value) for value in range(10)},
    **{0xFF10 + value: str(value) for value in range(10)},
}
#: Arabic decimal separator, and the minus of a typographic keyboard; marks of direction mean nothing in a number.
_SIGNS = {0x066B: ".", 0x2212: "-", **dict.fromkeys((0x200E, 0x200F, 0x061C, 0x202A, 0x202B, 0x202C), "")}
#: Arabic thousands separator, no-break and narrow no-break space, apostrophe used in numbers.
_GROUPS = dict.fromkeys((0x066C, 0x00A0, 0x202F, 0x2019), "")


def normalise_digits(text: str) -> str:
    """Arabic-Indic, Persian and full-width digits as 0 to 9; everything else stays."""
    return text.translate(_DIGITS)


def normalise_number(text: str) -> str:
    """A typed number with 0 to 9, a full stop for decimals, no grouping and no marks of direction.

    A comma is read as the decimal sign unless it groups thousands (`1,250`, `12,345,678.5`).
    """
    plain = text.translate(_DIGITS | _SIGNS | _GROUPS).strip().replace(" ", "")
    if plain.count(",") == 1 and "." not in plain:
        whole, rest = plain.split(",")
        return whole + rest if len(rest) == 3 and whole not in ("", "0", "-0", "-") else f"{whole}.{rest}"
    return plain.replace(",", "")
