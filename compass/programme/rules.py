"""Who may see figures, and of which countries."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from compass.access.actor import Actor
from compass.access.policy import rule

WHOLE_PROGRAMME = frozenset({"donor_desk_officer", "results_officer", "programme_manager", "data_protection_officer"})
OWN_COUNTRY = frozenset(
    {"ministry_focal_point", "supervisor", "centre_manager", "country_manager", "monitoring_officer", "finance_officer"}
)


def figures_of(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    """Every figure for who answers for the whole programme; else those of the countries of the role's grants."""
    if actor.roles & WHOLE_PROGRAMME:
        return Q()
    return Q(country__in={g.country or g.organisation.country for g in actor.grants if g.role in OWN_COUNTRY} - {""})


def everything(actor: Actor, organisations: tuple[UUID, ...]) -> Q:
    return Q()


rule("programme.figures", *WHOLE_PROGRAMME, *OWN_COUNTRY, where=figures_of)
rule("programme.count", "results_officer", where=everything)
