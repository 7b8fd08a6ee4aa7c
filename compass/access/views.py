"""Pages of the access room."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compass.access import policy, revoking, signin, words
from compass.access.actor import Actor
from compass.access.coded import person_of
from compass.access.codes import clean_code
from compass.access.forms import FirstPasswordForm
from compass.access.models import Organisation, User
from compass.access.pages import OFFICE, office_of, page, problem_page
from compass.access.sessions import digest, end_sessions, sessions_of
from compass.access.who import who
from compass.access.work import Work
from compass.problems import Denied, NotFound, TooManyTries
from compass.trail import erasures
from compass.trail.chain import veil
from compass.trail.checkpoints import exported
from compass.trail.models import Entry, touching
from compass.vault import locking
from compass.vault.models import Lock
from compass.vault.root import SYSTEM
from compass.vault.veil import Veil

PAGE = 50
#: What half of the trail is, and nothing of a record.
SIGNS = ("access.signin", "access.signout")
# Cookies are shared with other sites of the same host, storage may hold work that was not sent yet: both stay.
CLEAR = '"cache"'


def too_many(request: HttpRequest) -> HttpResponse:
    """429 as a page; the same whether an account exists or not."""
    return problem_page(request, TooManyTries())


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Asks once, then ends the session and lets the browser forget what it kept of the pages."""
    response: HttpResponseBase = account.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = CLEAR
    return response


def _same_origin(request: HttpRequest) -> bool:
    """Whether a page of ours sent this. A browser writes these headers; another site's script cannot."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.scheme == request.scheme and origin.netloc == request.get_host()


@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The quick exit ends the session while the browser is already elsewhere.

    Without script a form sends this (`away`) and a page leads on. It leads on in any case, also where it cannot be told
    that a page of ours sent it: nobody who must leave is stopped.
    """
    own, away = _same_origin(request), "away" in request.POST
    if not (own or away):
        return HttpResponseForbidden()
    if request.user.is_authenticated:
        # The page that its office chose; asked before the session is gone.
        office = Actor.of(request.user, office_of(request)).organisation
        request.quick_exit_url = office.quick_exit_url  # type: ignore[attr-defined]
    if own:
        get_adapter().logout(request)
    response = TemplateResponse(request, "access/away.html").render() if away else HttpResponse(status=204)
    response.headers["Clear-Site-Data"] = CLEAR
    add_never_cache_headers(response)
    return response


@require_GET
@never_cache
def still(request: HttpRequest) -> HttpResponse:
    """Asked by a page before its form leaves it: 401 when nobody is signed in any more.

    Else who it is (`COMPASS-Who`, as the page was made for) and the mark against forged requests its form needs now
    (`COMPASS-Mark`): signing in again changes it.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    return HttpResponse(status=204, headers={"COMPASS-Who": who(request), "COMPASS-Mark": get_token(request)})


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner sees it."""

    row: Authenticator
    name: str


@require_GET
@page("access.account")
def me(request: HttpRequest, work: Work) -> TemplateResponse:
    """The colleague's own second factors and open sessions."""
    rows = list(Authenticator.objects.filter(user_id=work.actor.id).order_by("created_at"))
    by_type = {row.type: row for row in rows}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    adapter = get_factor_adapter()
    here = digest(request.session.session_key or "")
    context = {
        "user": work.actor.user,
        "organisation": work.actor.organisation,
        "elsewhere": work.actor.elsewhere,
        "revokes": work.may("access.revoke") and revoking.of_headquarters(work.actor.user),
        "roles": list(dict.fromkeys(words.role(grant.role) for grant in work.actor.grants)),
        "totp": by_type.get(Authenticator.Type.TOTP),
        "passkeys": [
            Passkey(row, adapter.decrypt(row.data["name"])) for row in rows if row.type == Authenticator.Type.WEBAUTHN
        ],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": [(row, row.key_hash == here) for row in sessions_of(work.actor.id)],
    }
    return TemplateResponse(request, "access/account.html", context)


