"""The public side: no cookie, no session, nothing that is not published."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from functools import wraps
from itertools import groupby

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from compass.commons import queries, words
from compass.commons.models import Edition, PublishedFact, PublishedFigure
from compass.commons.synthesis.missing_migrants import CREDIT
from compass.ui import charts, maps
from compass.ui.words import day
from compass.vocabulary import areas, code_list, countries, country, programme

#: Long enough to spare the server, short enough that a new edition shows soon.
SECONDS = 300
#: Says nothing of a cause, so that no line is drawn of it.
MIXED = "mixed_or_unknown"
#: The part of the world where most of the programme's countries lie: west, south, east, north in degrees.
NEAR = (-28.0, 0.0, 56.0, 46.0)
NEAR_REGIONS = frozenset(
    {
        "mediterranean",
        "atlantic_route",
        "northern_africa",
        "sahara",
        "western_africa",
        "central_africa",
        "red_sea_gulf_of_aden",
        "eastern_africa_horn",
        "middle_east",
    }
)
View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page that anyone and any cache may keep; the language stays in the address once it was chosen there."""

    @require_safe
    @cache_control(public=True, max_age=SECONDS)
    @wraps(view)
    def run(request: HttpRequest, **kwargs: str) -> HttpResponse:
        return view(request, **kwargs)

    return run


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    chosen = request.GET.get("lang", "")
    keep = f"?lang={chosen}" if chosen in dict(settings.LANGUAGES) else ""
    return render(request, template, {"keep": keep, "sign_in": f"{settings.COMPASS_APP_URL}{keep}", **context})


def _keep(request: HttpRequest, url: str) -> str:
    chosen = request.GET.get("lang", "")
    return f"{url}?lang={chosen}" if chosen in dict(settings.LANGUAGES) else url


@public
def front(request: HttpRequest) -> HttpResponse:
    """What COMPASS is, where it works and what it says it achieved."""
    found = queries.facts("programme")
    edition, figures = queries.figures()
    return _page(
        request,
        "commons/front.html",
        {
            "programme": programme(),
            "map": _programme_map(request),
            "countries": countries(),
            "periods": _periods(found),
            "by_year": _assisted_by_year(found),
            "years_note": _(
                "2021 and 2022 are derived from published figures; 2023 and 2024 are as published. Sources below. Years"
                " counted in different ways: do not add them."
            ),
            "edition": edition,
            "from_records": _from_records(edition, figures),
            "missing": queries.picture(),
        },
    )


def _records_note(edition: Edition | None) -> str:
    if edition is None or edition.as_of is None:
        return ""
    return _(
        "People with at least one service, up to %(day)s; from service records, rounded to 5. A person helped in two years"
        " or countries counts in each."
    ) % {"day": day(edition.as_of, form="year")}


def _programme_map(request: HttpRequest) -> SafeString:
    drawing = _map(
        request,
        {c.alpha2: 4 if c.phase == 1 else 2 for c in countries()},
        _("Map of the 14 countries of the programme; each leads to its page. The list below names them all."),
    )
    legend = format_html(
        '<ul class="legend">{}</ul>',
        format_html_join(
            "",
            '<li><svg width="28" height="14" aria-hidden="true"><rect class="m s{}" width="28" height="14"/></svg>{}</li>',
            ((4, _("In the programme since 2021")), (2, _("Since the second phase, 2024"))),
        ),
    )
    return format_html("{}{}{}", drawing, legend, maps.disclaimer())


def _map(request: HttpRequest, classes: dict[str, int], summary: str) -> SafeString:
    links = {c.alpha2: _keep(request, reverse("commons:country", args=[c.alpha2.lower()])) for c in countries()}
    return maps.countries(classes, {c.alpha2: c.label for c in countries()}, links, summary)


def _periods(facts: list[PublishedFact]) -> list[tuple[str, list[dict[str, object]]]]:
    ordered = sorted(facts, key=_single_years_first)
    return [(period, [_fact(f) for f in group]) for period, group in groupby(ordered, key=lambda f: f.period)]


def _single_years_first(fact: PublishedFact) -> tuple[bool, int, int, bool, int]:
    several = fact.last_year > fact.first_year
    return several, fact.first_year, fact.last_year, fact.kind == "derived", fact.place


