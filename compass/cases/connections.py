"""What this room tells other parts when it starts: sections of the case page, and what must follow a change of consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compass.access import revoking
from compass.access.coded import codes_read_by
from compass.access.models import Organisation
from compass.access.work import Work
from compass.cases import chapters, decisions, holding, ladder, merging, narrowing, retention, vital
from compass.cases.actions.handover import answering, withdraw_after_consent
from compass.cases.actions.referral import recall_after_consent
from compass.cases.chapters import Chapter
from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Handover, HandoverPerson, Referral, Screening
from compass.cases.models.case import OPEN
from compass.cases.queries import ladder_access
from compass.cases.shared import handed_over, referred
from compass.cases.standards import link
from compass.cases.standards.referral import referrals
from compass.people import consent, registry, shared
from compass.people import links as person_links
from compass.people.models import Person
from compass.vocabulary import label_of


def _coded(work: Work, code: str) -> UUID | None:
    """Whose case a code is, for whoever reads the trail."""
    return work.allowed("trail.view", Case).filter(code=code).values_list("person_id", flat=True).first()


def connect() -> None:
    """Called once, when the room starts."""
    holding.declare()
    narrowing.declare()
    codes_read_by(_coded)
    person_links.register(_cases_of)
    person_links.register_acts(_screening_of)
    consent.tell_about(Referral, _referred)
    consent.tell_about(Handover, _handed_over)
    registry.on_consent(recall_after_consent)
    registry.on_consent(withdraw_after_consent)
    registry.on_erasure(_sealed_about)
    revoking.on_revocation(_fall_with)
    registry.on_receivers(_told_about)
    shared.register(referred)
    shared.register(handed_over)
    registry.before_merge(merging.must_be_settled)
    registry.on_readers(merging.readers)
    decisions.register(vital.waiting_vital)
    decisions.register(merging.waiting_merges)
    decisions.register(merging.waiting_asks)
    decisions.register(retention.waiting_retention)
    registry.on_open(retention.still_open)
    registry.on_kinds(retention.kinds)
    registry.on_stays(retention.child_is_missing)
    for column in ("checked_with", "parents_confirmed"):
        registry.refer("cases.BestInterests", column, moves=True)
    registry.refer("cases.HandoverKey", "subject", moves=False)
    chapters.register(gettext_lazy("Referrals"), _referrals, order=20)
    chapters.register(gettext_lazy("Best interests of the child"), _best_interests, order=10)
    chapters.register(gettext_lazy("Handover"), _handover, order=80)


def _fall_with(organisation: UUID) -> None:
    """Open referrals and offers from and to an organisation that was revoked, with the keys of their receivers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT compass_fall_with(%s)", [organisation])


def _sealed_about(work: Work, people: Sequence[UUID]) -> list[UUID]:
    """Referrals of people who are erased, each under a key of its own that its partner holds too."""
    return list(Referral.objects.filter(origin__person__in=people).values_list("pk", flat=True))


def _told_about(work: Work, person: Person) -> list[str]:
    sent = Referral.objects.filter(origin__person=person, sent_at__isnull=False)
    return list(_names(set(sent.values_list("to_organisation_id", flat=True))).values())


def _referred(row: Referral) -> list[UUID]:
    return list(CaseReferral.objects.filter(pk=row.origin_id).values_list("person_id", flat=True))


def _handed_over(row: Handover) -> list[UUID]:
    """Whoever answers for themselves; see `answering`."""
    people = Person.objects.filter(pk__in=HandoverPerson.objects.filter(handover=row).values("person_id"))
    return [person.pk for person in answering(people)]


def _cases_of(work: Work, person: Person) -> list[tuple[str, str]]:
    if not work.may("cases.view"):
        return []
    rows = work.allowed("cases.view", Case).filter(person=person).order_by("-opened_at", "-recorded_at", "-id")
    return [(_("Case %(code)s") % {"code": row.code}, link("cases:case", row.pk)) for row in rows]


def _screening_of(work: Work, person: Person) -> list[person_links.Act]:
    """Screening where none was done; then the open case, or another screening where there is none."""
    if not work.may("cases.screen"):
        return []
    start = link("cases:screen", person.pk)
    if not Screening.objects.filter(person=person).exists():
        return [person_links.Act(_("Start screening"), start)]
    case = (
        work.allowed("cases.view", Case)
        .filter(person=person, status__in=OPEN)
        .order_by("-opened_at", "-recorded_at", "-id")
        .first()
    )
    if case is None:
        return [person_links.Act(_("Screen again"), start, quiet=True)]
    return [person_links.Act(_("Go on in case %(code)s") % {"code": case.code}, link("cases:case", case.pk))]


