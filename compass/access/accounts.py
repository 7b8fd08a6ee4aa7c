"""Organisations, colleagues and what they are granted: the owner's work, because the application grants nothing.

Each act is an entry of the trail, in the organisation it concerns and in nobody's name: who holds the owner's password is
known outside. Nobody learns a colleague's password: an invitation is a code that is told once, opens only the page on which
the colleague chooses one, and runs out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from compass.access import scope
from compass.access.install import add_organisation
from compass.access.models import Grant, Organisation, OrganisationKind, User
from compass.access.roles import OVERSEERS, ROLES
from compass.access.sessions import end_sessions
from compass.problems import (
    NameTaken,
    NoSuchColleague,
    NoSuchOrganisation,
    RoleDoesNotFit,
    UserNameDoesNotFit,
    WatcherDoesNotWork,
)
from compass.problems.words import in_a_row
from compass.trail import chain

#: How long an invitation waits for its colleague.
INVITED_FOR = timedelta(hours=72)
# No letter is taken for another; 99 bits.
LETTERS, GROUPS, GROUP = "abcdefghjkmnpqrstuvwxyz23456789", 4, 5
USER_NAME = re.compile(r"[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*")
#: Roles of who is no office of the programme; every other role is of an office.
OUTSIDE = {
    OrganisationKind.PARTNER: frozenset({"partner_case_worker"}),
    OrganisationKind.UNHCR: frozenset({"partner_case_worker"}),
    OrganisationKind.MINISTRY: frozenset({"ministry_focal_point"}),
    OrganisationKind.DONOR: frozenset({"donor_desk_officer"}),
}
OF_AN_OFFICE = frozenset(ROLES) - frozenset[str]().union(*OUTSIDE.values())


@contextmanager
def noted(
    purpose: str, organisation: Organisation | UUID, results: Sequence[UUID], **facts: str | int
) -> Iterator[None]:
    """One transaction, with its entry last; the deployment's (`root.SYSTEM`) is of no organisation."""
    where = organisation.pk if isinstance(organisation, Organisation) else organisation
    with transaction.atomic():
        yield
        draft = chain.Draft(
            actor=None, organisation_id=where if where.int else None, purpose=purpose, at=timezone.now()
        )
        draft.events.append({"action": purpose, **facts})
        # Of the programme itself and no person it helps: the owner, who writes this, may be without any key.
        draft.public = dict.fromkeys(results)
        with scope.alone(None):
            chain.append(draft)


def organisation_named(name: str) -> Organisation:
    """Raises NoSuchOrganisation."""
    found = Organisation.objects.filter(name=name).first()
    if found is None:
        raise NoSuchOrganisation
    return found


def colleague_named(username: str) -> User:
    """Raises NoSuchColleague."""
    found = User.objects.select_related("organisation").filter(username=username).first()
    if found is None:
        raise NoSuchColleague
    return found


def create_organisation(name: str, kind: str, country: str = "", quick_exit_url: str = "") -> Organisation:
    """An organisation with a key of its own; needs the root key. Raises NameTaken."""
    if Organisation.objects.filter(name=name).exists():
        raise NameTaken
    made = Organisation(name=name, kind=kind, country=country, quick_exit_url=quick_exit_url)
    with noted("access.organisation.created", made, [made.pk], kind=kind):
        add_organisation(made)
    return made


def invite(username: str, organisation: Organisation, roles: Sequence[str], language: str) -> str:
    """A colleague with these roles in an organisation; gives the code of the first sign-in.

    Raises UserNameDoesNotFit, NameTaken, RoleDoesNotFit, WatcherDoesNotWork.
    """
    if not USER_NAME.fullmatch(username) or not 3 <= len(username) <= 60:
        raise UserNameDoesNotFit
    if User.objects.filter(username=username).exists():
        raise NameTaken
    user = User(username=username, organisation=organisation, language=language)
    code = _invited(user)
    with noted("access.colleague.invited", organisation, [user.pk], roles=",".join(roles)):
        user.save(force_insert=True)
        _give(user, organisation, roles)
    return code


def grant(user: User, organisation: Organisation, roles: Sequence[str]) -> None:
    """More roles, there or in another organisation. Raises RoleDoesNotFit, WatcherDoesNotWork."""
    with noted("access.colleague.granted", organisation, [user.pk], roles=",".join(roles)):
        _give(user, organisation, roles)


def renew(user: User) -> str:
    """A new code for whoever lost password or phone: password, second factors and sessions end. Gives the code.

    Who was closed is open again, without a role until one is granted.
    """
    code = _invited(user)
    with noted("access.colleague.renewed", user.organisation, [user.pk]):
        user.is_active = True
        user.save(update_fields=["password", "invited_until", "is_active"])
        Authenticator.objects.filter(user_id=user.pk).delete()
        end_sessions(user.pk)
    return code


def close(user: User) -> int:
    """Every role ends now, the account is closed, its sessions end. Gives how many roles ended."""
    with noted("access.colleague.closed", user.organisation, [user.pk]):
        user.is_active, user.invited_until = False, None
        user.set_unusable_password()
        user.save(update_fields=["password", "invited_until", "is_active"])
        ended = Grant.objects.filter(user=user, valid_to__isnull=True).update(valid_to=timezone.now())
        end_sessions(user.pk)
    return ended


def _invited(user: User) -> str:
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    user.password, user.invited_until = make_password(code), timezone.now() + INVITED_FOR
    return code


def _give(user: User, organisation: Organisation, roles: Sequence[str]) -> None:
    fitting = OUTSIDE.get(OrganisationKind(organisation.kind), OF_AN_OFFICE)
    if not roles or not set(roles) <= fitting:
        raise RoleDoesNotFit(roles=in_a_row(sorted(fitting)))
    held = Grant.objects.filter(user=user, valid_to__isnull=True)
    there = set(held.filter(organisation=organisation).values_list("role", flat=True))
    all_of_them = set(held.values_list("role", flat=True)) | set(roles)
    if all_of_them & OVERSEERS and all_of_them - OVERSEERS:
        raise WatcherDoesNotWork
    Grant.objects.bulk_create(
        Grant(user=user, role=role, organisation=organisation, country=organisation.country, valid_from=timezone.now())
        for role in dict.fromkeys(roles)
        if role not in there
    )
