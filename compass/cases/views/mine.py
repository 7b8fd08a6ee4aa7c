"""The colleague's own open cases by name, so that nobody keeps a list of names beside the program."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from compass.access.pages import page
from compass.access.work import Work
from compass.cases.models import Case
from compass.cases.models.case import OPEN
from compass.cases.standards.care import RANK
from compass.people import queries
from compass.people.matching.folding import fold
from compass.people.models import Person

#: In the session, sealed: whose names the colleague asked for. It ends with the session and with the quick exit.
NAMED = "compass.cases.named"
#: Why they are opened: to give these people a service. It rests on their consent.
REASON = "service"


@require_http_methods(["GET", "HEAD", "POST"])
@page("cases.mine")
def mine(request: HttpRequest, work: Work) -> HttpResponse:
    """Open cases that the colleague leads; with names once they asked, until they hide them or the session ends."""
    work.demand("cases.view")
    if request.method == "POST":
        if "hide" in request.POST:
            request.session.pop(NAMED, None)
        else:
            request.session.setdefault(NAMED, [])
        return redirect("cases:mine")
    led = work.allowed("cases.view", Case).filter(owner_id=work.actor.id, status__in=OPEN).select_related("person")
    cases = sorted(led, key=lambda case: (-RANK.get(case.risk_level, 0), case.opened_at))
    named = NAMED in request.session
    names = _names(request, work, [case.person for case in cases]) if named else {}
    if named:
        cases.sort(key=lambda case: (case.person_id not in names, fold(names.get(case.person_id, ""))))
    work.saw(cases)
    rows = [(case, names.get(case.person_id, "")) for case in cases]
    return TemplateResponse(request, "cases/mine.html", {"rows": rows, "named": named})


def _names(request: HttpRequest, work: Work, people: Sequence[Person]) -> dict[UUID, str]:
    """Names of those who agree; that they were opened goes into the trail once a session for each person."""
    known = set(request.session[NAMED])
    fresh = [each for each in people if str(each.pk) not in known]
    opened = queries.reveal_names(work, fresh, REASON, caseload=True)
    if opened:
        request.session[NAMED] = sorted(known | set(map(str, opened)))
    before = [each for each in people if str(each.pk) in known]
    return {**opened, **queries.reveal_names(work, before, REASON, again=True)}
