"""The pages of referral: the office prepares, looks, sends; the partner answers and says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compass.access import openings
from compass.access.models import Organisation
from compass.access.pages import page
from compass.access.work import Work
from compass.cases.actions.referral import (
    ReferralStep,
    SentAtOnce,
    drop_referrals,
    note_outcomes,
    review_referrals,
    revoke_referrals,
    send_referrals,
)
from compass.cases.actions.referral_answer import (
    FilesAdded,
    ReferralAnswer,
    ReferralOutcome,
    answer_referrals,
    attach_files,
    record_outcomes,
)
from compass.cases.forms_referral import (
    AnswerForm,
    LateFileForm,
    NoteForm,
    OutcomeForm,
    SendForm,
    StepForm,
)
from compass.cases.models import CaseReferral, Referral, ReferralFile
from compass.cases.models.referral import LAST_MOVED
from compass.cases.views.overtaken import no_longer_fits
from compass.cases.views.referral_words import at_once, facts, override, payload_of, who
from compass.people import consent
from compass.people.grounds import ACCOUNT
from compass.problems import Denied, KeyAbsent, NotFound
from compass.ui import uploads
from compass.ui.compare import is_stale, renew, rows
from compass.vocabulary import code_list, label_of

PAGE = 50
WEEK = 7 * 24
#: The partner does not see on which basis the office referred; its own is the care it was asked for.
PARTNERS_BASIS = "public_interest"
#: The partner waits for the person, who says the code.
AWAITED = ("sent", "acknowledged", "waitlisted", "accepted")
ANSWERABLE = ("sent", "acknowledged", "waitlisted")
PARTNER_SAID = ("waitlisted", "accepted", "rejected", "done")
Said = AnswerForm | OutcomeForm | LateFileForm
PARTS: dict[str, type[Said]] = {"answer": AnswerForm, "outcome": OutcomeForm, "file": LateFileForm}
#: What the partner says next, by the state of the referral.
NEXT = {**dict.fromkeys(ANSWERABLE, "answer"), "accepted": "outcome", "done": "file"}


@require_safe
@page("referrals.list")
def referrals(request: HttpRequest, work: Work) -> HttpResponse:
    """What was referred to us and what we referred; names no case and no person. First, whatever became of its case, where
    a file came that nobody of the office has looked at."""
    inbox = work.allowed("referrals.inbox", Referral) if work.may("referrals.inbox") else Referral.objects.none()
    outbox = work.allowed("referrals.view", Referral) if work.may("referrals.view") else Referral.objects.none()
    if not (work.may("referrals.inbox") or work.may("referrals.view")):
        raise Denied
    sealed = ("payload_sealed", "answer_sealed")
    received = list(inbox.defer(*sealed).order_by("-sent_at", "-id")[:PAGE])
    late = Q(filed_at__isnull=False, filed_at__gt=F("origin__noted_at"))
    ours = outbox.defer(*sealed).select_related("origin").order_by(LAST_MOVED, "-origin__recorded_at", "-id")
    unseen = list(ours.filter(late)[:PAGE])
    sent = [*unseen, *ours.exclude(pk__in=[r.pk for r in unseen])[:PAGE]]
    names = _names([r.sent_by_id for r in received] + [r.to_organisation_id for r in sent])
    work.saw(received)
    work.saw(r.origin for r in sent)
    context = {
        "received": [(r, names.get(r.sent_by_id, "")) for r in received],
        "sent": [(r, names.get(r.to_organisation_id, ""), r.origin.missed(r)) for r in sent],
        "sends": work.may("referrals.view"),
    }
    return TemplateResponse(request, "cases/referrals.html", context)


def _names(ids: list[UUID]) -> dict[UUID, str]:
    return dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))


def _find(work: Work, pk: UUID) -> tuple[Referral, bool]:
    """The referral and whether the reader is on the sender's side. Raises NotFound."""
    for rule, sender in (("referrals.view", True), ("referrals.inbox", False)):
        if work.may(rule):
            row = work.allowed(rule, Referral).filter(pk=pk).first()
            if row is not None:
                work.saw([row])
                return row, sender
    raise NotFound


