"""Small helps of the access pages: `{% load access %}`."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import template
from django.template import Context

from compass.access.policy import RULES
from compass.access.roles import ROLES
from compass.problems import Problem
from compass.problems.words import in_a_row

register = template.Library()


@register.simple_tag
def posts(problem: Problem) -> str:
    """The posts that may do a refused step, in words; empty when the refusal does not know."""
    found = problem.details.get("roles", ())
    return in_a_row(str(role.label) for name, role in ROLES.items() if name in found)


@register.simple_tag(takes_context=True)
def may(context: Context, name: str) -> bool:
    """Whether the reader's posts allow a step."""
    work = getattr(context.get("request"), "work", None)
    return work is not None and name in RULES and work.may(name)


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
