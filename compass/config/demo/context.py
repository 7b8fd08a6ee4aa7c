"""What the sign-in page shows in a demonstration; registered as a context processor only there."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from compass.config.demo.accounts import POSTS


def story() -> dict[str, str]:
    """What the loader noted about the story: `mother` (her number) and, when it is not zinder.social, `username` (a post
    of the office that holds her record). Empty when there is none."""
    try:
        noted = json.loads((settings.COMPASS_DATA / "story.json").read_text())
        return {
            "mother": str(UUID(noted["mother"])),
            **({"username": noted["username"]} if "username" in noted else {}),
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def summary_address() -> str:
    """Where the mother's printed summary is; "" when there is none."""
    try:
        return reverse("people:summary", args=[story()["mother"]])
    except (KeyError, NoReverseMatch):
        return ""


def mother_summary_url() -> str:
    """The address whose one press signs in and opens her summary; "" when there is none."""
    return reverse("try:summary") if summary_address() else ""


def _offer() -> dict[str, Any]:
    posts = [
        {"username": post.username, "label": post.label, "url": reverse("try:post", args=[post.username])}
        for post in POSTS
    ]
    return {"posts": posts, "summary": mother_summary_url()}


def try_as(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `try_as.posts` and `try_as.summary`, worked out only where a page asks."""
    return {"try_as": SimpleLazyObject(_offer)}
