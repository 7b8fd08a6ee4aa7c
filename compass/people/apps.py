from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from compass.access.work import Work


def _keeps_voices(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("people.voices"))


def _searches(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("people.search"))


def _watches(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("people.searches"))


def _answers(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("people.rights_list"))


def _keeps_time(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("people.retention_list"))


def _coded(work: Work, code: str) -> UUID | None:
    """Whose code it is, for whoever reads the trail."""
    from compass.people.models import Person

    return work.allowed("trail.view", Person).filter(code=code).values_list("pk", flat=True).first()


def _judges(request: HttpRequest) -> bool:
    work = getattr(request, "work", None)
    return work is not None and bool(work.may("people.pairs"))


class PeopleConfig(AppConfig):
    name = "compass.people"
    label = "people"
    functions: ClassVar[dict[str, str]] = {
        "compass_erasures_due()": "compass_app",
        "compass_coarsen(text, jsonb)": "compass_app",
        "compass_says_quarters(uuid)": "compass_app",
        "compass_met_elsewhere(uuid[], uuid[])": "compass_app",
        "compass_terms_over(timestamptz)": "compass_app",
    }

    def ready(self) -> None:
        from compass.access.actions import ask_consent, on_coarse
        from compass.access.coded import codes_read_by
        from compass.access.work import on_taking_up

        # Importing the jobs is what makes the queue know the nightly matcher.
        from compass.people import consent, holding, jobs, links, narrowing, registry, shared  # noqa: F401
        from compass.people.actions.coarsening import mend, take_up
        from compass.people.actions.elsewhere import end_after_consent, end_with_keys
        from compass.people.actions.photos import follow_consent
        from compass.people.elsewhere import asking_of, asks_to_open, told_elsewhere, told_of
        from compass.people.merging import known_also_as, merges_to_open, merging_of, must_not_be_erased
        from compass.people.retention import requests_open
        from compass.people.searching.duplicates import same_people
        from compass.ui import navigation

        ask_consent(consent.must_cover)
        holding.declare()
        narrowing.declare()
        on_taking_up(take_up)
        on_coarse(mend)
        registry.refer("people.Exact", "person", moves=True)
        registry.on_consent(follow_consent)
        registry.refer("people.SearchToken", "person_id", moves=False)
        registry.refer("people.Search", "about", moves=False)
        registry.refer("people.Judgement", "first", moves=False)
        registry.refer("people.Judgement", "second", moves=False)
        registry.refer("people.Person", "merged_into", moves=False)
        registry.refer("people.Merge", "absorbed", moves=False)
        registry.refer("vault.SubjectKey", "subject_id", moves=True)
        registry.refer("vault.Erasure", "subject_id", moves=False)
        registry.refer("trail.Subject", "subject_id", moves=False)
        registry.refer("access.Receipt", "result_id", moves=False)
        registry.refer("people.Pair", "first", moves=False)
        registry.refer("people.Pair", "second", moves=False)
        registry.before_merge(must_not_be_erased)
        registry.on_stays(requests_open)
        links.register(same_people)
        shared.register(shared.papers)
        registry.on_consent(end_after_consent)
        registry.on_erasure(end_with_keys)
        registry.on_receivers(told_of)
        shared.register(told_elsewhere)
        links.register(known_also_as)
        links.register(asks_to_open)
        links.register(merges_to_open)
        links.register_acts(merging_of)
        links.register_acts(asking_of)
        codes_read_by(_coded)
        navigation.register(label=_("Find"), url_name="people:find", order=25, visible=_searches)
        navigation.register(label=_("Possible duplicates"), url_name="people:pairs", order=27, visible=_judges)
        navigation.register(label=_("Requests"), url_name="people:rights_list", order=74, visible=_answers)
        navigation.register(label=_("Searches"), url_name="people:searches", order=75, visible=_watches)
        navigation.register(label=_("Retention"), url_name="people:retention_list", order=76, visible=_keeps_time)
        navigation.register(label=_("Voices"), url_name="people:voices", order=70, visible=_keeps_voices)