def _opened(work: Work, row: Referral, sender: bool) -> dict[str, Any]:
    """What the referral says, or why it cannot be opened any more."""
    try:
        payload = payload_of(work, row)
        openings.count(work, [row.pk])
        answer = work.keys.open(row.answer_sealed, table="cases_referral", column="answer_sealed", subject=row.pk) or {}
        # A telephone names a photo as its owner likes, also by a person: only who sent it reads that.
        files = [
            (f, "" if sender else _named(work, f))
            for f in ReferralFile.objects.filter(referral=row).defer("content_sealed").order_by("recorded_at", "id")
        ]
    except KeyAbsent:
        return {"closed": True}
    return {
        "who": who(payload),
        "said": facts(payload, sender),
        "answer": answer,
        "files": files,
        "contact": payload["contact"],
    }


def _named(work: Work, file: ReferralFile) -> str:
    place: dict[str, Any] = {"table": "cases_referralfile", "column": "name_sealed"}
    return str(work.keys.open(file.name_sealed, **place, subject=file.referral_id, row=file.pk))


@require_http_methods(["GET", "POST"])
@page("referrals.read")
def referral(request: HttpRequest, work: Work, pk: UUID) -> HttpResponse:
    """One referral, from either side. The partner answers here and records the outcome."""
    row, sender = _find(work, pk)
    if request.method != "POST":
        return TemplateResponse(request, "cases/referral.html", _context(work, row, sender, _blank(work, row, sender)))
    if sender or not work.may("referrals.answer"):
        raise NotFound
    dropped = uploads.dropped(request)
    form = _sent(request, row, files=not dropped)
    if dropped and not isinstance(form, AnswerForm):
        form.add_error("photo", uploads.refused(_("it is too large")).what)
    elif form.is_valid():
        with work.attempt(form):
            _answer(work, row, form)
            messages.success(request, _("Saved. The office that referred sees it."))
            return redirect("cases:referral", pk=pk)
    if not isinstance(form, AnswerForm):
        form.choose_again()
    row, sender = _find(work, pk)
    context = _context(work, row, sender, form)
    context |= _overtaken(work, row, form, context)
    lost = bool(request.FILES) and context["form"] is not form
    return TemplateResponse(request, "cases/referral.html", context | {"lost": lost})


def _part(row: Referral) -> str:
    """What the partner does next with a referral: the answer, the outcome, a file that was missing, or nothing."""
    return NEXT.get(row.status, "")


def _blank(work: Work, row: Referral, sender: bool) -> Said | None:
    if sender or not work.may("referrals.answer") or not _part(row):
        return None
    return PARTS[_part(row)](initial={"version": row.version})


def _sent(request: HttpRequest, row: Referral, *, files: bool) -> Said:
    """The form that was on the sender's screen, whatever a colleague did meanwhile."""
    said = request.POST.get("part", "")
    kind = PARTS.get(said) or PARTS.get(_part(row)) or AnswerForm
    return kind(request.POST, request.FILES if files else None, initial={"version": row.version})


def _overtaken(work: Work, row: Referral, form: Said, context: Mapping[str, Any]) -> dict[str, Any]:
    """Both versions when a colleague answered first; and, once the form no longer fits, the one that does."""
    over = not isinstance(form, PARTS.get(_part(row), type(None)))
    if not over and not is_stale(form):
        return {}
    compared = rows(form, _saved(row, form, context.get("answer") or {}))
    if not over:
        renew(form, version=row.version)
        return {"compared": compared}
    no_longer_fits(form)
    answered = row.status in PARTNER_SAID and not context.get("closed")
    blank = None if context.get("closed") else _blank(work, row, False)
    return {"told": form, "compared": compared, "answered": answered, "form": blank}


