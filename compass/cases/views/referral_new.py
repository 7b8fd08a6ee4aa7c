"""Writing a referral: to whom, which service, only what that service needs; and changing a draft."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compass.access.models import Grant, Organisation, OrganisationKind
from compass.access.pages import page
from compass.access.policy import RULES
from compass.access.work import Work
from compass.cases.actions.handover import unmet_needs
from compass.cases.actions.plan import steps_ahead
from compass.cases.actions.referral import (
    ReferralChanged,
    ReferralPrepared,
    change_referrals,
    consulate_allowed,
    fields_for,
    prepare_referrals,
    to_be_read,
)
from compass.cases.forms_referral import ReferralForm, ReferralServiceForm, ReferralStartForm
from compass.cases.giveaway import in_words, told_of
from compass.cases.models import Case, CaseReferral, Referral
from compass.cases.models.case import OPEN
from compass.cases.views.common import compare, find_case
from compass.cases.views.referral_words import payload_of
from compass.people import consent
from compass.people.models import Person
from compass.people.queries import contact_of
from compass.people.reach import may_be_called
from compass.problems import NoConsulate, NotFound


@require_http_methods(["GET", "POST"])
@page("referrals.prepare")
def refer(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """Three short steps: to whom, which service, then only what that service needs to know."""
    case, _files = find_case(work, pk, "referrals.prepare")
    person = work.find("people.view", Person, case.person_id)
    context: dict[str, Any] = {"case": case, "person": person, "others": _others(work, case, person)}
    partners = _partners(work)
    spoken = consent.consents_of([person.pk])[person.pk]
    given = consent.last_word(spoken)
    start = ReferralStartForm(request.POST or None, partners=partners, named=given.not_to if given else ())
    if not start.is_valid():
        context |= {"form": start, "first": True, "nobody": not partners}
        return TemplateResponse(request, "cases/referral_new.html", context)
    to = UUID(start.cleaned_data["to"])
    receiver = next(each for each in partners if each.pk == to)
    own = work.allowed("referrals.view", Referral).filter(to_organisation_id=to)
    before = sorted(set(own.values_list("service", flat=True)))
    which = ReferralServiceForm(
        request.POST if "service" in request.POST else None,
        planned=steps_ahead(case.pk), needed=unmet_needs([case]), before=before, initial={"to": to},
    )  # fmt: skip
    if not which.is_valid():
        context |= {"form": which, "first": True, "receiver": receiver}
        return TemplateResponse(request, "cases/referral_new.html", context)
    service = which.cleaned_data["service"]
    try:
        consulate_allowed(case.person_id, service)
    except NoConsulate as problem:
        which.add_error("service", str(problem))
        context |= {"form": which, "first": True, "receiver": receiver}
        return TemplateResponse(request, "cases/referral_new.html", context)
    answer = consent.allows(case.person_id, recipient=receiver, service=service, at=work.now)
    contact = contact_of(work, person)
    form = ReferralForm(
        request.POST if "key" in request.POST else None,
        initial={"service": service, "to": to},
        names=fields_for(service, person),
        covered=bool(answer),
        called=may_be_called(contact),
    )
    if form.is_valid() and _says_nothing(work, person, form):
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope("consent" if answer else "vital_interest", id=pk)
            (made,) = prepare_referrals(
                work,
                [
                    ReferralPrepared(
                        **told,
                        service=service,
                        to_organisation_id=to,
                        priority=data["priority"],
                        fields=form.minimum(),
                        share_contact=data.get("share_contact", False),
                        override=data.get("override", ""),
                    )
                ],
            )
            return redirect("cases:referral", pk=made.pk)
    context |= {
        "form": form, "receiver": receiver, "service": service, "answer": answer, "contact": contact,
        "no": consent.spoken_no(spoken, receiver, service),
    }  # fmt: skip
    return TemplateResponse(request, "cases/referral_new.html", context)


def _partners(work: Work) -> list[Organisation]:
    """Organisations of this country where someone can read a referral; one that nobody reads would help no one."""
    valid = Q(valid_to__isnull=True) | Q(valid_to__gt=work.now)
    readers = Grant.objects.filter(
        valid, organisation=OuterRef("pk"), role__in=RULES["referrals.inbox"].roles, user__is_active=True,
        valid_from__lte=work.now,
    )  # fmt: skip
    near = Q(country=work.actor.organisation.country) | Q(country="")
    kinds = (OrganisationKind.PARTNER, OrganisationKind.UNHCR, OrganisationKind.MINISTRY)
    return list(Organisation.objects.filter(near, Exists(readers), kind__in=kinds).order_by("name"))


def _others(work: Work, case: Case, person: Person) -> list[tuple[Person, Case | None]]:
    """The others of the household, each with its open case: who is ill must be chosen, never guessed."""
    rows = work.allowed("people.view", Person).filter(household_id=person.household_id).exclude(pk=person.pk)
    people = list(rows.defer("identity_sealed", "contact_sealed").order_by("age_band", "code"))
    found = work.allowed("cases.view", Case).filter(person__in=people, status__in=OPEN)
    cases = {each.person_id: each for each in found}
    work.saw(people)
    return [(each, cases.get(each.pk)) for each in people]


def _says_nothing(work: Work, person: Person, form: ReferralForm) -> bool:
    """Whether no answer tells who it is; each that does is refused beside it, with its words."""
    for name, words in to_be_read(form.minimum()).items():
        if found := told_of(work, person, words):
            form.add_error(name, in_words(found))
    return not form.errors


@require_http_methods(["GET", "POST"])
@page("referrals.change")
def change(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """The writer of a draft says something else, before anyone outside has seen it."""
    row = work.find("referrals.send", Referral, pk)
    side = (
        CaseReferral.objects.select_related("case", "person")
        .defer("override_sealed", "at_once_sealed")
        .get(pk=row.origin_id)
    )
    if row.standing != "draft" or side.recorded_by != work.actor.id:
        raise NotFound
    person = work.find("people.view", Person, side.person_id)
    said = payload_of(work, row)
    initial = {
        "service": row.service, "to": row.to_organisation_id, "priority": row.priority, "version": row.version,
        "share_contact": said["contact"] is not None, **said["fields"],
    }  # fmt: skip
    contact = contact_of(work, person)
    form = ReferralForm(
        request.POST or None, names=fields_for(row.service, person), covered=True, called=may_be_called(contact),
        initial=initial,
    )  # fmt: skip
    if form.is_valid() and _says_nothing(work, person, form):
        data = form.cleaned_data
        with work.attempt(form):
            told = form.envelope(side.basis, id=pk, **form.mark())
            shares = data.get("share_contact", False)
            change_referrals(
                work,
                [ReferralChanged(**told, priority=data["priority"], fields=form.minimum(), share_contact=shares)],
            )
            messages.success(request, _("Saved. The draft is still unsent."))
            return redirect("cases:referral", pk=pk)

    def theirs(current: Referral) -> dict[str, Any]:
        kept = payload_of(work, current)
        fields = {name: kept["fields"].get(name, "") for name in form.names}
        calls = {"share_contact": kept["contact"] is not None} if "share_contact" in form.fields else {}
        return {"priority": current.priority, **calls, **fields}

    context = {
        "case": side.case, "person": person, "form": form, "service": row.service, "draft": row,
        "contact": contact, "receiver": Organisation.objects.get(pk=row.to_organisation_id),
        "compared": compare(form, theirs),
    }  # fmt: skip
    return TemplateResponse(request, "cases/referral_new.html", context)
