"""What the parsers name by codes, in words that a reader of any of the three languages understands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from compass.commons.models import PublishedFact
from compass.ui.charts import figures
from compass.ui.words import day

FIGURES: dict[str, str | Promise] = {
    "protection": _("Migrants who received protection services"),
    "humanitarian_assistance": _("of these, humanitarian or direct assistance"),
    "comprehensive_assistance": _("of these, comprehensive assistance"),
    "returns": _("Migrants helped to return"),
    "returns_to_february_2024": _("Migrants helped to return, up to 6 February 2024"),
    "returns_one_flight": _("People returned from Niger to Bamako on one flight, 16 December 2022"),
    "reintegration": _("People who received reintegration assistance"),
    "reintegration_full": _("People who received full reintegration assistance"),
    "migrants_assisted": _("Migrants assisted"),
    "trained": _("Officials and partners trained"),
    "trained_one_course": _("Front-line staff trained in one course, 24 to 27 June 2025"),
    "satisfaction": _("Satisfaction with the services"),
    "young_people_reached": _("Young people reached"),
    "ambassadors_trained": _("Community ambassadors trained"),
    "budget": _("Budget"),
}
BOUNDS: dict[str, str | Promise] = {
    "over": _("over %(value)s"),
    "at_least": _("at least %(value)s"),
    "up_to": _("up to %(value)s"),
    "about": _("about %(value)s"),
    "exact": "%(value)s",
}
CAUTIONS: dict[str, str | Promise] = {
    "cumulative_not_one_year": _("Several years together; not to be compared with one year, nor added to one."),
    "exceeds_sum_of_years": _("Higher than the years added together; both are kept as they were published."),
    "part_of_another_figure": _("Already part of another figure; not to be added to it."),
    "some_countries_only": _("Some of the countries only."),
    "one_event_only": _("One event, not the whole period."),
    "bound_not_exact": _("Published as an approximation, not as an exact count."),
    "mixes_assistance_and_protection": _("Adds figures that were counted under different names."),
    "difference_of_over_and_exact": _("An approximate figure minus an exact one; the true number is not known."),
}
KINDS: dict[str, str | Promise] = {
    "published": _("published"),
    "cumulative": _("published, cumulative"),
    "derived": _("derived by us"),
    "synthetic": _("synthetic"),
}
SOURCES: dict[str, str | Promise] = {
    "000_1c9ab18c727b726b.txt": _("COMPASS fact sheet of the first phase, IOM"),
    "002_056f38850ad3c198.txt": _("IOM press release, Geneva, 27 June 2024"),
    "computed from the figures named": _("Computed from the published figures"),
}
CAUSES: dict[str, str | Promise] = {
    "drowning": _("Drowning"),
    "sickness_accidents_harsh_conditions": _("Sickness, accidents, harsh conditions"),
    "transport_hazards": _("Transport hazards"),
    "violence": _("Violence"),
    "mixed_or_unknown": _("Mixed or unknown"),
}
REGIONS: dict[str, str | Promise] = {
    "english_channel": _("English Channel"),
    "atlantic_route": _("Atlantic route to the Canary Islands"),
    "mediterranean": _("Mediterranean Sea and its shores"),
    "red_sea_gulf_of_aden": _("Red Sea and Gulf of Aden"),
    "northern_africa": _("Northern Africa, north of the Sahara"),
    "sahara": _("Sahara"),
    "western_africa": _("Western Africa"),
    "eastern_africa_horn": _("Eastern Africa and the Horn"),
    "central_africa": _("Central Africa"),
    "southern_africa_indian_ocean": _("Southern Africa and the Mozambique Channel"),
    "middle_east": _("Middle East"),
    "bay_of_bengal": _("Bay of Bengal and Andaman Sea"),
    "southern_asia": _("Southern Asia, with Iran and Afghanistan"),
    "south_eastern_asia": _("South-eastern Asia"),
    "eastern_central_asia": _("Eastern and Central Asia"),
    "europe": _("Europe"),
    "us_mexico_border": _("Border of Mexico and the United States"),
    "caribbean": _("Caribbean Sea and the Straits of Florida"),
    "central_america_mexico": _("Mexico, Central America and the Darién"),
    "south_america": _("South America"),
    "northern_america": _("Northern America"),
    "elsewhere": _("Elsewhere"),
}
LIMITS: dict[str, str | Promise] = {
    "minimum_estimates": _("These are minimum estimates: many deaths are never recorded."),
    "no_event_below_ten_people": _("The file holds no row of fewer than 10 people, so IOM’s own total is higher."),
    "last_year_unfinished": _("The last year ends on %(day)s."),
    "places_approximate": _("Places are approximate; many are rounded to a whole degree."),
    "regions_are_our_grouping_by_coordinates": _("The regions are our own grouping by coordinates, not IOM’s."),
    "several_causes_counted_as_mixed": _("Rows that name several causes are counted as mixed or unknown."),
}


def limits(as_of: date | None) -> list[str]:
    """What is to be said wherever the missing are shown, as of that day."""
    ends = day(as_of, form="year") if as_of else ""
    told = [text for code, text in LIMITS.items() if code != "last_year_unfinished" or unfinished(as_of)]
    return [str(text) % {"day": ends} for text in told]


def unfinished(as_of: date | None) -> bool:
    """Whether the last year was not over yet on that day."""
    return as_of is not None and (as_of.month, as_of.day) != (12, 31)


def value(fact: PublishedFact) -> str:
    """The value as it was given: "over 35,500", "82%", "55,000,000 euros"."""
    number = figures(fact.value)
    if fact.unit == "percent":
        number = gettext("%(value)s%%") % {"value": number}
    elif fact.unit == "EUR":
        number = euros(fact.value)
    return str(BOUNDS[fact.bound]) % {"value": number}


def euros(amount: int | Decimal) -> str:
    """A sum in euros; whole millions in words."""
    millions, rest = divmod(int(amount), 1_000_000)
    if millions and not rest:
        return ngettext("%(millions)d million euros", "%(millions)d million euros", millions) % {"millions": millions}
    return gettext("%(value)s euros") % {"value": figures(amount)}


def cautions(fact: PublishedFact) -> list[str]:
    """What a reader must know before comparing or adding."""
    return [str(CAUTIONS[code]) for code in fact.cautions]
