"""Two colleagues answer one referral or one offer: nothing is lost unseen, and what was typed stays on the page."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from compass.access.models import User
from compass.cases.actions.best_interests import WithParent, check_with_parent
from compass.cases.models import Case, Handover, Referral
from compass.cases.tests.test_shared_pages import made, outcome, said, sent, url  # noqa: F401
from compass.cases.tests.test_uploads import picture
from compass.config.demo.world import world_id

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'name="(version|part|seen)"(?: value="([^"]*)")?')
ONE, TWO = "Rendez-vous lundi", "Venez mercredi"
REPLACE = "la vôtre la remplace"
COUNTS, COUNTS_IN_EDO = "par une ou un collègue fait foi", "a colleague saved counts"


def browser(username):
    client = Client()
    client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def typed(page, **answers):
    """What the form on a page sends: what it carries hidden, and the answers."""
    return {**dict(HIDDEN.findall(page)), **answers, "key": str(uuid.uuid4())}


@pytest.fixture
def two():
    return browser("zinder.clinic"), browser("zinder.clinic")


def both(two, where, first, second):
    """Both open the page, the first saves; answers with what the second sends and the page it gets."""
    pages = [said(each.get(where)) for each in two]
    assert two[0].post(where, typed(pages[0], **first)).status_code == 302
    sending = typed(pages[1], **second)
    answer = two[1].post(where, sending)
    assert answer.status_code == 200 and 'class="cmp"' in said(answer)
    return sending, said(answer)


def now(at, row):
    with at("zinder.clinic"):
        return Referral.objects.get(pk=row.pk)


def test_a_place_on_the_list_and_a_yes(two, sent, at):  # noqa: F811
    where = url("referral", sent.pk)
    first, second = {"answer": "waitlisted", "note": ONE}, {"answer": "accepted", "note": TWO}
    _sent, page = both(two, where, first, second)

    assert ONE in page and TWO in page and "P-2002" in page and REPLACE in page
    assert now(at, sent).status == "waitlisted"
    assert ONE in said(two[0].get(where))

    assert two[1].post(where, typed(page, **second)).status_code == 302
    assert now(at, sent).status == "accepted"


def test_the_message_of_who_waits_is_changed_knowingly(two, sent, at):  # noqa: F811
    where = url("referral", sent.pk)
    _sent, page = both(two, where, {"answer": "waitlisted", "note": ONE}, {"answer": "waitlisted", "note": TWO})

    again = two[1].post(where, typed(page, answer="waitlisted", note=TWO), follow=True)
    assert again.redirect_chain and TWO in said(again) and now(at, sent).status == "waitlisted"


def test_a_yes_and_a_no(two, sent, at):  # noqa: F811
    where = url("referral", sent.pk)
    second = {"answer": "rejected", "reason": "no_capacity", "note": TWO}
    _sent, page = both(two, where, {"answer": "accepted", "note": ONE}, second)

    assert ONE in page and TWO in page and COUNTS in page and "P-2003" in page
    assert 'name="outcome"' in page and 'name="answer"' not in page, "what comes next is the outcome"
    kept = now(at, sent)
    assert kept.status == "accepted" and not kept.rejection_reason

    assert two[1].post(where, typed(page, **outcome())).status_code == 302
    assert now(at, sent).status == "done"


def test_a_no_without_its_reason_still_learns_of_the_yes(two, sent):  # noqa: F811
    _sent, page = both(two, url("referral", sent.pk), {"answer": "accepted"}, {"answer": "rejected", "note": TWO})
    assert TWO in page and COUNTS in page


def test_two_outcomes(two, sent, at):  # noqa: F811
    where = url("referral", sent.pk)
    page = said(two[0].get(where))
    assert two[0].post(where, typed(page, answer="accepted")).status_code == 302

    photo = SimpleUploadedFile("ordonnance.jpg", picture(), "image/jpeg")
    second = outcome(note=TWO, outcome="not_given", photo=photo)
    _sent, page = both(two, where, outcome(note=ONE), second)
    assert ONE in page and TWO in page and COUNTS in page and "n’a pas été enregistré" in page
    assert now(at, sent).outcome == "service_completed"


def test_the_same_answer_sent_twice_counts_once(two, sent, at):  # noqa: F811
    where = url("referral", sent.pk)
    sending = typed(said(two[0].get(where)), answer="accepted", note=ONE)

    for _ in range(2):
        assert two[0].post(where, sending).status_code == 302
    assert now(at, sent).version == sent.version + 2


def test_taken_back_while_the_partner_wrote(two, sent):  # noqa: F811
    where = url("referral", sent.pk)
    sending = typed(said(two[0].get(where)), answer="accepted", note=TWO)
    browser("zinder.social").post(url("referral_step", sent.pk, "revoke"), {"key": str(uuid.uuid4())})

    answer = two[0].post(where, sending)
    assert answer.status_code == 200 and TWO in said(answer) and "P-2003" in said(answer)
    assert COUNTS not in said(answer) and REPLACE not in said(answer)


def test_an_answer_beside_a_colleagues_receipt(two, sent, at):  # noqa: F811
    where = url("referral", sent.pk)
    sending = typed(said(two[1].get(where)), answer="accepted", note=TWO)
    two[0].post(url("referral_step", sent.pk, "acknowledge"), {"key": str(uuid.uuid4())})

    page = said(two[1].post(where, sending))
    assert TWO in page and REPLACE in page
    assert two[1].post(where, {**sending, **typed(page)}).status_code == 302
    assert now(at, sent).status == "accepted"


@pytest.fixture
def offer(made, at, told):  # noqa: F811
    with at("zinder.social") as work:
        check_with_parent(work, [WithParent(**told(id=made["child"].pk), view="laughs")])
    to = {"key": str(uuid.uuid4()), "to": str(world_id("NG")), "note": "Un bébé", "without_return": "left_on_own"}
    browser("zinder.social").post(url("hand_over", made["case"].pk), to)
    with at("zinder.social"):
        return Handover.objects.get()


@pytest.fixture
def office():
    return browser("edo.supervisor"), browser("edo.reception")


def test_declined_while_a_colleague_accepted(office, offer, made, at):  # noqa: F811
    where = url("handover", offer.pk)
    sending = typed(said(office[1].get(where)), reason="no_capacity", note=TWO)
    office[0].post(url("handover_step", offer.pk, "accept"), {"key": str(uuid.uuid4())})

    answer = office[1].post(where, sending)
    page = said(answer)
    assert answer.status_code == 200 and 'class="cmp"' in page and COUNTS_IN_EDO in page
    assert TWO in page and made["case"].code in page, "the case is with this office now"
    with at("edo.supervisor"):
        assert Handover.objects.get().status == "accepted" and Case.objects.filter(pk=made["case"].pk).exists()


def test_accepted_while_a_colleague_declined(office, offer, at):
    where = url("handover", offer.pk)
    pages = [said(each.get(where)) for each in office]
    assert office[1].post(where, typed(pages[1], reason="no_capacity", note=TWO)).status_code == 302

    answer = office[0].post(url("handover_step", offer.pk, "accept"), {"key": str(uuid.uuid4())})
    assert answer.status_code == 200 and COUNTS_IN_EDO in said(answer) and TWO in said(answer)
    with at("edo.supervisor"):
        assert Handover.objects.get().status == "rejected"


def test_both_decline(office, offer):
    where = url("handover", offer.pk)
    pages = [said(each.get(where)) for each in office]
    assert office[0].post(where, typed(pages[0], reason="no_capacity", note=ONE)).status_code == 302
    sending = typed(pages[1], reason="other", note=TWO)

    answer = office[1].post(where, sending)
    assert answer.status_code == 200 and ONE in said(answer) and TWO in said(answer) and COUNTS_IN_EDO in said(answer)


def test_withdrawn_while_the_office_wrote(office, offer):
    where = url("handover", offer.pk)
    sending = typed(said(office[0].get(where)), reason="no_capacity", note=TWO)
    browser("zinder.social").post(url("handover_step", offer.pk, "withdraw"), {"key": str(uuid.uuid4())})

    answer = office[0].post(where, sending)
    assert answer.status_code == 200 and TWO in said(answer) and "P-2003" in said(answer)
    assert COUNTS_IN_EDO not in said(answer)


def test_who_offered_cannot_decline(offer):
    refused = browser("zinder.social").post(url("handover", offer.pk), {"reason": "no_capacity"})
    assert refused.status_code == 404
