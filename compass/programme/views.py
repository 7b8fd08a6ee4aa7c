"""Results without people: the newest count, and how each figure came about."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from compass.access.pages import page
from compass.access.work import Work
from compass.problems import NotFound
from compass.programme import queries, words
from compass.programme.actions import PUBLISHERS, Count, Publication, count_figures, publish, yesterday
from compass.programme.models import AGE, SEX, Figure, Snapshot
from compass.ui.charts import Bar, Series, bars
from compass.ui.forms import BaseForm
from compass.ui.words import day as day_of


@require_GET
@page("programme.figures")
def figures(request: HttpRequest, work: Work) -> HttpResponse:
    """The figures of one period that the reader may see."""
    work.demand("programme.figures")
    asked = request.GET.get("year", "")
    sheet = queries.sheet(work, int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None)
    officer = work.may("programme.count")
    context: dict[str, object] = {
        "sheet": sheet,
        "demonstration": settings.COMPASS_DEMONSTRATION,
        "form": BaseForm(),
        "may_count": officer,
        "may_publish": officer and bool(PUBLISHERS),
    }
    if sheet is not None:
        context |= _shown(sheet)
    return TemplateResponse(request, "programme/figures.html", context)


def _shown(sheet: queries.Sheet) -> dict[str, object]:
    total = sheet.get()
    # A line through quarters that are all withheld would be an empty drawing.
    quarters = sheet.quarters if any(not f.withheld for f in sheet.quarters) else ()
    day = {"day": day_of(sheet.snapshot.as_of, form="year")}
    plain = _("People with at least one service, up to %(day)s; from service records, rounded to 5.") % day
    kinds = [(words.service(f), f) for kind in words.CLASSES if (f := sheet.get(service_class=kind))]
    places = _("The parts overlap where a person was helped in several countries, and small ones are not shown.")
    return {
        "plain": plain,
        "place": words.place(sheet.place),
        "total": total,
        "people": words.number(total),
        "services": words.number(total, "services"),
        "charts": [
            _chart(_("By kind of help"), kinds, f"{plain} {_overlap(sheet, kinds)}"),
            _chart(
                _("By country where help was given"),
                [] if sheet.place else [(words.place(f.country), f) for f in sheet.countries()],
                f"{plain} {places}",
            ),
            *(
                _chart(title, parts, f"{plain}{_rounded(sheet, parts)}")
                for title, parts in (
                    (_("By sex"), _parts(sheet, SEX)),
                    (_("Children and adults"), _parts(sheet, AGE)),
                )
            ),
        ],
        "ticks": [words.quarter(f) for f in quarters],
        "lines": [Series(_("People helped"), [f.people for f in quarters])],
        "year": sheet.starts.year if sheet.granularity == "year" else None,
    }


def _surplus(sheet: queries.Sheet, parts: list[tuple[str, Figure]]) -> int | None:
    """By how much the parts exceed the total; None while one of these figures is withheld."""
    total = sheet.get()
    if total is None or total.withheld or any(part.withheld for _label, part in parts):
        return None
    return sum(part.people or 0 for _label, part in parts) - (total.people or 0)


def _overlap(sheet: queries.Sheet, parts: list[tuple[str, Figure]]) -> str:
    """What is true of the kinds of help that are shown: only a surplus beyond all rounding comes from the overlap."""
    shown = [pair for pair in parts if not pair[1].withheld]
    surplus = _surplus(sheet, shown)
    if surplus is not None and surplus > (len(shown) + 1) * sheet.snapshot.rounding / 2:
        return _("The parts overlap where a person received several kinds, so they add up to more than the total.")
    return _("A person who received several kinds is counted once in each of them.")


def _rounded(sheet: queries.Sheet, parts: list[tuple[str, Figure]]) -> str:
    """Why parts that do not overlap differ from the total all the same; "" when they do not, or when it cannot be seen."""
    if not _surplus(sheet, parts):
        return ""
    return " " + _("Each figure is rounded by itself, so the parts do not add up exactly to the total.")


def _chart(title: str, pairs: list[tuple[str, Figure]], note: str) -> SafeString | None:
    """Bars that lead to how each figure was counted; what is withheld is named below them. None without any."""
    if not pairs:
        return None
    shown = [Bar(_link(label, f), f.people or 0) for label, f in pairs if not f.withheld]
    below = format_html('<p class="src">{}</p>', note)
    if withheld := [_link(label, f) for label, f in pairs if f.withheld]:
        links = format_html_join(" · ", "{}", ((link,) for link in withheld))
        below += format_html('<p class="small">{} {}</p>', _("Fewer than 10 people, or protected:"), links)
    if not shown:
        return format_html('<section class="sheet tight"><h2>{}</h2>{}</section>', title, below)
    return bars(shown, title=title, note=below)


def _link(label: str, figure: Figure) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("programme:figure", args=[figure.pk]), label)


def _parts(sheet: queries.Sheet, breakdown: str) -> list[tuple[str, Figure]]:
    parts = [(label, part) for (kind, part), label in words.PARTS.items() if kind == breakdown]
    cells = [(str(label), sheet.get(breakdown=breakdown, part=part)) for label, part in parts]
    return [(label, cell) for label, cell in cells if cell]


@require_GET
@page("programme.figure")
def figure(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """How one figure was counted. There is no way from here to a person, because there is none in the database."""
    found = work.allowed("programme.figures", Figure).filter(pk=pk).select_related("snapshot").first()
    if found is None:
        raise NotFound
    return TemplateResponse(
        request,
        "programme/figure.html",
        {
            "figure": found,
            "snapshot": found.snapshot,
            "newer": queries.newest() != found.snapshot,
            "people": words.number(found),
            "services": words.number(found, "services"),
            "place": words.place(found.country),
            "period": words.period(found),
            "service": words.service(found),
            "who": words.who(found),
            "demonstration": settings.COMPASS_DEMONSTRATION,
        },
    )


@require_POST
@page("programme.count")
def count(request: HttpRequest, work: Work) -> HttpResponse:
    """Count again, up to the end of yesterday. Says so when it is too soon and the last count stays."""
    form = BaseForm(request.POST)
    form.full_clean()
    last = queries.last_taken()
    (done,) = count_figures(
        work, [Count(key=form.cleaned_data["key"], occurred_at=work.now, basis="public_interest", until=yesterday())]
    )
    if done == last:
        messages.info(
            request,
            _(
                "The last count stays. A new one is made a day later at the earliest, and once at least %(people)d more"
                " people were helped, so that nobody can read one person from the difference of two counts."
            )
            % {"people": done.threshold},
        )
    return redirect("programme:figures")


@require_POST
@page("programme.publish")
def publish_newest(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Show a snapshot to the public."""
    work.demand("programme.count")
    if not Snapshot.objects.filter(pk=pk).exists():
        raise NotFound
    form = BaseForm(request.POST)
    form.full_clean()
    publish(work, [Publication(key=form.cleaned_data["key"], occurred_at=work.now, basis="public_interest", id=pk)])
    return redirect("programme:figures")
