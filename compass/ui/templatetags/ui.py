"""The components as tags: `{% load ui %}`. The living page at `/ui/` (debug mode) shows each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms, template
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from compass.problems.words import in_a_row
from compass.ui import charts, parts, words
from compass.ui.context import quick_exit_url
from compass.ui.forms import error_links
from compass.ui.widgets import YesNo

if TYPE_CHECKING:
    from django.contrib.messages.storage.base import Message
    from django.forms.boundfield import BoundField
    from django.template import Context

register = template.Library()

_KINDS = ("bad", "due", "good")
_SOON = timedelta(hours=6)


@register.simple_tag
def mark() -> SafeString:
    """The mark of COMPASS, decorative."""
    return parts.MARK


@register.simple_tag(takes_context=True)
def quick_exit_address(context: Context) -> str:
    """Where the quick exit leads; known even on a page of an error, which has no context."""
    return context.get("quick_exit_url") or quick_exit_url()


@register.simple_tag
def ring(due_at: datetime, now: datetime | None = None, start: datetime | None = None) -> SafeString:
    """The ring alone; use it only where `{% when %}` stands beside it."""
    now = now or timezone.now()
    return parts.ring(parts.used(due_at, now, start or None), words.due(due_at, now).kind)


@register.simple_tag
def when(due_at: datetime, now: datetime | None = None) -> SafeString:
    """A deadline in words: "16 h late · was due yesterday at 17:00"."""
    said = words.due(due_at, now)
    return format_html('<span class="{}"><b>{}</b> · {}</span>', said.kind, said.strong, said.rest)


@register.simple_tag
def dial(due_at: datetime | None, now: datetime | None = None, start: datetime | None = None) -> SafeString:
    """The ring of time used with its words; nothing when nothing is due."""
    if not due_at:
        return mark_safe("")
    return format_html('<span class="row bar">{}{}</span>', ring(due_at, now, start), when(due_at, now))


@register.simple_tag
def risk(level: str | None) -> SafeString:
    """A risk level (high, medium, low, else "not set")."""
    return parts.risk(level)


@register.simple_tag
def code(value: object) -> SafeString:
    """A code of a case or a person, left to right in every script."""
    return format_html('<bdi class="code">{}</bdi>', value)


@register.simple_tag
def std(value: object) -> SafeString:
    """The identifier of a standard or the number of a problem."""
    return format_html('<bdi class="std">{}</bdi>', value)


@register.simple_tag
def legs(current: int, total: int, label: str = "") -> SafeString:
    """Steps of a form, or (with a label) the stages of a case: the legs and, in words, where we are."""
    if label:
        stage = _("Stage %(current)d of %(total)d: %(label)s") % {"current": current, "total": total, "label": label}
        return format_html("{}<p><b>{}</b></p>", parts.legs(current, total), stage)
    place = _("Step %(current)d of %(total)d") % {"current": current, "total": total}
    return format_html('<p class="small soft">{}</p>{}', place, parts.legs(current, total))


@register.simple_tag
def chip(text: object, kind: str = "") -> SafeString:
    """A state in a word or three; kind is bad, due, good or empty."""
    return format_html('<span class="chip {}">{}</span>', kind if kind in _KINDS else "", text)


@register.simple_tag
def sealed() -> SafeString:
    """The mask of a value that is sealed."""
    return format_html('<span class="mask"></span><span class="hide">{}</span>', _("sealed"))


@register.simple_tag
def day(value: date | datetime | None, form: words.Form = "") -> str:
    """A day in words: "Mon 9 Nov"; form: "year" for what is kept or published, "long" for a heading."""
    return words.day(value, form=form) if value else ""


@register.simple_tag
def moment_utc(value: datetime) -> str:
    """A moment in UTC, in words and figures: "9 November 2026, 17:00"."""
    at = value.astimezone(UTC)
    return in_a_row([words.day(at.date(), form="year"), f"{at:%H:%M}"])


@register.simple_tag
def moment(value: datetime | None, now: datetime | None = None) -> str:
    """A moment in words: "yesterday at 17:00"."""
    return words.moment(value, now) if value else ""


@register.simple_tag
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """How long ago: "2 days ago"."""
    return words.ago(value, now) if value else ""


@register.simple_tag
def since(value: datetime, now: datetime | None = None) -> str:
    """How long something has waited: "for 2 days"."""
    return words.since(value, now)


@register.simple_block_tag(end_name="endpanel")
def panel(content: str, kind: str = "", title: str = "", std: str = "") -> SafeString:
    """What happened, why, and what to do next; kind is bad, due, good or plain."""
    kind = kind if kind in _KINDS else ""
    role = mark_safe(' role="alert"') if kind == "bad" else ""
    number = format_html(' <bdi class="std">{}</bdi>', std) if std else ""
    head = format_html("<h2>{}{}</h2>", title, number) if title else ""
    return format_html('<div class="panel {}"{}>{}{}</div>', kind, role, head, content)


@register.simple_block_tag(end_name="endempty")
def empty(content: str, title: str = "") -> SafeString:
    """Nothing to show: why (title), what comes next and one action (content)."""
    return format_html('<div class="empty tight">{}{}</div>', format_html("<p>{}</p>", title) if title else "", content)


@register.simple_block_tag(end_name="endseal")
def seal(content: str, title: str, open: bool = False) -> SafeString:
    """Sealed data: closed until someone asks; the content holds the reason's form."""
    state = mark_safe(" open") if open else ""
    return format_html(
        '<details class="seal"{}><summary>{}</summary><div class="stack">{}</div></details>', state, title, content
    )