def _fact(fact: PublishedFact) -> dict[str, object]:
    return {
        "what": words.FIGURES[fact.code],
        "value": words.value(fact),
        "kind": words.KINDS[fact.kind],
        "derived": fact.kind != "published",
        "source": words.SOURCES.get(fact.source, fact.source),
        "as_stated": date.fromisoformat(f"{fact.as_stated}-01") if fact.as_stated else None,
        "cautions": words.cautions(fact),
        "countries": [c.label for c in countries() if c.alpha3 in fact.countries],
        "period": fact.period,
    }


def _assisted_by_year(facts: list[PublishedFact]) -> list[charts.Bar]:
    """One bar a year: everyone assisted where it can be derived, else the people protected as published."""
    best: dict[int, PublishedFact] = {}
    for fact in facts:
        if fact.first_year == fact.last_year and fact.code in {"protection", "migrants_assisted"}:
            kept = best.get(fact.first_year)
            if kept is None or fact.code == "migrants_assisted":
                best[fact.first_year] = fact
    return [
        charts.Bar(f"{year} · {words.KINDS[fact.kind]}", fact.value, shown=words.value(fact))
        for year, fact in sorted(best.items())
    ]


def _from_records(edition: Edition | None, figures: list[PublishedFigure]) -> dict[str, object]:
    anyone = [f for f in figures if not f.service_class]
    since_start = [f for f in anyone if f.granularity == "all"]
    return {
        "total": next((f for f in since_start if not f.country), None),
        "by_year": _drawn(
            edition, [(str(f.starts.year), f) for f in anyone if f.granularity == "year" and not f.country]
        ),
        "by_country": _drawn(
            edition,
            sorted(
                ((country(f.country).label, f) for f in since_start if f.country),
                key=lambda pair: (-(pair[1].people or 0), pair[0]),
            ),
        ),
    }


def _drawn(edition: Edition | None, pairs: list[tuple[str, PublishedFigure]]) -> dict[str, object] | None:
    """Bars, and the note below them with the names of what is withheld. None without any figure."""
    if not pairs:
        return None
    note = _records_note(edition)
    if withheld := [label for label, f in pairs if f.withheld]:
        note += " " + _("Fewer than 10 people, or protected:") + " " + " · ".join(withheld)
    return {"bars": [charts.Bar(label, f.people or 0) for label, f in pairs if not f.withheld], "note": note}


@public
def country_page(request: HttpRequest, alpha2: str) -> HttpResponse:
    """One country: since when, its areas, what was published about it, and its figures."""
    try:
        found = country(alpha2.upper())
    except KeyError:
        raise Http404 from None
    edition, figures = queries.figures(found.alpha2)
    of_kind = {f.service_class: f for f in figures if f.granularity == "all" and f.service_class}
    return _page(
        request,
        "commons/country.html",
        {
            "country": found,
            "map": _map(
                request,
                {c.alpha2: 4 if c == found else 1 for c in countries()},
                _("Map of the programme’s countries; %(country)s is the dark one. The list below names the others.")
                % {"country": found.label},
            ),
            "disclaimer": maps.disclaimer(),
            "phases": [p for p in programme().phases if found.alpha2 in p.country_codes],
            "total": next((f for f in figures if f.granularity == "all" and not f.service_class), None),
            "areas": sorted(areas(found.alpha2), key=lambda a: a.label),
            "facts": [_fact(f) for f in queries.facts(found.alpha3)],
            "edition": edition,
            "by_year": _drawn(
                edition,
                [(str(f.starts.year), f) for f in figures if f.granularity == "year" and not f.service_class],
            ),
            "by_kind": _drawn(
                edition, [(k.label, of_kind[k.value]) for k in code_list("service_class") if k.value in of_kind]
            ),
            "others": [c for c in countries() if c != found],
        },
    )


