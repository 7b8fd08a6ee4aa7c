"""How allauth is bound to the vault: no open sign-up, second factors sealed to the colleague they belong to."""

from __future__ import annotations

import base64
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from compass.problems import Unreadable
from compass.vault import crypto
from compass.vault.root import system_key


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seals TOTP secrets and recovery seeds. The colleague is part of the address, so a secret moved to another row opens
    for no one (allauth's adapter is not told the row; the colleague comes from the request)."""

    def _user(self) -> UUID:
        request = self.request
        if request.user.is_authenticated:
            return UUID(str(request.user.pk))
        login = unstash_login(request, peek=True)
        if login is None:
            raise Unreadable
        return UUID(str(login.user.pk))

    def encrypt(self, text: str) -> str:
        blob = crypto.seal_bytes(
            system_key("mfa"), text.encode(), table="mfa_authenticator", column="data", subject=self._user(), version=1
        )
        return base64.b64encode(blob).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.open_bytes(
            system_key("mfa"),
            base64.b64decode(encrypted_text),
            table="mfa_authenticator",
            column="data",
            subject=self._user(),
        ).decode()
