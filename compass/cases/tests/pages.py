"""What the tests of the pages of this room share: an address by its name, and what a page says."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse


def url(name: str, *args: UUID) -> str:
    """The address of a page of this room."""
    return reverse(f"cases:{name}", args=args)


def said(response: HttpResponse) -> str:
    """The markup of a page."""
    return response.content.decode()