@public
def missing_migrants(request: HttpRequest) -> HttpResponse:
    """Deaths and disappearances during migration: map, years, regions, causes."""
    found = queries.picture()
    if found is None:
        return _page(request, "commons/missing_migrants.html", {"found": None})
    regions = {code: str(words.REGIONS[code]) for code in found.by_region}
    causes = {code: str(words.CAUSES[code]) for code in found.by_cause}
    note = _("Source: IOM Missing Migrants Project, aggregate of %(day)s. Minimum estimates.") % {
        "day": day(found.edition.as_of, form="year") if found.edition.as_of else ""
    }
    as_of = found.edition.as_of
    partial = as_of.year if as_of and words.unfinished(as_of) else None
    full_years = [year for year in found.years if year != partial]
    ends = day(as_of, form="year") if as_of else ""
    left_out = _("The last year is left out of the lines, since it ends on %(day)s.") % {"day": ends} if partial else ""
    return _page(
        request,
        "commons/missing_migrants.html",
        {
            "found": found,
            "credit": CREDIT,
            "note": note,
            "near": NEAR,
            "near_table": (
                [_("Region"), _("People")],
                [[regions[r], charts.figures(n)] for r, n in found.by_region.items() if r in NEAR_REGIONS],
            ),
            "trend_note": f"{note} {_('Regions are our own grouping.')} {left_out}",
            "limits": words.limits(as_of),
            "dots": [maps.Dot(c.lon, c.lat, c.people) for c in found.cells],
            "region_table": (
                [_("Region"), _("People")],
                [[regions[r], charts.figures(n)] for r, n in found.by_region.items()],
            ),
            "years": [
                charts.Bar(str(y) if y != partial else _("to %(day)s") % {"day": ends}, n)
                for y, n in found.by_year.items()
            ],
            "ticks": [str(year) for year in full_years],
            "region_lines": [
                charts.Series(regions[r], [found.by_year_and_region.get((y, r), 0) for y in full_years])
                for r in [code for code in found.by_region if code != "elsewhere"][:4]
            ],
            "cause_lines": [
                charts.Series(causes[c], [found.by_year_and_cause.get((y, c), 0) for y in full_years])
                for c in [code for code in found.by_cause if code != MIXED][:4]
            ],
            "cause_trend_note": f"{note} {_('Mixed and unknown causes are in the table only.')} {left_out}",
            "cause_bars": [charts.Bar(causes[c], n) for c, n in found.by_cause.items()],
            "by_region": _by_year(
                _("Region"), regions, found.years, found.by_year_and_region, label=_("All regions by year")
            ),
            "by_cause": _by_year(
                _("Cause"), causes, found.years, found.by_year_and_cause, label=_("All causes by year")
            ),
        },
    )


def _by_year(
    head: str, names: dict[str, str], years: tuple[int, ...], sums: dict[tuple[int, str], int], *, label: str
) -> SafeString:
    rows = [[name, *(charts.figures(sums.get((year, code), 0)) for year in years)] for code, name in names.items()]
    return charts.as_table([head, *(str(year) for year in years)], rows, label=label)


@public
def missing_migrants_csv(request: HttpRequest) -> HttpResponse:
    """Every row, with credit, licence and limits in its first lines. A text that a spreadsheet would run is disarmed."""
    found = queries.picture()
    if found is None:
        raise Http404
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for line in (
        f"# {CREDIT}, {found.edition.as_of:%Y-%m-%d}",
        "# github.com/iom/missing-migrants-graphic, MIT licence, (c) 2025 OIM - UN Migration",
        *(f"# {limit}" for limit in words.limits(found.edition.as_of)),
    ):
        writer.writerow([line])
    writer.writerow(["year", "cause", "published_cause", "longitude", "latitude", "people", "region_our_grouping"])
    for row in queries.rows(found.edition.pk):
        writer.writerow([row.year, row.cause, disarm(row.published_cause), row.lon, row.lat, row.people, row.region])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="missing-migrants-{found.edition.as_of:%Y-%m-%d}.csv"'
    return response


def disarm(text: str) -> str:
    """A text that begins like a formula gets an apostrophe in front (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


@public
def about(request: HttpRequest) -> HttpResponse:
    """Where everything on these pages comes from, and how it was made safe."""
    missing = queries.newest("missing_migrants")
    return _page(
        request,
        "commons/about.html",
        {
            "programme": programme(),
            "facts": queries.newest("facts"),
            "figures": queries.newest("figures"),
            "missing": missing,
            "limits": words.limits(missing.as_of if missing else None),
            "cautions": [words.CAUTIONS[code] for code in words.CAUTIONS],
        },
    )


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database away"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everyone may read the public side."""
    return HttpResponse("User-agent: *\nAllow: /\n", content_type="text/plain")
