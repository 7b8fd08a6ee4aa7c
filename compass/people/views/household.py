"""With whom a person belonged before: who was there on a day, who came and who left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from compass.access.pages import page
from compass.access.staff import names_of_colleagues
from compass.access.work import Work
from compass.people import queries
from compass.people.forms import DayForm
from compass.people.households import Period, on_day, periods
from compass.people.models import Person


@require_GET
@page("people.household_before")
def before(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Every household of a person with those who were there; `on`: only what held on that day."""
    person = work.find("people.household", Person, pk)
    found = periods(work, person, queries.made_one_with(person))
    form = DayForm(request.GET or None)
    day = form.cleaned_data["on"] if form.is_valid() else None
    shown = on_day(found, day) if day else found
    context = {"person": person, "form": form, "day": day, "times": _times(work, shown)}
    return TemplateResponse(request, "people/household_before.html", context)


def _times(work: Work, found: Sequence[Period]) -> list[dict[str, Any]]:
    """Each time with who wrote it down; a colleague of another office is not named."""
    who = names_of_colleagues(work.actor.organisations, (each.stay.row.recorded_by for each in found))
    return [{"stay": each.stay, "code": each.code, "others": each.others, "who": who.get(each.stay.row.recorded_by, "")}
            for each in found]  # fmt: skip
