"""What signing in leaves in the trail, and what a colleague must have before anything else opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import unstash_login
from allauth.account.signals import password_changed
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from compass.access import scope
from compass.access.models import User
from compass.access.sessions import digest, end_sessions
from compass.access.staff import seal_name
from compass.trail import chain

SIGNED_IN, SIGNED_OUT, FAILED = "access.signin", "access.signout", "access.signin.failed"
BEGUN = "access.signin.first"
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
FLAG = "compass.second_factor"
View = Callable[..., HttpResponseBase]


def record(request: HttpRequest, purpose: str, user: User | None, **facts: str | int) -> None:
    """One entry in a transaction of its own. What was typed is never recorded: people type passwords as user names."""
    key = request.session.session_key
    draft = chain.Draft(
        actor=user.pk if user else None,
        organisation_id=user.organisation_id if user else None,
        purpose=purpose,
        at=timezone.now(),
        session=digest(digest(key))[:12] if key else "",
    )
    draft.events.append({"action": purpose, "results": [], **facts})
    with scope.alone(draft.actor):
        chain.append(draft)


def record_signin(request: HttpRequest, user: User, how: str = "") -> None:
    """`how` names the steps, for example `password+totp`; by default those that allauth noted."""
    steps = [str(r.get("type") or r["method"]) for r in get_authentication_records(request, user)]
    record(request, SIGNED_IN, user, how=how or "+".join(dict.fromkeys(steps)) or "session")


def own_account(view: View) -> View:
    """A page of allauth that writes second factors: of who is signed in, or of who has given the password just now."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            whose = request.user.pk
        elif (login := unstash_login(request, peek=True)) is not None:
            whose = login.user.pk
        else:
            return view(request, *args, **kwargs)
        with scope.account(whose):
            return view(request, *args, **kwargs)

    return run


def has_second_factor(user_id: UUID) -> bool:
    """Whether an authenticator application or a passkey is set up. One query."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists())


def second_factor_missing(request: HttpRequest) -> bool:
    """Whether this colleague must set up a second factor first. Asks the database until one was seen in this session."""
    if not request.user.is_authenticated:
        return False
    user = request.user
    if user.is_demonstration and settings.COMPASS_DEMONSTRATION:
        return False
    if request.session.get(FLAG):
        return False
    if has_second_factor(user.pk):
        request.session[FLAG] = True
        return False
    return True


def ran_out(user: Any) -> bool:
    """Whether this is an invitation that nobody followed in time."""
    until = getattr(user, "invited_until", None)
    return until is not None and until <= timezone.now()


def begin(request: HttpRequest, user: User, name: str, password: str) -> bool:
    """End an invitation: the colleague's own name and password; every other session ends.

    False when another window did it first, or the invitation ran out meanwhile; then nothing is changed.
    """
    chosen, sealed = make_password(password), seal_name(user.pk, name)
    with scope.account(user.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT compass_begin_account(%s, %s)", [chosen, sealed])
        (begun,) = cursor.fetchone()
    if not begun:
        return False
    user.refresh_from_db()
    update_session_auth_hash(request, user)
    request.session.save()
    end_sessions(user.pk, keep=request.session.session_key)
    record(request, BEGUN, user)
    return True


@receiver(factors.authentication_failed, dispatch_uid="compass.access.factor_failed")
def _factor_failed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    record(request, FAILED, user, how=str(authenticator.type))


@receiver(factors.authenticator_added, dispatch_uid="compass.access.factor_added")
def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    record(request, "access.factor.renewed" if codes else "access.factor.added", user, how=str(authenticator.type))


@receiver(factors.authenticator_reset, dispatch_uid="compass.access.factor_renewed")
def _factor_renewed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    record(request, "access.factor.renewed", user, how=str(authenticator.type))


@receiver(factors.authenticator_removed, dispatch_uid="compass.access.factor_removed")
def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    request.session.pop(FLAG, None)
    end_sessions(user.pk, keep=request.session.session_key)
    record(request, "access.factor.removed", user, how=str(authenticator.type))


@receiver(password_changed, dispatch_uid="compass.access.password_changed")
def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    ended = end_sessions(user.pk, keep=request.session.session_key)
    record(request, "access.password.changed", user, ended=ended)
