"""Widgets drawn in Python: a list of sixty languages took a template ten milliseconds, and every form has some.

Each function takes the context Django makes for the widget's template and gives the same markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Context = Mapping[str, Any]


def attributes(attrs: Mapping[str, Any]) -> str:
    """` name="value"` of each; True stands alone, False is left out."""
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def line(context: Context) -> SafeString:
    """An input of any type."""
    return mark_safe(_input(context["widget"]))


def select(context: Context) -> SafeString:
    """A list to choose from, with its groups."""
    widget = context["widget"]
    drawn = [f'<select name="{conditional_escape(widget["name"])}"{attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            drawn.append(f'<optgroup label="{conditional_escape(group)}">')
        drawn += [
            f'<option value="{conditional_escape(option["value"])}"{attributes(option["attrs"])}>'
            f"{conditional_escape(option['label'])}</option>"
            for option in options
        ]
        if group:
            drawn.append("</optgroup>")
    return mark_safe("".join([*drawn, "</select>"]))


def choices(context: Context) -> SafeString:
    """Radio buttons or check boxes, each with its label and its hint."""
    widget = context["widget"]
    css = widget["attrs"].get("class")
    drawn = [f'<div class="choices{f" {conditional_escape(css)}" if css else ""}">']
    for group, options, _ in widget["optgroups"]:
        if group:
            drawn.append(f'<fieldset><legend class="group">{conditional_escape(group)}</legend>')
        drawn += map(_choice, options)
        if group:
            drawn.append("</fieldset>")
    return mark_safe("".join([*drawn, "</div>"]))


def yes_no(context: Context) -> SafeString:
    """Two radio buttons in a row."""
    options = [option for _, group, _ in context["widget"]["optgroups"] for option in group]
    return mark_safe(f'<div class="row">{"".join(map(_choice, options))}</div>')


def parts(context: Context) -> SafeString:
    """The parts of a date, each below its label."""
    inputs = "".join(
        f"<label>{conditional_escape(part['label'])}<br>{_input(part)}</label>"
        for part in context["widget"]["subwidgets"]
    )
    return mark_safe(f'<div class="parts">{inputs}</div>')


def _choice(option: Mapping[str, Any]) -> str:
    hint = option.get("hint")
    said = f'<span class="hint">{conditional_escape(hint)}</span>' if hint else ""
    return f'<label class="choice">{_input(option)}<span>{conditional_escape(option["label"])}</span>{said}</label>'


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{conditional_escape(widget["value"])}"'
    name = conditional_escape(widget["name"])
    return f'<input type="{conditional_escape(widget["type"])}" name="{name}"{value}{attributes(widget["attrs"])}>'


#: By the template that Django would draw the widget with.
DRAWN: dict[str, Callable[[Context], SafeString]] = {
    "django/forms/widgets/select.html": select,
    "ui/widgets/yes_no.html": yes_no,
    "ui/widgets/parts.html": parts,
    "django/forms/widgets/radio.html": choices,
    "django/forms/widgets/checkbox_select.html": choices,
    **{f"django/forms/widgets/{kind}.html": line for kind in ("text", "hidden", "number", "checkbox")},
}
