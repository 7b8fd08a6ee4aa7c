"""Charts and maps as inline SVG: data in, markup out, each with its note and the same figures as a table.

Nothing here depends on script or on a style attribute. Bars are mirrored by the sheet in right-to-left pages; the
time line is drawn mirrored, since its text must stay readable; maps are never mirrored.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from compass.ui import maps

Number = int | float | Decimal
Text = str | Promise
#: Heads and rows of a table; the first cell names its row.
Table = tuple[Sequence[Text], Sequence[Sequence[object]]]

EMPTY = SafeString("")


@dataclass(frozen=True)
class Bar:
    """One bar. `shown` replaces the written value; `low` and `high` are an interval; `hot` marks what is late."""

    label: Text
    value: Number
    shown: Text = ""
    low: Number | None = None
    high: Number | None = None
    hot: bool = False


@dataclass(frozen=True)
class Series:
    """One line of a plot; None is a gap, never a zero."""

    label: Text
    values: Sequence[Number | None] = field(default_factory=tuple)


def figures(value: Number | None, unit: Text = "") -> str:
    """A number as the language writes it, grouped, with its unit; a dash for what is not known."""
    if value is None:
        return "–"
    places = 0 if float(value).is_integer() else 1
    return f"{number_format(value, decimal_pos=places, force_grouping=True)}{unit}"


def figure(title: Text, drawing: SafeString, note: Text, table: Table | None = None, level: int = 2) -> SafeString:
    """The frame of every chart: caption, drawing, note (date, source, how counted) and the table."""
    heading = format_html("<h{0}>{1}</h{0}>", mark_safe(str(int(level))), title)
    return format_html(
        '<figure class="sheet"><figcaption>{}</figcaption>{}{}{}</figure>',
        heading,
        drawing,
        note if isinstance(note, SafeString) else format_html('<p class="src">{}</p>', note),
        as_table(*table, label=title) if table else EMPTY,
    )


def as_table(heads: Sequence[Text], rows: Iterable[Sequence[object]], *, label: Text) -> SafeString:
    """The same figures as a table, folded; every column but the first holds numbers. `label` names the table."""
    head = format_html_join("", '<th scope="col"{}>{}</th>', ((_n(index), text) for index, text in enumerate(heads)))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((row[0], format_html_join("", '<td class="n">{}</td>', ((cell,) for cell in row[1:]))) for row in rows),
    )
    return format_html(
        '<details><summary>{}</summary><div class="scroll" tabindex="0" role="region" aria-label="{}"><table><thead>'
        "<tr>{}</tr></thead><tbody>{}</tbody></table></div></details>",
        _("The same figures as a table"),
        label,
        head,
        body,
    )


def bars(
    rows: Sequence[Bar],
    *,
    title: Text,
    note: Text,
    heads: tuple[Text, Text] | None = None,
    unit: Text = "",
    top: Number | None = None,
    target: Number | None = None,
    level: int = 2,
) -> SafeString:
    """Bars from zero, with interval and target where given.

    `top` is the value of a full track (the largest value or bound otherwise); negative values are drawn as zero
    and written as they are.
    """
    full = float(top or max([*(float(row.high or row.value) for row in rows), float(target or 0), 0.0])) or 1.0
    with_interval = any(row.low is not None for row in rows)
    drawing = format_html(
        '<ul class="bars">{}</ul>',
        format_html_join(
            "",
            '<li><span>{}</span><svg viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="bg" width="100" height="20"/><rect class="{}" y="3" width="{}" height="14"/>{}{}</svg>'
            '<b class="num">{}</b></li>',
            (
                (
                    row.label,
                    "hot" if row.hot else "m",
                    f"{_share(row.value, full):.1f}",
                    _tick(f"M{_share(target, full):.1f} 0v20") if target is not None else EMPTY,
                    _interval(row, full),
                    row.shown or figures(row.value, unit),
                )
                for row in rows
            ),
        ),
    )
    bounds = [pgettext("start of an interval", "From"), pgettext("end of an interval", "To")]
    first, second = heads or (_("What"), _("Figure"))
    columns = [
        first,
        second,
        *(bounds if with_interval else []),
    ]
    cells = [
        [
            row.label,
            row.shown or figures(row.value, unit),
            *([figures(row.low, unit), figures(row.high, unit)] if with_interval else []),
        ]
        for row in rows
    ]
    return figure(title, drawing, note, (columns, cells), level)


_WIDTH, _GUTTER, _TOP, _BOTTOM = 408, 60, 20, 150
_MARKS = ("M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z", "M-3-3h6v6h-6z", "M0-4l4 7h-8z", "M0-4l4 4-4 4-4-4z")


def plot(
    ticks: Sequence[Text],
    series: Sequence[Series],
    *,
    title: Text,
    note: Text,
    summary: Text,
    head: Text | None = None,
    unit: Text = "",
    floor: Number = 0,
    target: Number | None = None,
    level: int = 2,
) -> SafeString:
    """Values over time, at most four series, told apart by dash and mark before colour.

    `summary` says in a sentence what the line shows, for who cannot see it; `floor` is the lowest value of the
    scale, and the note must say so when it is not zero. Raises ValueError for more than four series.
    """
    if len(series) > len(_MARKS):
        raise ValueError("a plot shows at most four series")
    known = [float(value) for line in series for value in line.values if value is not None]
    steps = _scale(float(floor), max([*known, float(target or 0), float(floor) + 1]))
    low, high = steps[0], steps[-1]
    mirrored = get_language_bidi()
    left, right = (8, _WIDTH - _GUTTER) if mirrored else (_GUTTER, _WIDTH - 8)

    def x(index: int) -> float:
        share = index / max(len(ticks) - 1, 1)
        span = share * (right - left - 32)
        return right - 16 - span if mirrored else left + 16 + span

    def y(value: float) -> float:
        return _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)

    edge, anchor = (right + 6, "start") if mirrored else (left - 6, "end")
    grid = format_html_join(
        "",
        '<path class="grid" d="M{} {}H{}"/><text class="soft" x="{}" y="{}" text-anchor="{}">{}</text>',
        ((left, f"{y(step):.0f}", right, edge, f"{y(step) + 4:.0f}", anchor, figures(step)) for step in steps),
    )
    stride = max(1, math.ceil(len(ticks) / 6))
    shown = [index for index in range(len(ticks)) if (len(ticks) - 1 - index) % stride == 0]
    below = format_html_join(
        "",
        '<text class="soft" x="{}" y="170" text-anchor="middle">{}</text>',
        ((f"{x(index):.0f}", ticks[index]) for index in shown),
    )
    goal = (
        format_html('<path class="tick dash" d="M{} {}H{}"/>', left, f"{y(float(target)):.1f}", right)
        if target is not None
        else EMPTY
    )
    drawn = format_html_join("", "{}", ((_line(number, line, x, y),) for number, line in enumerate(series, 1)))
    legend = format_html(
        '<ul class="legend">{}{}</ul>',
        format_html_join(
            "",
            '<li><svg width="28" height="14" viewBox="-14 -7 28 14" aria-hidden="true"><path class="ln k{}" '
            'd="M-14 0h28"/><path class="m k{}" d="{}"/></svg>{}</li>',
            ((number, number, _MARKS[number - 1], line.label) for number, line in enumerate(series, 1)),
        ),
        format_html(
            '<li><svg width="28" height="14" viewBox="-14 -7 28 14" aria-hidden="true"><path class="tick dash" '
            'd="M-14 0h28"/></svg>{}</li>',
            _("Target: %(target)s") % {"target": figures(target, unit)},
        )
        if target is not None
        else EMPTY,
    )
    drawing = format_html(
        '<svg class="plot" viewBox="0 8 408 170" role="img" aria-label="{}">{}{}{}{}</svg>{}',
        summary,
        grid,
        goal,
        drawn,
        below,
        legend,
    )
    rows = [[tick, *(figures(_at(line.values, index), unit) for line in series)] for index, tick in enumerate(ticks)]
    return figure(title, drawing, note, ([head or _("When"), *(line.label for line in series)], rows), level)


def country_map(
    values: Mapping[str, Number],
    *,
    title: Text,
    note: Text,
    summary: Text,
    head: Text,
    links: Mapping[str, str] | None = None,
    breaks: Sequence[Number] | None = None,
    level: int = 2,
) -> SafeString:
    """The 14 countries of the programme by ISO 3166 alpha-2 code, darker for more, with links where given.

    `breaks` are the three lower bounds of the second, third and fourth class; round ones are found otherwise.
    """
    bounds = list(breaks or _breaks([float(value) for value in values.values()]))
    drawing = format_html(
        "{}{}{}",
        maps.countries(
            {code: _class(value, bounds) for code, value in values.items()}, _titles(values), links, summary
        ),
        _classes(bounds) if values else EMPTY,
        maps.disclaimer(),
    )
    ordered = sorted(values.items(), key=lambda pair: -float(pair[1]))
    rows = [[maps.name(code), figures(value)] for code, value in ordered]
    return figure(title, drawing, note, ([_("Country"), head], rows) if rows else None, level)


def world_map(
    dots: Iterable[maps.Dot],
    *,
    title: Text,
    note: Text,
    summary: Text,
    table: Table,
    box: tuple[float, float, float, float] | None = None,
    level: int = 2,
) -> SafeString:
    """Places on the world, the area of a dot in proportion to its value.

    `box` is west, south, east, north in degrees for a part of the world. `table` holds the figures the dots stand
    for, grouped so that a person can read them.
    """
    drawing = format_html("{}{}", maps.world_dots(dots, summary, box), maps.disclaimer())
    return figure(title, drawing, note, table, level)


def _n(index: int) -> SafeString:
    return mark_safe(' class="n"') if index else EMPTY


def _share(value: Number | None, full: float) -> float:
    return min(max(float(value or 0) / full * 100, 0.0), 100.0)


def _tick(path: str) -> SafeString:
    return format_html('<path class="halo" d="{0}"/><path class="tick" d="{0}"/>', path)


def _interval(row: Bar, full: float) -> SafeString:
    if row.low is None or row.high is None:
        return EMPTY
    low, high = _share(row.low, full), _share(row.high, full)
    return _tick(f"M{low:.2f} 10H{high:.2f}M{low:.2f} 5v10M{high:.2f} 5v10")


def _at(values: Sequence[Number | None], index: int) -> Number | None:
    return values[index] if index < len(values) else None


def _line(number: int, line: Series, x: object, y: object) -> SafeString:
    path, pen_down, points = "", False, []
    for index, value in enumerate(line.values):
        if value is None:
            pen_down = False
            continue
        at = (x(index), y(float(value)))  # type: ignore[operator]
        path += f"{'L' if pen_down else 'M'}{at[0]:.1f} {at[1]:.1f}"
        points.append(at)
        pen_down = True
    marks = format_html_join(
        "",
        '<path class="m k{}" transform="translate({} {})" d="{}"/>',
        ((number, f"{px:.1f}", f"{py:.1f}", _MARKS[number - 1]) for px, py in points),
    )
    return format_html('<path class="ln k{}" d="{}"/>{}', number, path, marks) if path else EMPTY


def _scale(low: float, high: float) -> list[float]:
    """Three to six round steps from `low` to at least `high`."""
    raw = (high - low) / 4
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= raw)
    count = math.ceil((high - low) / step - 1e-9)
    return [low + step * index for index in range(count + 1)]


def _breaks(values: Sequence[float]) -> list[float]:
    """Three round bounds that part the values into four classes of about the same number."""
    if not values:
        return []
    ordered = sorted(values)
    found = [_round(ordered[len(ordered) * quarter // 4]) for quarter in (1, 2, 3)]
    return sorted(set(found))


def _round(value: float) -> float:
    if value <= 0:
        return 0.0
    size = 10.0 ** max(math.floor(math.log10(value)) - 1, 0)
    return float(round(value / size) * size)


def _class(value: Number, bounds: Sequence[Number]) -> int:
    """1 to 4, the fuller the more; the last class is always the fullest."""
    return 4 - len(bounds) + sum(float(value) >= float(bound) for bound in bounds)


def _classes(bounds: Sequence[Number]) -> SafeString:
    first = 4 - len(bounds)
    texts = [_("under %(bound)s") % {"bound": figures(bounds[0])}] if bounds else [_("all")]
    for lower, upper in pairwise(bounds):
        texts.append(_("%(low)s to under %(high)s") % {"low": figures(lower), "high": figures(upper)})
    if bounds:
        texts.append(_("%(bound)s and more") % {"bound": figures(bounds[-1])})
    return format_html(
        '<ul class="legend">{}</ul>',
        format_html_join(
            "",
            '<li><svg width="28" height="14" aria-hidden="true"><rect class="m s{}" width="28" height="14"/></svg>{}'
            "</li>",
            ((first + index, text) for index, text in enumerate(texts)),
        ),
    )


def _titles(values: Mapping[str, Number]) -> dict[str, str]:
    return {code: f"{maps.name(code)} · {figures(value)}" for code, value in values.items()}
