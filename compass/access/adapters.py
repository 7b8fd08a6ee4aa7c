"""How allauth is bound to the house: no open sign-up, second factors sealed to the colleague they belong to, every
sign-in and every failed one in the trail, one page for too many tries."""

from __future__ import annotations

import base64
import time
from typing import Any, ClassVar
from uuid import UUID

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import unstash_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compass.access import scope, signin
from compass.access.models import User
from compass.problems import TooManyTries, Unreadable
from compass.vault import crypto
from compass.vault.keys import system_key

QUIET_ZONE = 4
TOO_MANY = frozenset({"too_many_login_attempts", "rate_limited"})


class AccountAdapter(DefaultAccountAdapter):
    """Passwords and sessions."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy(
            "User name and password do not belong together. Check both; capital letters count in the password."
        ),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your present password."),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """An error of a form; too many tries are not one but a page, the same whether the account exists or not."""
        if code in TOO_MANY:
            raise TooManyTries
        return super().validation_error(code, *args)  # type: ignore[no-any-return]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = User.objects.filter(username=credentials.get("username") or "").first()
        signin.record(request, signin.FAILED, user, how="password")

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        """A published account signs no one in outside a demonstration, an old invitation nobody anywhere."""
        if getattr(user, "is_demonstration", False) and not settings.COMPASS_DEMONSTRATION:
            return self.respond_user_inactive(request, user)
        if signin.ran_out(user):
            messages.error(request, _("This invitation has run out. Call your office; it gives you a new code."))
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        messages.error(request, _("This account is closed. Call your office."))
        return redirect("account_login")

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        signin.record_signin(request, user)

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            signin.record(request, signin.SIGNED_OUT, request.user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        with scope.account(user.pk):
            user.save(update_fields=["password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("access:account")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in of the last minutes counts: nobody types the password twice to set up a second factor."""
        records = get_authentication_records(context.request, context.request.user)
        fresh = bool(records) and time.time() - records[-1]["at"] < account_settings.REAUTHENTICATION_TIMEOUT
        return not fresh and bool(super().is_reauthentication_required(app=app, **kwargs))


class MFAAdapter(DefaultMFAAdapter):
    """Seals TOTP secrets, recovery seeds and names of keys. The colleague is part of the address, so a secret moved to
    another row opens for no one (allauth's adapter is not told the row; the colleague comes from the request)."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code or key does not fit. A code is valid for 30 seconds and only once."),
    }

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
        try:
            blob = base64.b64decode(encrypted_text, validate=True)
        except ValueError as error:
            raise Unreadable from error
        return crypto.open_bytes(
            system_key("mfa"), blob, table="mfa_authenticator", column="data", subject=self._user()
        ).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1}

    def build_totp_svg(self, url: str) -> str:
        """The QR code as one path on white paper: readable in the dark, no style attribute."""
        import qrcode  # type: ignore[import-untyped]

        code = qrcode.QRCode(border=QUIET_ZONE)
        code.add_data(url)
        matrix = code.get_matrix()
        dots = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
        size, title = len(matrix), _("QR code for your authenticator application")
        return (
            f'<svg viewBox="0 0 {size} {size}" width="260" height="260" role="img" shape-rendering="crispEdges"'
            f' aria-labelledby="qr"><title id="qr">{title}</title>'
            f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{dots}"/></svg>'
        )
