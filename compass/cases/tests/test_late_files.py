"""A photo that was not at hand when the outcome was given: it comes later, nothing before is lost, the office is told."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from compass.cases.actions.referral import ReferralStep, note_outcomes
from compass.cases.actions.referral_answer import MOST_FILES, FilesAdded, attach_files
from compass.cases.files import Files
from compass.cases.models import Case, CaseReferral, Referral, ReferralFile
from compass.cases.standards import moments
from compass.cases.tests.test_referral import PHOTO, agreed, done, sent  # noqa: F401
from compass.cases.tests.test_shared_pages import accepted, made, outcome, said, url  # noqa: F401
from compass.cases.tests.test_shared_pages import sent as sent_by_page  # noqa: F401
from compass.cases.tests.test_uploads import picture
from compass.people.actions import Withdrawal, withdraw_consent
from compass.people.models import Consent, Service
from compass.problems import Invalid, KeyAbsent, WrongState
from compass.vault.identifiers import new_id

pytestmark = pytest.mark.django_db


def attach(work, told, row, *files):
    return attach_files(work, [FilesAdded(**told(id=row.pk), files=files)])[0]


def to_note(at, row):
    """What the work list of the office says about the referral."""
    with at("zinder.social") as work, override("en"):
        case = CaseReferral.objects.select_related("case").get(pk=row.origin_id).case
        return [str(i.due.what) for i in moments(Files(work, [case])) if i.standard.id == "CM-21"]


def test_it_works(at, told, sent):  # noqa: F811
    row = done(at, told, sent)
    with at("zinder.clinic") as work:
        attach(work, told, row, PHOTO)

    with at("zinder.social") as work:
        files = list(ReferralFile.objects.filter(referral=row).order_by("recorded_at", "id"))
        place = {"table": "cases_referralfile", "column": "content_sealed", "subject": row.pk, "row": files[1].pk}
        assert len(files) == 2 and work.keys.open_file(files[1].content_sealed, **place) == PHOTO.content
        assert Referral.objects.get().outcome == "service_completed"


def test_the_office_is_asked_to_look_again_and_the_service_counts_once(at, told, sent):  # noqa: F811
    row = done(at, told, sent, files=())
    with at("zinder.social") as work:
        note_outcomes(work, [ReferralStep(**told(id=row.pk))])
    assert to_note(at, row) == []

    with at("zinder.clinic") as work:
        attach(work, told, row, PHOTO)
    (asked,) = to_note(at, row)
    assert "A file came" in asked

    with at("zinder.social") as work:
        note_outcomes(work, [ReferralStep(**told(id=row.pk))])
        assert Service.objects.filter(origin=row.pk).count() == 1
        with pytest.raises(WrongState):
            note_outcomes(work, [ReferralStep(**told(id=row.pk))])
    assert to_note(at, row) == []


def test_not_before_there_is_an_outcome_nor_without_end(at, told, sent):  # noqa: F811
    with at("zinder.clinic") as work, pytest.raises(WrongState):
        attach(work, told, sent, PHOTO)
    row = done(at, told, sent)
    with at("zinder.clinic") as work:
        for files in ((), (PHOTO,) * MOST_FILES):
            with pytest.raises(Invalid):
                attach(work, told, row, *files)
        attach(work, told, row, *(PHOTO,) * (MOST_FILES - 1))


def test_not_once_the_consent_was_withdrawn(at, told, sent):  # noqa: F811
    row = done(at, told, sent)
    with at("zinder.social") as work:
        newest = Consent.objects.filter(person=CaseReferral.objects.get(pk=row.origin_id).person_id).latest(
            "recorded_at"
        )
        withdraw_consent(work, [Withdrawal(**told(id=newest.pk))])

    with at("zinder.clinic") as work, pytest.raises(KeyAbsent):
        attach(work, told, row, PHOTO)


def test_a_file_that_was_on_its_way_while_the_office_noted_is_told(at, told, sent):  # noqa: F811
    row = done(at, told, sent, files=())
    with at("zinder.social") as work:
        note_outcomes(work, [ReferralStep(**told(id=row.pk))])
    with at("zinder.clinic") as work:
        work.now -= timedelta(minutes=1)
        attach(work, told, row, PHOTO)
    assert to_note(at, row)


FILE = (
    "INSERT INTO cases_referralfile (id, organisation_id, to_organisation_id, referral_id, media_type, content_sealed,"
    " name_sealed, recorded_at, recorded_by) SELECT gen_random_uuid(), organisation_id, to_organisation_id, id,"
    " 'image/jpeg', '', '', now(), id FROM cases_referral"
)


def partners_sql(at, statement):
    with transaction.atomic(), at("zinder.clinic"), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def test_the_partners_sql_does_not_keep_the_office_looking_for_ever(at, told, sent):  # noqa: F811
    row = done(at, told, sent)
    assert partners_sql(at, "UPDATE cases_referral SET filed_at = now()") == 1

    for when in ("'2999-01-01'", "NULL", "now() - interval '1 day'"):
        with pytest.raises(DatabaseError):
            partners_sql(at, f"UPDATE cases_referral SET filed_at = {when}")
    with at("zinder.clinic") as work:
        attach(work, told, row, PHOTO)


def test_the_partners_sql_adds_no_file_before_the_outcome_nor_after_it_was_taken_back(at, told, sent):  # noqa: F811
    with pytest.raises(DatabaseError):
        partners_sql(at, FILE)
    row = done(at, told, sent)
    assert partners_sql(at, FILE) == 1
    with at("zinder.social") as work:
        newest = Consent.objects.filter(person=CaseReferral.objects.get(pk=row.origin_id).person_id).latest(
            "recorded_at"
        )
        withdraw_consent(work, [Withdrawal(**told(id=newest.pk))])
    with pytest.raises(DatabaseError):
        partners_sql(at, FILE)


def test_on_the_page_of_the_partner_and_of_the_office(sign_in, sent_by_page, at):  # noqa: F811
    row = sent_by_page
    browser = accepted(sign_in, row)
    browser.send(url("referral", row.pk), outcome())
    office = sign_in("zinder.social")
    office.send(url("referral_step", row.pk, "note"), {"key": str(uuid.uuid4())})
    partner = sign_in("zinder.clinic")
    page = said(partner.get(url("referral", row.pk)))
    assert 'name="photo"' in page and 'name="outcome"' not in page

    empty = partner.send(url("referral", row.pk), {"part": "file"})
    assert empty.status_code == 200 and "Choisissez la photo ou le PDF" in said(empty)
    hostile = {"part": "file", "photo": SimpleUploadedFile("a.jpg", b"<svg/>")}
    refused = partner.send(url("referral", row.pk), hostile)
    assert refused.status_code == 200 and "2006" in said(refused)

    photo = SimpleUploadedFile("ordonnance.jpg", picture(), "image/jpeg")
    kept = partner.send(url("referral", row.pk), {"part": "file", "photo": photo}, follow=True)
    assert kept.redirect_chain and "ordonnance.jpg" in said(kept) and 'name="photo"' in said(kept)

    office = sign_in("zinder.social")
    shown = said(office.get(url("referral", row.pk)))
    with at("zinder.social"):
        file = ReferralFile.objects.get()
    assert str(file.pk) in shown and url("referral_step", row.pk, "note") in shown
    office.send(url("referral_step", row.pk, "note"), {"key": str(uuid.uuid4())})
    noted = said(office.get(url("referral", row.pk)))
    assert str(file.pk) in noted and url("referral_step", row.pk, "note") not in noted
    with at("zinder.social"):
        assert CaseReferral.objects.get(pk=row.origin_id).noted_at <= timezone.now()


def on_the_button(page, note):
    return re.search(rf'action="{note}".*?name="version" value="(\d+)"', page, re.DOTALL)[1]


def test_a_file_that_was_not_on_the_page_is_not_noted_with_it(sign_in, sent_by_page, at, told):  # noqa: F811
    row = sent_by_page
    accepted(sign_in, row).send(url("referral", row.pk), outcome())
    office, note = sign_in("zinder.social"), url("referral_step", row.pk, "note")
    shown = said(office.get(url("referral", row.pk)))
    version = on_the_button(shown, note)
    with at("zinder.clinic") as work:
        attach(work, told, row, PHOTO)
        file = ReferralFile.objects.get()

    refused = office.post(note, {"key": str(uuid.uuid4()), "version": version})
    assert refused.status_code == 200 and str(file.pk) in said(refused) and note in said(refused)
    version = on_the_button(said(refused), note)
    assert office.post(note, {"key": str(uuid.uuid4()), "version": version}).status_code == 302


def test_where_the_key_is_gone_no_form_is_shown(sign_in, sent_by_page, at, told):  # noqa: F811
    row = sent_by_page
    accepted(sign_in, row).send(url("referral", row.pk), outcome())
    partner = sign_in("zinder.clinic")
    assert 'name="photo"' in said(partner.get(url("referral", row.pk)))

    with at("zinder.social") as work:
        newest = Consent.objects.filter(person=CaseReferral.objects.get(pk=row.origin_id).person_id).latest(
            "recorded_at"
        )
        withdraw_consent(work, [Withdrawal(**told(id=newest.pk))])
    assert 'name="photo"' not in said(partner.get(url("referral", row.pk)))


def test_a_file_after_the_case_was_closed_stands_first_until_somebody_of_the_office_noted_it(
    sign_in,
    sent_by_page,  # noqa: F811
    at,
    told,
):
    row, note = sent_by_page, url("referral_step", sent_by_page.pk, "note")
    accepted(sign_in, row).send(url("referral", row.pk), outcome())
    sign_in("zinder.social").send(note, {"key": str(uuid.uuid4())})
    with at("zinder.social") as work:
        side = CaseReferral.objects.get(pk=row.origin_id)
        Case.objects.filter(pk=side.case_id).update(status="closed", stage="closed", closed_at=work.now)
        later = Referral.objects.get(pk=row.pk)
        other = CaseReferral.objects.get(pk=row.origin_id)
        other.pk = other.id = new_id()
        other.save(force_insert=True)
        later.pk, later.code, later.origin_id, later.status = new_id(), "ZZZZ-0000", other.pk, "sent"
        later.sent_at = work.now
        later.save(force_insert=True)

    def seen(username):
        client = sign_in(username)
        listed = [(each.pk, late) for each, _name, late in client.get(url("referrals")).context["sent"]]
        return listed, client.get(url("case", side.case_id)), said(client.get(url("referrals")))

    listed, page, words = seen("zinder.cases")
    assert listed == [(later.pk, False), (row.pk, False)] and page.context["next"] is None
    with at("zinder.clinic") as work:
        attach(work, told, row, PHOTO)

    listed, page, words = seen("zinder.cases")
    assert listed == [(row.pk, True), (later.pk, False)] and "Un fichier est arrivé après le résultat" in words
    assert page.context["next"].due.url == url("referral", row.pk) and url("reopen", side.case_id) in said(page)

    office = sign_in("zinder.cases")
    shown = office.get(url("referral", row.pk))
    assert "Un fichier est arrivé après la prise d’acte" in said(shown) and "vous avez pris" not in said(shown)
    sent_on = office.post(note, {"key": str(uuid.uuid4()), "version": on_the_button(said(shown), note)})
    assert sent_on.status_code == 302
    listed, page, _words = seen("zinder.social")
    assert listed == [(later.pk, False), (row.pk, False)] and page.context["next"] is None
