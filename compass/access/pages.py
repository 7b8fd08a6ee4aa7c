"""How a view becomes a page: signed in, one unit of work, rendered inside it, problems answered in words.

@page("cases.read")
def case(request, work, pk): ...
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from compass.access import again
from compass.access.actor import Actor
from compass.access.models import User
from compass.access.roles import ROLES
from compass.access.staff import name_of
from compass.access.work import Work, record_refusal, unit_of_work
from compass.access.zones import zone_of
from compass.problems import ConfirmAgain, DatabaseAway, Locked, NoScope, OfficeLocked, Problem
from compass.problems.words import in_a_row
from compass.vault.locking import is_locked, refuse

View = Callable[..., HttpResponseBase]
OFFICE = "office"
SCOPE_STATES = frozenset({"CS001", "CS002", "CS003", "CS004"})


class WorkRequest(HttpRequest):
    """A request inside a unit of work."""

    work: Work
    user: User


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The one page for every refusal: number, what happened, what to do next."""
    response = TemplateResponse(request, "access/problem.html", {"problem": problem}, status=problem.status)
    response.render()
    add_never_cache_headers(response)
    return response


def is_lock(error: DatabaseError) -> bool:
    """Whether the database refused because everything was locked meanwhile."""
    return getattr(error.__cause__, "sqlstate", "") == "CS010"


def office_of(request: HttpRequest) -> UUID | None:
    """The organisation this colleague chose to work for in this session."""
    chosen = getattr(request, "session", {}).get(OFFICE, "")
    return UUID(chosen) if chosen else None


def _dress(request: HttpRequest, actor: Actor) -> None:
    """What the shell says above the page: office, colleague and post; the office's own way out."""
    posts = (ROLES[role].label for role in sorted(actor.roles & ROLES.keys()))
    request.where = f"{actor.organisation} · {in_a_row([name_of(actor.user), *posts])}"  # type: ignore[attr-defined]
    if actor.organisation.quick_exit_url:
        request.quick_exit_url = actor.organisation.quick_exit_url  # type: ignore[attr-defined]


def page(purpose: str) -> Callable[[View], View]:
    """Turn `view(request, work, **kwargs)` into a Django view. `purpose` goes into the trail; POST adds `.write`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            actor = Actor.of(request.user, office_of(request))
            _dress(request, actor)
            zone = zone_of(actor.organisation.country)
            if not actor.grants and is_locked(actor.organisation.pk):
                return problem_page(request, OfficeLocked())
            if again.answered(request) and (refusal := again.refusal(request)):
                return refusal
            session = getattr(request, "session_digest", "")
            said = f"{purpose}.write" if request.method == "POST" else purpose
            try:
                with (
                    timezone.override(zone),
                    unit_of_work(
                        actor, said, session=session, confirmed_at=again.confirmed_at(request), address=request.path
                    ) as work,
                ):
                    request.work = work  # type: ignore[attr-defined]
                    response = view(request, work, **kwargs)
                    if getattr(response, "streaming", False):
                        raise RuntimeError("a stream must open its own unit of work")
                    render = getattr(response, "render", None)
                    if callable(render):
                        render()
                    add_never_cache_headers(response)
                    return response
            except ConfirmAgain as problem:
                record_refusal(actor, said, problem, session=session)
                return again.asked(request, problem)
            except Problem as problem:
                record_refusal(actor, said, problem, session=session)
                return problem_page(request, problem)
            except OperationalError:
                return problem_page(request, DatabaseAway())
            except (DatabaseError, ObjectDoesNotExist) as error:
                if isinstance(error, DatabaseError) and is_lock(error):
                    return problem_page(request, Locked())
                # What was there a moment ago is out of sight where the office was locked meanwhile.
                try:
                    refuse(actor.organisation.pk)
                except Problem as problem:
                    return problem_page(request, problem)
                if getattr(error.__cause__, "sqlstate", "") in SCOPE_STATES:
                    raise NoScope from error
                raise

        run.purpose = purpose  # type: ignore[attr-defined]
        return run

    return decorate
