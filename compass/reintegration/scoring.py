"""Scores of the sustainability interview: pure functions over answers; items, answers and weights come from the vocabulary.

Formulas and thresholds: return-and-reintegration.md 1.4 (answers), 1.6 (means, 0.80 coverage, four decimals), 1.7 (bands,
flags). A missing answer is left out of the mean, never counted as the worst. Weight set PROV-EQ-1 is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from compass.vocabulary import Code, code_list

DIMENSIONS = ("economic", "social", "psychosocial")
COVERAGE = Fraction(4, 5)
WEIGHT_SET = "PROV-EQ-1"
#: Answers that are always offered and never scored.
NO_ANSWER = frozenset({"NR", "DK", "NA"})
_SIGNS_FOR_SUPPORT = 4
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """Scores 0 to 1 with four decimals, None below the coverage; `band` may only be raised by a critical dimension."""

    economic: Decimal | None
    social: Decimal | None
    psychosocial: Decimal | None
    composite: Decimal | None
    band: str
    flags: tuple[str, ...]


def items(dimension: str | None = None) -> list[Code]:
    """The items in order, of one dimension or all."""
    return [item for item in code_list("rss_item") if dimension in (None, item.extra["dimension"])]


def options(item: Code) -> list[Code]:
    """The answers an item offers; empty for free text."""
    kind = code_list("rss_answer_set").require(item.extra["answer_set"])
    return list(code_list(kind.extra["option_list"])) if "option_list" in kind.extra else []


def takes_many(item: Code) -> bool:
    return str(code_list("rss_answer_set").require(item.extra["answer_set"]).extra["kind"]) == "many"


def score(item: Code, answers: Answers) -> Fraction | None:
    """The score of one answered item, 0 to 1; None when it was not answered or does not apply."""
    given = answers.get(item.value)
    chosen = list(given) if isinstance(given, list | tuple) else [given]
    if not item.extra["scored"] or not given or NO_ANSWER & set(chosen):
        return None
    rule = code_list("rss_answer_set").require(item.extra["answer_set"]).extra.get("rule", "")
    if rule == "any_selected":
        return Fraction(0 if chosen == ["none"] else 1)
    if rule == "share_not_selected":
        signs = [c for c in chosen if c != "none"]
        return 1 - Fraction(len(signs), len(options(item)) - 2)
    if rule == "job_search_with_reason" and chosen == ["yes"]:
        reason = code_list("rss_option_jobreason").get(answers.get("EC10"))
        return _fraction(reason)
    return _fraction(next((o for o in options(item) if o.value == chosen[0]), None))


def _fraction(option: Code | None) -> Fraction | None:
    if option is None or option.extra.get("score") is None:
        return None
    return Fraction(option.extra["score"])


def scores(answers: Answers) -> dict[str, Fraction | None]:
    """The score of every scored item."""
    return {item.value: score(item, answers) for item in items() if item.extra["scored"]}


def result(found: Mapping[str, Fraction | None], answers: Answers | None = None) -> Result:
    """Dimension scores, composite, band and flags. `answers` add the flags of single items."""
    by_dimension = {name: _mean(found, name) for name in DIMENSIONS}
    composite = _mean(found, None) if all(value is not None for value in by_dimension.values()) else None
    flags = [f"{code}:{name}" for name, value in by_dimension.items() if (code := _weak(value)) is not None]
    return Result(
        **{name: _four(value) for name, value in by_dimension.items()},
        composite=_four(composite),
        band=_band(composite, any(flag.startswith("DIM_CRITICAL") for flag in flags)),
        flags=(*flags, *item_flags(answers or {})),
    )


def _mean(found: Mapping[str, Fraction | None], dimension: str | None) -> Fraction | None:
    weight = "weight_composite" if dimension is None else "weight_dimension"
    scored = [item for item in items(dimension) if item.extra["scored"]]
    answered = [
        (Fraction(item.extra[weight]), value) for item in scored if (value := found.get(item.value)) is not None
    ]
    if len(answered) < COVERAGE * len(scored):
        return None
    return sum((w * value for w, value in answered), Fraction(0)) / sum((w for w, _ in answered), Fraction(0))


def _four(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _below(value: Fraction, code: str) -> bool:
    return value < Fraction(code_list("rss_flag").require(code).extra["below"])


def _weak(value: Fraction | None) -> str | None:
    if value is None:
        return None
    return next((code for code in ("DIM_CRITICAL", "DIM_WEAK") if _below(value, code)), None)


def _band(composite: Fraction | None, critical: bool) -> str:
    """The band of the composite; a critical dimension lifts the care, nothing lowers it. Empty when there is no score."""
    if composite is None:
        return "STANDARD_HIGH" if critical else ""
    bands = list(code_list("rss_band"))
    tops = [band.extra["below"] for band in bands]
    found = next(i for i, top in enumerate(tops) if top is None or composite < Fraction(top))
    lifted = min(found, code_list("rss_band").values.index("STANDARD_HIGH")) if critical else found
    return bands[lifted].value


def item_flags(answers: Answers) -> list[str]:
    """What single answers call for, whatever the score: they raise care and never lower it."""
    signs = [s for s in answers.get("PS28") or () if s != "none" and s not in NO_ANSWER]
    checks = (
        ("PROTECTION_REVIEW", answers.get("PS25") in {"unsafe", "very_unsafe"}),
        ("MHPSS_OFFER", answers.get("PS29") == "yes" or len(signs) >= _SIGNS_FOR_SUPPORT),
        ("REMIGRATION_COUNSELLING", answers.get("PS30") == "no" and answers.get("PS31") == "need_to_leave"),
        ("FOOD_CHECK", answers.get("EC02") in {"often", "very_often"}),
    )
    return [code for code, raised in checks if raised]
