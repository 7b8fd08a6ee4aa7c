"""The organisations that must not know of a person, as the person said: who is named, and who may be."""

from __future__ import annotations

from django.db.models import Q

from compass.access.models import Organisation, OrganisationKind
from compass.access.work import Work
from compass.people.models import Consent, Person
from compass.people.queries import receivers
from compass.vocabulary import in_order


def named_in(consent: Consent | None) -> list[Organisation]:
    """The organisations named in an answer, by name; one query where there are any."""
    if consent is None or not consent.not_to:
        return []
    return list(Organisation.objects.filter(pk__in=consent.not_to).order_by("name"))


def may_be_named(work: Work, person: Person, consent: Consent | None) -> list[Organisation]:
    """Whom something about a person of this office could be told, whoever was told something, and whoever the person named
    already: partners of this country and of all countries first, then the other country offices of the programme."""
    here = work.actor.organisation
    offices = Q(kind=OrganisationKind.OFFICE) & ~Q(country="")
    partners = ~Q(kind__in=(OrganisationKind.OFFICE, OrganisationKind.DONOR)) & Q(country__in=(here.country, ""))
    before = Q(pk__in=consent.not_to if consent else []) | Q(name__in=receivers(work, person))
    found = list(Organisation.objects.filter(offices | partners | before).exclude(pk=here.pk))
    return sorted(found, key=lambda row: (row.kind == OrganisationKind.OFFICE, in_order(row.name)))