def _saved(row: Referral, form: Said, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is saved, as the answers of the form; the partner's page shows its own words in the clear."""
    if isinstance(form, LateFileForm):
        return {}
    if isinstance(form, OutcomeForm):
        return {"outcome": row.outcome, "delivered_on": row.delivered_on, "note": told.get("outcome")}
    answer = "" if row.status == "sent" else label_of("referral_status", row.status)
    return {"answer": answer, "reason": row.rejection_reason, "note": told.get("answer")}


def _context(work: Work, row: Referral, sender: bool, form: Any) -> dict[str, Any]:
    names = _names([row.sent_by_id, row.to_organisation_id])
    side = case = None
    if sender:
        side = CaseReferral.objects.select_related("case", "person").get(pk=row.origin_id)
        case = side.case
        work.saw([side])
    hours = int(code_list("referral_priority").require(row.priority).extra["hours"])
    opened = _opened(work, row, sender)
    if opened.get("closed") and form is not None and not form.is_bound:
        form = None
    missed = side is not None and side.missed(row)
    unnoted = side is not None and row.status in {"done", "rejected"} and (side.noted_at is None or missed)
    against = side is not None and row.standing == "draft" and _against(side, row)
    reviews = sender and side is not None and (side.awaits_review or (against and not side.agreed_after_no))
    may_review = reviews and work.may("referrals.review") and side is not None and not side.took_part(work.actor.id)
    return {
        "referral": row, "sender": sender, "form": form, "missed": missed, "awaited": AWAITED,
        "override": override(work, side) if may_review and side is not None else "",
        "may_note": unnoted and work.may("referrals.send"), "side": side, "case": case, "hours": hours,
        "weeks": 0 if hours % WEEK else hours // WEEK,
        "from_name": names.get(row.sent_by_id, ""), "to_name": names.get(row.to_organisation_id, ""),
        "may_change": side is not None and row.standing == "draft" and side.recorded_by == work.actor.id,
        "person": side.person if side is not None else None,
        "step_form": NoteForm(initial={"version": row.version}), "may_send": sender and work.may("referrals.send"),
        "may_review": may_review, "against": against, "agreed": side is not None and side.agreed_after_no,
        "send_form": SendForm(initial={"version": row.version}),
        "at_once": at_once(work, side) if may_review and side is not None else "",
        **opened,
    }  # fmt: skip


def _against(side: CaseReferral, row: Referral) -> bool:
    """Whether the person said no to what this draft on vital interest would share."""
    said = consent.consents_of([side.person_id])[side.person_id] if side.basis == "vital_interest" else []
    return bool(consent.spoken_no(said, Organisation.objects.get(pk=row.to_organisation_id), row.service))


def _answer(work: Work, row: Referral, form: Said) -> None:
    if isinstance(form, LateFileForm):
        _attach(work, row, form)
        return
    data = form.cleaned_data
    told = form.envelope(PARTNERS_BASIS, id=row.pk, **form.mark())
    if isinstance(form, AnswerForm):
        answer_referrals(
            work, [ReferralAnswer(**told, answer=data["answer"], reason=data["reason"], note=data["note"])]
        )
        return
    files = (uploads.checked(data["photo"]),) if data["photo"] else ()
    record_outcomes(
        work,
        [
            ReferralOutcome(
                **told, outcome=data["outcome"], delivered_on=data["delivered_on"], note=data["note"], files=files
            )
        ],
    )


def _attach(work: Work, row: Referral, form: LateFileForm) -> None:
    photo = form.cleaned_data["photo"]
    files = (uploads.checked(photo),) if photo else ()
    attach_files(work, [FilesAdded(**form.envelope(PARTNERS_BASIS, id=row.pk), files=files)])


def _acknowledge(work: Work, row: Referral, told: dict[str, Any]) -> None:
    answer_referrals(work, [ReferralAnswer(**told, answer="acknowledged")])


def _send(work: Work, row: Referral, told: dict[str, Any]) -> None:
    why = told.pop("at_once", "")
    send_referrals(work, [SentAtOnce(**told, why=why) if why else ReferralStep(**told)])


def _review(work: Work, row: Referral, told: dict[str, Any]) -> None:
    review_referrals(work, [ReferralStep(**{**told, "id": row.origin_id})])


STEPS: dict[str, tuple[Callable[[Work, Referral, dict[str, Any]], Any], str | Promise]] = {
    "send": (
        _send,
        gettext_lazy(
            "Sent. The partner can read it now. Give the person this code to say there, and no name: %(code)s"
        ),
    ),
    "revoke": (
        lambda work, row, told: revoke_referrals(work, [ReferralStep(**told)]),
        gettext_lazy("Taken back. The partner’s key is gone; what was read before cannot be called back."),
    ),
    "drop": (
        lambda work, row, told: drop_referrals(work, [ReferralStep(**told)]),
        gettext_lazy("Dropped. Nobody outside your office saw it."),
    ),
    "note": (
        lambda work, row, told: note_outcomes(work, [ReferralStep(**told)]),
        gettext_lazy("Noted. What was given is recorded as a service."),
    ),
    "review": (_review, gettext_lazy("Your review is recorded.")),
    "acknowledge": (_acknowledge, gettext_lazy("The office now knows that you received it.")),
}


@require_POST
@page("referrals.step")
def step(request: HttpRequest, work: Work, pk: UUID, name: str) -> HttpResponse:
    """One button: send, take back, take note, review, acknowledge."""
    row, sender = _find(work, pk)
    if name not in STEPS or (name == "acknowledge") == sender:
        raise NotFound
    form = {"note": NoteForm, "send": SendForm}.get(name, StepForm)(request.POST)
    run, said = STEPS[name]
    if form.is_valid():
        with work.attempt(form):
            legal = _basis(row, name) if sender else PARTNERS_BASIS
            more = {"at_once": form.cleaned_data["at_once"].strip()} if name == "send" else {}
            run(work, row, form.envelope(legal, id=pk, version=form.cleaned_data.get("version"), **more))
            messages.success(request, str(said) % {"code": row.code})
            return redirect("cases:referral", pk=pk)
    row, sender = _find(work, pk)
    if is_stale(form):
        renew(form, version=row.version)
    context = _context(work, row, sender, _blank(work, row, sender))
    shown = {"send_form": form} if name == "send" else {}
    return TemplateResponse(request, "cases/referral.html", {**context, "step_form": form, **shown})


def _basis(row: Referral, name: str) -> str:
    """What a step of the office rests on. Only sending shares anything: taking back, dropping and taking note of what
    came of it must be possible when consent has ended, and then account for what was shared."""
    side = CaseReferral.objects.defer("override_sealed", "at_once_sealed").get(pk=row.origin_id)
    if side.basis != "consent" or name == "send":
        return str(side.basis)
    receiver = Organisation.objects.get(pk=row.to_organisation_id)
    return "consent" if consent.allows(side.person_id, recipient=receiver, service=row.service) else ACCOUNT


@require_safe
@page("referrals.file")
def file(request: HttpRequest, work: Work, pk: UUID, file_pk: UUID) -> HttpResponse:
    """A file of a referral, for either side while it holds the key. Its name in the response says nothing."""
    row, _sender = _find(work, pk)
    found = ReferralFile.objects.filter(referral=row, pk=file_pk).first()
    if found is None:
        raise NotFound
    content = work.keys.open_file(
        found.content_sealed, table="cases_referralfile", column="content_sealed", subject=row.pk, row=found.pk
    )
    work.opens("referrals.file", [row.pk], results=[found.pk])
    return uploads.handed_out(content, found.media_type, row.code)
