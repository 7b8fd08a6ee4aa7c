"""For whom a page was made, so that a form is not sent in the name of who signed in meanwhile."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def who(request: HttpRequest) -> str:
    """A mark that says nothing else (16 characters of an HMAC); empty when nobody is signed in."""
    user = getattr(request, "user", None)
    return salted_hmac("compass.who", str(user.pk)).hexdigest()[:16] if user and user.is_authenticated else ""