@register.inclusion_tag("ui/parts/problem.html")
def problem(problem: Any) -> dict[str, Any]:
    """A refusal as a panel: what, what to do next, its number."""
    return {"problem": problem}


@register.inclusion_tag("ui/parts/errors.html")
def errors(form: Any, told: bool = False, blocks: Iterable[forms.BaseForm] = ()) -> dict[str, Any]:
    """The summary of a form's errors, each linking to its field; nothing when there is none or the page has it already.

    `told`: the page says it in another way, as a refusal. `blocks`: forms of the same page, one for each of several
    people, whose errors belong in the same summary.
    """
    links = []
    for each in (form, *blocks):
        if each.is_bound and not told and not getattr(each, "errors_told", False):
            links += error_links(each)
        each.errors_told = True
    # A browser sends no file twice: then not all of it is still there.
    chosen = bool(form.files) or any(isinstance(form.fields.get(name), forms.FileField) for name in form.errors)
    return {"links": links, "count": len(links), "whole": not chosen}


@register.inclusion_tag("ui/parts/route.html")
def route(steps: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What happened and will happen. A step has `title`, and may have `state` (now, late, ahead), `note`, `std`,
    `url`, `due_at`."""
    return {"steps": steps}


@register.inclusion_tag("ui/parts/work.html")
def work(items: Iterable[Mapping[str, Any]], now: datetime | None = None, quiet: bool = False) -> dict[str, Any]:
    """The work list.

    An item has `code`, `title` and `due_at`; it may have `start`, `risk`, `std`, `note`, `url` and `action`.

    The action of what is late or due within six hours is filled, the others are quiet; `quiet` makes all of them so.
    """
    now = now or timezone.now()
    return {
        "now": now,
        "items": [{**item, "filled": not quiet and item["due_at"] - now < _SOON} for item in items],
    }


@register.simple_tag
def hidden(form: forms.BaseForm) -> SafeString:
    """The hidden fields of a form laid out by hand: its key and its time among them."""
    return format_html_join("", "{}", ((field,) for field in form.hidden_fields()))


@register.inclusion_tag("ui/parts/facts.html")
def facts(pairs: Iterable[tuple[Any, Any]] | Mapping[Any, Any]) -> dict[str, Any]:
    """Terms and what they are; an empty value is shown as not recorded."""
    return {"pairs": pairs.items() if isinstance(pairs, Mapping) else pairs}


@register.inclusion_tag("ui/parts/cmp.html")
def cmp(rows: Iterable[Mapping[str, Any]], left: str, right: str) -> dict[str, Any]:
    """Two versions side by side. A row has `label`, `left`, `right` and may say `state`: same, close, differs or
    apart, which says nothing (worked out from the values when it does not)."""
    return {"rows": [{**row, "state": row.get("state") or _state(row)} for row in rows], "left": left, "right": right}


@register.inclusion_tag("ui/parts/cards.html")
def cards(heads: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "") -> dict[str, Any]:
    """A table that becomes cards on a phone: the first cell of a row names it."""
    return {
        "heads": heads,
        "caption": caption,
        "rows": [(row[0], list(zip(heads[1:], row[1:], strict=True))) for row in rows],
    }


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, after: object = None, before: object = None, first: bool = False) -> dict[str, Any]:
    """Pages by keyset: links with `after` or `before` and everything else that was asked; no page numbers."""
    request = context.get("request")

    def link(name: str, value: object) -> str:
        query = request.GET.copy() if request else QueryDict(mutable=True)
        for other in ("after", "before"):
            query.pop(other, None)
        if value is not None:
            query[name] = str(value)
        return f"?{query.urlencode()}"

    return {
        "next": link("after", after) if after is not None else "",
        "previous": link("before", before) if before is not None else "",
        "first": link("first", None) if first else "",
    }


@register.inclusion_tag("ui/parts/figure_note.html")
def figure_note(date: date | datetime | str, source: str, counted: str, uncertainty: str = "") -> dict[str, Any]:
    """Under every figure: when it was counted, from what, how, and how sure."""
    said = date if isinstance(date, str) else words.day(date)
    return {"date": said, "source": source, "counted": counted, "uncertainty": uncertainty}


@register.simple_tag
def bars(rows: Sequence[charts.Bar], title: str, note: str, **options: Any) -> SafeString:
    """Bars from zero with their table; options as in `charts.bars`."""
    return charts.bars(rows, title=title, note=note, **options)


@register.simple_tag
def plot(ticks: Sequence[str], series: Sequence[charts.Series], title: str, note: str, **options: Any) -> SafeString:
    """Values over time with their table; options as in `charts.plot`, `summary` among them."""
    return charts.plot(ticks, series, title=title, note=note, **options)


@register.simple_tag(name="map")
def country_map(values: Mapping[str, charts.Number], title: str, note: str, **options: Any) -> SafeString:
    """The 14 countries with their table; options as in `charts.country_map`, `summary` and `head` among them."""
    return charts.country_map(values, title=title, note=note, **options)


@register.simple_tag
def message_kind(message: Message) -> str:
    """The kind of panel for a message of Django's messages framework."""
    return {"error": "bad", "warning": "due", "success": "good"}.get(message.level_tag, "")


register.filter("in_a_row", in_a_row)


@register.simple_tag(name="in_a_row")
def these_in_a_row(*words: object) -> str:
    """The words with commas between them; what is empty is left out."""
    return in_a_row(word for word in words if word)


@register.filter
def yes_no(field: BoundField) -> bool:
    """Whether the field asks for yes or no."""
    return isinstance(field.field.widget, YesNo)


@register.filter
def lone_box(field: BoundField) -> bool:
    """Whether the field is one check box, whose label stands beside it."""
    widget = field.field.widget
    return isinstance(widget, forms.CheckboxInput) and not isinstance(widget, forms.CheckboxSelectMultiple)


@register.simple_tag
def optional(field: BoundField) -> SafeString:
    """The word "optional" beside the label of a field that may stay empty, whatever else is answered (`form.sometimes`)."""
    if field.field.required or lone_box(field) or field.name in getattr(field.form, "sometimes", ()):
        return mark_safe("")
    return format_html(' <span class="hint">({})</span>', _("optional"))


def _state(row: Mapping[str, Any]) -> str:
    return "same" if conditional_escape(row["left"]) == conditional_escape(row["right"]) else "differs"
