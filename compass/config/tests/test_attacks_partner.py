"""A partner that holds a real referral and wants more: before it was sent, after it was taken back, with hostile files."""

from __future__ import annotations

import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compass.cases.models import CaseReferral, Referral, ReferralFile
from compass.cases.tests.conftest import person  # noqa: F401 a fixture
from compass.cases.tests.test_shared_pages import SECRET, accepted, made, outcome, second, sent, url  # noqa: F401
from compass.cases.tests.test_uploads import SCRIPT, picture
from compass.people.models import Consent

pytestmark = pytest.mark.django_db
STEPS = ("send", "revoke", "note", "review", "acknowledge")
NAMES = [
    "../../../../etc/passwd", "a\r\nContent-Type: text/html", "\u202egpj.exe", "x" * 5000 + ".jpg", "<b>.jpg",
    "a\x00.jpg", "",
]  # fmt: skip


def key():
    return {"key": str(uuid.uuid4())}


@pytest.fixture
def done(sign_in, sent, at):  # noqa: F811
    """A referral with its outcome and a photo."""
    photo = SimpleUploadedFile("ordonnance.jpg", picture(), "image/jpeg")
    browser = accepted(sign_in, sent)
    assert browser.send(url("referral", sent.pk), outcome(photo=photo)).status_code == 302
    with at("zinder.clinic"):
        file = ReferralFile.objects.get()
    return sent, file


def opened(browser, referral, file):
    return browser.get(url("referral_file", referral.pk, file.pk))


