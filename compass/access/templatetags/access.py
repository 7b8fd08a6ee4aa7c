"""Small helps of the access pages: `{% load access %}`."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def page_before(context: Context) -> str:
    """The address of the page of ours that led here; empty when there was none or it was this one."""
    request = context.get("request")
    if request is None:
        return ""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host() or came.path == request.path or not came.path.startswith("/"):
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path
