"""Signing in and out (only those views of allauth that we use: no sign-up, no reset by mail), the colleague's own
account, and the trail a data protection officer reads."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path

from compass.access import views
from compass.access.signin import own_account

OWN = [
    path("me/", views.me, name="account"),
    path("me/others/", views.end_others, name="end_others"),
    path("me/office/", views.change_office, name="change_office"),
    path("me/second-factor/", views.second_factor, name="second_factor"),
    path("me/first/", views.first, name="first"),
    path("lock/", views.lock, name="lock"),
    path("revoke/", views.revoke, name="revoke"),
    path("still/", views.still, name="still"),
    path("leave/", views.leave, name="leave"),
    path("trail/", views.trail, name="trail"),
    path("trail/checkpoints.jsonl", views.checkpoints, name="checkpoints"),
    path("trail/erasures.jsonl", views.erasure_ledger, name="erasure_ledger"),
    path("trail/checkpoint.pub", views.checkpoint_key, name="checkpoint_key"),
]
urlpatterns = [
    path("", include((OWN, "access"))),
    path("signin/", account.login, name="account_login"),
    path("signin/code/", own_account(mfa.authenticate), name="mfa_authenticate"),
    path("signin/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("signout/", views.sign_out, name="account_logout"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("again/code/", own_account(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("password/", account.password_change, name="account_change_password"),
    path("me/", views.me, name="mfa_index"),
    path("me/", views.me, name="mfa_list_webauthn"),
    path("application/", own_account(totp.activate_totp), name="mfa_activate_totp"),
    path("application/remove/", own_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("passkeys/add/", own_account(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name/", own_account(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", own_account(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("recovery-codes/", own_account(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", own_account(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
]