@require_POST
@page("access.sessions")
def end_others(request: HttpRequest, work: Work) -> HttpResponse:
    """End all other sessions of this colleague."""
    ended = end_sessions(work.actor.id, keep=request.session.session_key)
    work.record("access.sessions.ended", count=ended)
    messages.success(request, _("All other sessions have ended."))
    return redirect("access:account")


@require_POST
@page("access.office")
def change_office(request: HttpRequest, work: Work) -> HttpResponse:
    """Work for another organisation that gave this colleague a role."""
    asked, wrong = _identifier(request.POST.get("office", ""))
    if wrong or asked not in {place.pk for place in work.actor.elsewhere}:
        raise NotFound
    request.session[OFFICE] = str(asked)
    work.record("access.office.changed", results=[asked])
    return redirect("home")


@require_http_methods(["GET", "POST"])
@page("access.lock")
def lock(request: HttpRequest, work: Work) -> TemplateResponse:
    """In danger: one press locks an office or everything, ends its sessions and takes the keys out of memory."""
    work.demand("access.lock")
    offices = Organisation.objects.in_bulk(work.actor.in_roles(policy.RULES["access.lock"].roles))
    if request.method != "POST":
        rows = sorted(offices.values(), key=lambda each: (each.pk != work.actor.organisation.pk, each.name))
        return TemplateResponse(request, "access/lock.html", {"offices": rows})
    asked = request.POST.get("what", "")
    place, wrong = (SYSTEM, False) if asked == "all" else _identifier(asked)
    if wrong or place is None or (place != SYSTEM and place not in offices):
        raise NotFound
    ended = locking.lock(place)
    work.record("access.locked", results=[place], ended=ended)
    # Their own session ended with the others, unless they watch over offices that go on.
    here = not request.session.exists(request.session.session_key or "")
    if here:
        request.session.flush()
    # Who is signed out leaves no name on the screen.
    bare = {"navigation": (), "where": ""} if here else {}
    return TemplateResponse(request, "access/locked.html", {"office": offices.get(place), **bare})


@require_http_methods(["GET", "POST"])
@page("access.revoke")
def revoke(request: HttpRequest, work: Work) -> HttpResponseBase:
    """Headquarters takes one organisation out of the programme, in one step."""
    work.demand("access.revoke")
    if not revoking.of_headquarters(work.actor.user):
        raise Denied
    others = Organisation.objects.exclude(pk=work.actor.user.organisation_id).order_by("name")
    gone = set(Lock.objects.filter(opened_at=None, revoked=True).values_list("organisation_id", flat=True))
    rows = [row for row in others if row.pk not in gone]
    if request.method != "POST":
        done = [row for row in others if row.pk in gone]
        return TemplateResponse(request, "access/revoke.html", {"rows": rows, "done": done})
    asked, wrong = _identifier(request.POST.get("organisation", ""))
    found = next((row for row in rows if row.pk == asked), None)
    if wrong or (asked and found is None):
        raise NotFound
    if found is None:
        messages.error(request, _("Choose an organisation. Nothing was changed."))
        return redirect("access:revoke")
    ended = revoking.revoke(found)
    work.record("access.revoked", results=[found.pk], ended=ended)
    messages.success(request, _("%(name)s has no access any more.") % {"name": found.name})
    return redirect("access:revoke")