def test_it_works(sign_in, done):
    referral, file = done
    answer = opened(sign_in("zinder.clinic"), referral, file)

    assert answer.status_code == 200 and answer.content.startswith(b"\xff\xd8")
    assert "no-store" in answer.headers["Cache-Control"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("inline") and "ordonnance" not in str(answer.headers)
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_after_consent_is_withdrawn_neither_words_nor_file_open(sign_in, done, made, at, told):  # noqa: F811
    from compass.people.actions import Withdrawal, withdraw_consent

    referral, file = done
    assert SECRET in sign_in("zinder.clinic").get(url("referral", referral.pk)).content.decode()
    with at("zinder.social") as work:
        given = Consent.objects.filter(person=made["mother"]).latest("occurred_at")
        withdraw_consent(work, [Withdrawal(**told(id=given.pk))])

    browser = sign_in("zinder.clinic")
    page, answer = browser.get(url("referral", referral.pk)), opened(browser, referral, file)

    assert page.status_code == 200 and SECRET not in page.content.decode() and "90001234" not in page.content.decode()
    assert answer.status_code == 403


def test_after_taking_back_it_can_neither_be_read_nor_answered(sign_in, sent, at):  # noqa: F811
    sign_in("zinder.social").post(url("referral_step", sent.pk, "revoke"), key())
    browser = sign_in("zinder.clinic")

    assert SECRET not in browser.get(url("referral", sent.pk)).content.decode()
    refused = browser.post(url("referral", sent.pk), {**key(), "answer": "accepted"})
    assert refused.status_code == 200 and SECRET not in refused.content.decode()
    browser.post(url("referral_step", sent.pk, "acknowledge"), key())

    with at("zinder.social"):
        assert Referral.objects.get(pk=sent.pk).status == "revoked"


def test_when_the_key_has_run_out_nothing_opens(sign_in, done, at, monkeypatch):
    """Two hundred days later, for the vault alone: the session of the partner still runs."""
    referral, file = done
    browser = sign_in("zinder.clinic")
    assert opened(browser, referral, file).status_code == 200

    later = timezone.now() + timedelta(days=200)
    monkeypatch.setattr("compass.vault.keys.timezone", SimpleNamespace(now=lambda: later))

    page, answer = browser.get(url("referral", referral.pk)), opened(browser, referral, file)
    assert page.status_code == 200 and SECRET not in page.content.decode()
    assert answer.status_code == 403
    assert opened(sign_in("zinder.social"), referral, file).status_code == 200


@pytest.mark.parametrize(
    "username", ["zinder.legal", "niger.focal", "hague.desk", "dz.cases", "edo.supervisor", "geneva.protection"]
)
def test_with_the_real_numbers_nobody_else_comes_near(sign_in, done, username):
    referral, file = done
    browser = sign_in(username)

    answers = [opened(browser, referral, file), browser.get(url("referral", referral.pk))]
    answers += [browser.post(url("referral_step", referral.pk, step), key()) for step in STEPS]
    answers.append(browser.post(url("referral", referral.pk), outcome()))

    # One answer for a role, whether the number exists or not.
    unknown = browser.get(url("referral", uuid.uuid4())).status_code
    assert unknown in {403, 404}
    assert {answer.status_code for answer in answers} == {unknown}


def _kept(at, referral):
    with at("zinder.social"):
        row = Referral.objects.get(pk=referral.pk)
        return row.version, bytes(row.answer_sealed), row.outcome


def test_the_partner_does_none_of_the_offices_steps(sign_in, done, at):
    referral, _file = done
    browser = sign_in("zinder.clinic")

    for step in STEPS:
        browser.post(url("referral_step", referral.pk, step), key())
    before = _kept(at, referral)
    late = outcome(part="outcome", note="changed later")
    assert "P-2003" in browser.post(url("referral", referral.pk), late).content.decode()
    assert _kept(at, referral) == before

    with at("zinder.social"):
        row = Referral.objects.get(pk=referral.pk)
        assert (row.status, row.recalled_at) == ("done", None)
        assert CaseReferral.objects.get(pk=row.origin_id).noted_at is None


def test_a_file_opens_only_below_its_own_referral(sign_in, done, made, at):  # noqa: F811
    """Two real numbers that do not belong together."""
    referral, file = done
    office = sign_in("zinder.social")
    office.post(url("refer", made["case"].pk), second())
    with at("zinder.social"):
        other = Referral.objects.exclude(pk=referral.pk).get()
    office.post(url("referral_step", other.pk, "send"), key())

    browser = sign_in("zinder.clinic")
    assert browser.get(url("referral_file", other.pk, file.pk)).status_code == 404
    assert browser.get(url("referral_file", referral.pk, other.pk)).status_code == 404
    assert opened(browser, referral, file).status_code == 200


def test_what_the_office_keeps_is_not_the_partners(sign_in, sent, made, at):  # noqa: F811
    with at("zinder.social"):
        row = Referral.objects.get(pk=sent.pk)
    browser = sign_in("zinder.clinic")

    for pk in (row.origin_id, made["case"].pk, made["mother"].pk):
        assert browser.get(url("referral", pk)).status_code == 404
        for name in ("case", "refer", "risk", "assess", "hand_over", "screen"):
            assert browser.get(url(name, pk)).status_code in {403, 404}
            assert browser.post(url(name, pk), key()).status_code in {403, 404}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_only_words(sign_in, sent, at, name):  # noqa: F811
    browser = accepted(sign_in, sent)
    photo = SimpleUploadedFile("x.jpg", picture() + SCRIPT, "text/html")
    photo._name = name

    assert browser.send(url("referral", sent.pk), outcome(photo=photo)).status_code in {200, 302, 400}

    for reader in ("zinder.clinic", "zinder.social"):
        page = sign_in(reader).get(url("referral", sent.pk))
        assert page.status_code == 200 and "<b>.jpg" not in page.content.decode()
        with at(reader):
            kept = list(ReferralFile.objects.all())
        for file in kept:
            answer = sign_in(reader).get(url("referral_file", sent.pk, file.pk))
            assert SCRIPT not in answer.content and "\n" not in answer.headers["Content-Disposition"]


BAD = ["\x00", "\ud800", "x" * 300_000, ["a", "b"], "-1", "9" * 30, "0001", "٣٤", "<script>alert(1)</script>"]


@pytest.mark.parametrize("value", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("field", ["outcome", "delivered_on_year", "note", "key", "occurred_at", "answer", "reason"])
def test_whatever_the_partner_types_nothing_breaks(sign_in, sent, field, value):  # noqa: F811
    browser = sign_in("zinder.clinic")
    browser.raise_request_exception = False
    if value == "\ud800":
        value = "\\ud800"

    answered = browser.post(url("referral", sent.pk), {**key(), "answer": "accepted", field: value})
    assert answered.status_code in {200, 302}
    accepted(sign_in, sent)
    told = browser.post(url("referral", sent.pk), outcome(**{field: value}))
    assert told.status_code in {200, 302, 404}
    page = sign_in("zinder.social").get(url("referral", sent.pk))
    assert page.status_code == 200 and "<script>alert" not in page.content.decode()
