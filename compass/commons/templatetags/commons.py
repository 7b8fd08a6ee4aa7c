"""The map of the world as a tag, and sums of money in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from compass.commons import words
from compass.ui import charts, maps

register = template.Library()


register.filter("euros", words.euros)


@register.simple_tag
def world_map(dots: Iterable[maps.Dot], **options: Any) -> SafeString:
    """Dots on the world with a table; options as in `charts.world_map`."""
    return charts.world_map(dots, **options)
