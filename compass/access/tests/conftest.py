"""Colleagues and codes for the tests of signing in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from compass.access.models import User


@pytest.fixture
def colleague(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    """An account that is not one of the demonstration's: it must have a second factor. Only the owner may write that."""
    posts = property(lambda user: user.username != "zinder.cases", lambda user, value: None)
    monkeypatch.setattr(User, "is_demonstration", posts)
    return User.objects.get(username="zinder.cases")


@pytest.fixture
def code_of(settings: Any) -> Callable[[str], str]:
    """The six digits that an authenticator application shows now for a secret."""
    # A test that starts in the last second of a period would else fail by the clock.
    settings.MFA_TOTP_TOLERANCE = 1

    def code(secret: str) -> str:
        return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))

    return code
