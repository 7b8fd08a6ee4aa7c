"""allauth's forms in the words and with the fields of the house."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, SetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compass.access import signin
from compass.access.models import User

NAME_LENGTH, FULL_NAME_LENGTH = 40, 120
# What libraries raise for a credential that no browser makes.
MALFORMED = (AttributeError, TypeError, ValueError, KeyError, IndexError, forms.ValidationError)


def _say(field: forms.Field, label: Any, hint: Any = "", **attrs: str) -> None:
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update({"dir": "ltr", **attrs})
    field.error_messages["required"] = _("Write an answer here.")


def western(text: str) -> str:
    """Arabic-Indic and Persian digits as 0 to 9."""
    return "".join(str(unicodedata.decimal(char, char)) for char in text)


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], _("User name"), autocapitalize="none", spellcheck="false")
        _say(self.fields["password"], _("Password"))


class PasswordAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], _("Password"))


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], _("Present password"))
        _say(self.fields["password1"], _("New password"), _("At least 15 characters. Several words in a row are good."))
        _say(self.fields["password2"], _("New password once more"))


class FirstPasswordForm(SetPasswordForm):
    """The colleague's own name and password, which nobody else is told."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = forms.CharField(max_length=FULL_NAME_LENGTH)
        _say(
            name, _("Your name"), _("As your colleagues know you. It is kept locked."), dir="auto", autocomplete="name"
        )
        self.fields = {"name": name, **self.fields}
        _say(self.fields["password1"], _("New password"), _("At least 15 characters. Several words in a row are good."))
        _say(self.fields["password2"], _("New password once more"))


class _Code:
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    hint: str | Promise = _("Six digits from your authenticator application. A recovery code works too.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        _say(field, _("Your code"), self.hint, inputmode="numeric", autocomplete="one-time-code")
        field.widget.attrs["class"] = "xs"

    def clean_code(self) -> str:
        self.cleaned_data["code"] = western(self.cleaned_data["code"])
        return super().clean_code()  # type: ignore[misc, no-any-return]


class CodeForm(_Code, AuthenticateForm):
    pass


class CodeAgainForm(_Code, CodeReauthenticateForm):
    pass


class FirstCodeForm(_Code, ActivateTOTPForm):
    hint = _("Six digits that the application shows now.")

    @property
    def groups(self) -> list[str]:
        """The key by four letters, as it is read and typed; applications pass over the spaces between."""
        return [self.secret[at : at + 4] for at in range(0, len(self.secret), 4)]


class _Credential:
    user: User | None

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            signin.record(context.request, signin.FAILED, self.user, how="webauthn")
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeySignInForm(_Credential, LoginWebAuthnForm):
    pass


class PasskeyForm(_Credential, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(_Credential, ReauthenticateWebAuthnForm):
    pass


class _Name:
    """The name of a key is sealed: people name keys after themselves."""

    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self.fields["name"], _("Name of this passkey"), _("So that you recognise it, for example: office computer.")
        )
        self.fields["name"].widget.attrs.update({"dir": "auto", "autocomplete": "off", "maxlength": str(NAME_LENGTH)})


class NewPasskeyForm(_Name, AddWebAuthnForm):
    """Every key can sign in by itself: it verifies the person who holds it."""

    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        return True

    def clean_name(self) -> str:
        return get_adapter().encrypt(super().clean_name()[:NAME_LENGTH])  # type: ignore[no-any-return]

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()  # type: ignore[no-any-return]
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyNameForm(_Name, EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": get_adapter().decrypt(kwargs["instance"].wrap().name)}
        super().__init__(*args, **kwargs)

    def clean_name(self) -> str:
        return get_adapter().encrypt(self.cleaned_data["name"][:NAME_LENGTH])  # type: ignore[no-any-return]