def _names(ids: set[UUID]) -> dict[UUID, str]:
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _referrals(files: Files, case: Case) -> Chapter | None:
    work = files.work
    if not work.may("referrals.view"):
        return None
    rows = [row for about, _side, row in files.once(referrals) if about.pk == case.pk]
    names = _names({row.to_organisation_id for row in rows})
    links: list[tuple[str, str]] = [
        (
            _("%(service)s, %(partner)s: %(status)s")
            % {
                "service": label_of("service", row.service), "partner": names.get(row.to_organisation_id, ""),
                "status": label_of("referral_status", row.standing),
            },
            link("cases:referral", row.pk),
        )
        for row in rows
    ]  # fmt: skip
    if case.is_open and work.may("referrals.prepare"):
        links.append((_("Refer to a partner"), link("cases:refer", case.pk)))
    moments: list[dict[str, Any]] = []
    for row in rows:
        service, partner = label_of("service", row.service), names.get(row.to_organisation_id, "")
        if row.sent_at:
            moments.append({"at": row.sent_at, "title": _("Referred"), "note": f"{service} · {partner}"})
        if row.done_at:
            moments.append({"at": row.done_at, "title": _("The partner gave the outcome"), "note": service})
    return Chapter(links=links, steps=moments) if links else None


def _best_interests(files: Files, case: Case) -> Chapter | None:
    if not files.work.may("best_interests.view"):
        return None
    children = files.once(ladder.of_households).values()
    found = sorted(
        (child for child in children if child.person.household_id == case.person.household_id),
        key=lambda child: child.person.code,
    )
    if not found:
        return None
    links, facts = [], []
    stopped = way = None
    access = ladder_access(files.work, [child.person.pk for child in found])
    for child in found:
        open_rules = ladder.unmet(child)
        if child.person.pk in access.open:
            links.append(
                (
                    _("Ladder of the child %(code)s, %(age)s")
                    % {"code": child.person.code, "age": _age(child.person.age_band)},
                    link("cases:best_interests", child.person.pk),
                )
            )
        facts.append((child.person.code, _steps_done(child)))
        if child.person.pk == case.person_id and child.record.determination and open_rules:
            missing = len(open_rules)
            stopped = (
                "due", _("The best interests of the child come first"),
                ngettext("%(missing)s step must come first.", "%(missing)s steps must come first.", missing)
                % {"missing": missing},
            )  # fmt: skip
            if child.person.pk in access.open:
                way = _next_step(child)
    if access.lead:
        facts.append((_("Who takes the steps"), access.lead))
    return Chapter(facts=facts, links=links, panel=stopped, way=way)


def _steps_done(child: ladder.Child) -> str:
    steps = ladder.steps(child)
    if not ladder.unmet(child):
        return _("Nothing stands in the way of a return")
    done = sum(step.met(child) for step in steps)
    return ngettext("%(done)s step of %(all)s done", "%(done)s steps of %(all)s done", done) % {
        "done": done, "all": len(steps),
    }  # fmt: skip


def _next_step(child: ladder.Child) -> tuple[str, str]:
    """The first step that is open, with the page of all of them, where each step has its button."""
    step = next((each for each in ladder.steps(child) if not each.met(child)), None)
    url = link("cases:best_interests", child.person.pk)
    return (_("Next: %(step)s") % {"step": step.what} if step else _("Open the steps for the child")), url


def _age(band: str) -> str:
    return label_of("age_band", band) if band else ""


def _handover(files: Files, case: Case) -> Chapter | None:
    work = files.work
    if not work.may("handovers.view"):
        return None
    offers = Handover.objects.filter(pk__in=HandoverPerson.objects.filter(person=case.person_id).values("handover"))
    rows = list(offers.defer("note_sealed", "answer_sealed").order_by("offered_at", "id"))
    names = _names({row.to_organisation_id for row in rows} | {row.organisation_id for row in rows})
    links = [
        (
            _("Offer to %(office)s: %(status)s")
            % {"office": names[row.to_organisation_id], "status": label_of("handover_status", row.stands(work.now))},
            link("cases:handover", row.pk),
        )
        for row in rows
    ]
    if case.is_open and work.may("handovers.offer") and "offered" not in {row.stands(work.now) for row in rows}:
        links.append((_("Hand over to another office"), link("cases:hand_over", case.pk)))
    moments = [
        {
            "at": row.offered_at, "title": _("Offered to another office"), "note": names[row.to_organisation_id],
        }
        for row in rows
    ] + [
        {"at": row.answered_at, "title": _("Taken over"), "note": names[row.to_organisation_id]}
        for row in rows
        if row.status == "accepted"
    ]  # fmt: skip
    return Chapter(links=links, steps=moments) if links else None
