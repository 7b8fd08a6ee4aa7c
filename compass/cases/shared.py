"""What of a person was shared by referrals and handovers, in sentences to be read aloud: see `compass.people.shared`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from compass.access.models import Organisation, Receipt
from compass.access.work import Work
from compass.cases.actions.referral import DELIVERED, MAY_NAME, READABLE
from compass.cases.forms_referral import field_label
from compass.cases.models import Handover, HandoverPerson, Referral
from compass.cases.standards import link
from compass.people.models import Consent, Person
from compass.people.shared import Shared
from compass.problems import KeyAbsent
from compass.ui.words import day as _day
from compass.vocabulary import label_of

REACHED = frozenset({"acknowledged", "accepted", "waitlisted", "rejected", "done", "no_show"})


def day(moment: datetime) -> str:
    return _day(moment, form="year")


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Organisation.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def referred(work: Work, person: Person) -> list[Shared]:
    """Referrals that were sent. A draft was never shared."""
    if not work.may("referrals.view"):
        return []
    mine = work.allowed("referrals.view", Referral).filter(origin__person=person, sent_at__isnull=False)
    rows = list(
        mine.select_related("origin").defer("answer_sealed", "origin__override_sealed", "origin__at_once_sealed")
    )
    names = _names(row.to_organisation_id for row in rows)
    ends = at_the_latest(person, rows)
    work.keys.load([row.pk for row in rows])
    return [_referral(work, row, names.get(row.to_organisation_id, ""), ends[row.pk]) for row in rows]


def at_the_latest(person: Person, rows: list[Referral]) -> dict[UUID, datetime]:
    """When each partner's time to read is over at the latest: its key belongs to it and is not seen from here."""
    sent = Receipt.objects.filter(action="referrals.send", result_id__in=[row.pk for row in rows])
    recorded = dict(sent.values_list("result_id", "recorded_at"))
    rows_said = Consent.objects.filter(person=person).order_by("occurred_at", "recorded_at", "id")
    consents = list(rows_said.values_list("recorded_at", "expires_on"))
    found = {}
    for row in rows:
        at = max(moment for moment in (row.sent_at, row.origin.recorded_at, recorded.get(row.pk)) if moment)
        said = consents if row.origin.consent_id else []
        # The yes it was sent under, and every end named since: a key never lasts longer again.
        last = [until for told, until in said if told <= at][-1:] + [until for told, until in said if told > at]
        ends = [datetime.combine(min(last) + timedelta(days=1), time(), UTC)] if last else []
        found[row.pk] = min([at + READABLE, *ends])
    return found


def _referral(work: Work, row: Referral, partner: str, end: datetime) -> Shared:
    against = _against(row)
    told = {"partner": partner, "day": day(row.sent_at or end), "service": label_of("service", row.service)}
    on_consent = row.origin.consent_id is not None
    readable = row.recalled_at is None and end > work.now
    if row.recalled_at is not None:
        today = _("It was taken back on %(day)s. Since then they can open it no more.") % {"day": day(row.recalled_at)}
    elif readable:
        today = _("They can read it until %(day)s at the latest.") % {"day": day(end)}
    else:
        today = _("Their time to read it was over on %(day)s.") % {"day": day(end)}
    return Shared(
        at=row.sent_at or end,
        told=_("On %(day)s we told %(partner)s that this help is needed: %(service)s.") % told,
        content=_content(work, row),
        ground=_ground(row.origin.basis),
        today=today,
        open=readable,
        back=_("When consent to this sharing is taken back, it is taken back from them at once.")
        if on_consent
        else " ".join(
            filter(
                None,
                (
                    against,
                    _("It was told because life, health or safety was at stake. It stays when consent is taken back."),
                ),
            )
        ),
        remains=_what_stays(row),
        address=link("cases:referral", row.pk),
    )


def _against(row: Referral) -> str:
    """That it was told although the person had said no, and who agreed to it first."""
    if not row.origin.after_no:
        return ""
    if row.origin.at_once_by is not None:
        return _("You had said no to this. It was told at once, because minutes counted for life or health.")
    return _("You had said no to this. A second person read it and agreed before it was told.")


def _ground(basis: str) -> str:
    return _("On this ground: %(ground)s.") % {"ground": label_of("legal_basis", basis)}


def _content(work: Work, row: Referral) -> str:
    """Which pieces of information went along, never what they say."""
    try:
        payload: Mapping[str, Any] = work.keys.open(
            row.payload_sealed, table="cases_referral", column="payload_sealed", subject=row.pk
        )
    except KeyAbsent:
        return _("What it said opens no more, not for us either.")
    pieces = [_("Sex"), _("Age"), *([_("Languages")] if payload["languages"] else [])]
    pieces += [field_label(name) for name in payload["fields"]]
    pieces += [_("Telephone")] if payload["contact"] else []
    listed = " · ".join(pieces)
    if MAY_NAME.intersection(payload["fields"]):
        return _("They were told: %(pieces)s.") % {"pieces": listed}
    return _("They were told: %(pieces)s. They were not told the name.") % {"pieces": listed}


def _what_stays(row: Referral) -> str:
    if row.status == "done" and row.outcome in DELIVERED:
        return _(
            "They gave this help and keep their own record of it, as their profession demands: that cannot be called back."
        )
    if row.acknowledged_at is not None or row.status in REACHED:
        return _("What they have read cannot be called back; they can only be asked to stop using it.")
    return ""


def handed_over(work: Work, person: Person) -> list[Shared]:
    """Offers to another office, and the handover by which the record came here."""
    if not work.may("handovers.view"):
        return []
    about = HandoverPerson.objects.filter(person=person)
    grounds = dict(about.values_list("handover_id", "basis"))
    mine = work.allowed("handovers.view", Handover).filter(pk__in=grounds)
    rows = list(mine.defer("note_sealed", "answer_sealed"))
    names = _names(pk for row in rows for pk in (row.organisation_id, row.to_organisation_id))
    return [_handover(work, row, names, grounds[row.pk]) for row in rows]


def _handover(work: Work, row: Handover, names: Mapping[UUID, str], basis: str) -> Shared:
    words = {"office": names.get(row.to_organisation_id, ""), "sender": names.get(row.organisation_id, "")}
    given: dict[str, Any] = {"ground": _ground(basis), "address": link("cases:handover", row.pk)}
    if row.status == "accepted":
        at = row.answered_at or row.offered_at
        return Shared(
            at=at,
            told=_("On %(day)s %(sender)s handed the whole record over to %(office)s.") % {**words, "day": day(at)},
            today=_("%(sender)s can open it no more.") % words,
            open=False,
            remains=_("What was accepted is not handed back when consent is taken back: %(office)s is responsible now.")
            % words,
            **given,
        )
    ended = row.answered_at if row.status != "offered" else row.expires_at if row.expired(work.now) else None
    return Shared(
        at=row.offered_at,
        told=_("On %(day)s the record was offered to %(office)s.") % {**words, "day": day(row.offered_at)},
        content=_("They see needs, ages and a note; no name before they accept."),
        today=_("The offer ended on %(day)s. Nothing was handed over.") % {"day": day(ended)}
        if ended
        else _("They can accept it until %(day)s.") % {"day": day(row.expires_at)},
        open=ended is None,
        back=_("When consent to this sharing is taken back, the offer falls at once and nothing is handed over."),
        remains=_("What they read in the offer cannot be called back; it names nobody."),
        **given,
    )