@require_GET
@never_cache
@login_required
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where a colleague without a second factor chooses one; nothing else opens before."""
    if not signin.second_factor_missing(request):
        return redirect("access:account")
    return TemplateResponse(request, "access/second_factor.html")


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
def first(request: HttpRequest) -> HttpResponse:
    """The first sign-in after an invitation: the colleague's own name and password take the place of the code."""
    user = cast("User", request.user)
    if not user.invited_until:
        return redirect("home")
    form = FirstPasswordForm(data=request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        if not signin.begin(request, user, form.cleaned_data["name"], form.cleaned_data["password1"]):
            get_adapter().logout(request)
            messages.error(request, _("This invitation has run out. Call your office; it gives you a new code."))
            return redirect("account_login")
        messages.success(request, _("Your password is kept. The code of the invitation opens nothing any more."))
        return redirect("home")
    return TemplateResponse(request, "access/first.html", {"form": form})


@require_GET
@page("trail.read")
def trail(request: HttpRequest, work: Work) -> TemplateResponse:
    """Who did and saw what in the officer's organisations, newest first, fifty at a time."""
    entries: QuerySet[Entry] = work.allowed("trail.view", Entry).order_by("-seq")
    asked = request.GET.get("person", "").strip()
    code = clean_code(asked)
    person, wrong = (person_of(work, code), False) if code else _identifier(asked)
    everything = "all" in request.GET or bool(asked)
    if not everything:
        entries = entries.exclude(purpose__in=SIGNS)
    if person:
        # Looking up who saw a person is itself a look at that person.
        work.draft.subjects[person] = None
        entries = entries.filter(seq__in=touching([person]))
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        entries = entries.filter(seq__lt=int(after))
    # A code that names nobody here is answered as one whose record nobody opened.
    found = [] if asked and not person else list(entries[: PAGE + 1])
    shown = found[:PAGE]
    users = User.objects.in_bulk([entry.actor for entry in shown if entry.actor])
    organisations = Organisation.objects.in_bulk([entry.organisation_id for entry in shown if entry.organisation_id])
    over = veil()
    lines = [_line(entry, users, organisations, over) for entry in shown]
    context = {
        "lines": lines,
        "asked": asked,
        "wrong": wrong,
        "everything": everything,
        "after": shown[-1].seq if len(found) > PAGE else None,
        "first": bool(after),
    }
    return TemplateResponse(request, "access/trail.html", context)


def _identifier(asked: str) -> tuple[UUID | None, bool]:
    """What was typed as an identifier, and whether it is none although something was typed."""
    try:
        return (UUID(asked) if asked else None), False
    except ValueError:
        return None, True


def _line(entry: Entry, users: dict[UUID, User], organisations: dict[UUID, Organisation], over: Veil) -> dict[str, Any]:
    body = json.loads(entry.body)
    actor = users.get(cast(UUID, entry.actor))
    organisation = organisations.get(cast(UUID, entry.organisation_id))
    actions = dict.fromkeys(event["action"] for event in body["events"])
    return {
        "seq": entry.seq,
        "at": entry.at,
        "who": actor.username if actor else "",
        "office": organisation.name if organisation else "",
        "purpose": entry.purpose,
        "words": (words.action if entry.purpose in actions else words.purpose)(entry.purpose),
        "actions": [(code, words.action(code)) for code in actions if code != entry.purpose],
        "subjects": [str(each) for each in over.lifted(body["subjects"])],
    }


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"},
    )


@require_GET
@page("trail.checkpoints")
def checkpoints(request: HttpRequest, work: Work) -> HttpResponse:
    """The signed checkpoints, to be kept away from this machine. They hold no one's data."""
    work.demand("trail.view")
    return _file(exported(settings.COMPASS_CHECKPOINTS), "checkpoints.jsonl")


@require_GET
@page("trail.checkpoints")
def erasure_ledger(request: HttpRequest, work: Work) -> HttpResponse:
    """Whose keys were destroyed, as identifiers: a backup is restored with it, so that they stay destroyed."""
    work.demand("trail.view")
    return _file(erasures.exported(settings.COMPASS_CHECKPOINTS), erasures.NAME)


@require_GET
@page("trail.checkpoints")
def checkpoint_key(request: HttpRequest, work: Work) -> HttpResponse:
    """The public key that verifies them; empty where the deployment keeps it elsewhere."""
    work.demand("trail.view")
    path = settings.COMPASS_CHECKPOINT_PUBLIC_KEY
    return _file(path.read_bytes() if path.exists() else b"", "checkpoint.pub")
