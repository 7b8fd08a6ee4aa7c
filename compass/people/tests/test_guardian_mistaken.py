"""A guardian asked for by mistake is taken back by a supervisor who did not ask, and the child's ladder follows."""

from __future__ import annotations

import uuid
from html import unescape

import pytest

from compass.people.actions import (
    GuardianAppointed,
    GuardianAsked,
    GuardianMistaken,
    HouseholdChange,
    appoint_guardians,
    change_households,
    request_guardians,
    take_guardians_back,
)
from compass.people.models import GuardianRequest
from compass.problems import Denied, SecondPersonNeeded, WrongState

pytestmark = pytest.mark.django_db
COURT = "juvenile_court"
WHY = "Meant for his cousin Ali"


@pytest.fixture
def boy(make):
    return make(age=13, uasc_status="unaccompanied")


@pytest.fixture
def asked(at, told, boy):
    """A guardian asked for by this colleague."""

    def by(colleague="zinder.social"):
        with at(colleague) as work:
            said = GuardianAsked(**told(basis="legal_duty", id=boy.pk), authority=COURT, detail={"remark": "Oye"})
            return request_guardians(work, [said])[0]

    return by


def test_the_supervisor_takes_it_back_and_the_child_is_without_one_again(boy, asked, at, sign_in):
    row, where = asked(), f"/people/{boy.pk}/guardian/mistaken/"
    assert where not in sign_in("zinder.social").get(f"/people/{boy.pk}/").content.decode()
    client = sign_in("zinder.supervisor")
    assert where in client.get(f"/people/{boy.pk}/").content.decode()
    empty = client.post(where, {"key": str(uuid.uuid4()), "version": str(row.version), "why": ""})
    assert empty.status_code == 200
    assert client.post(where, {"key": str(uuid.uuid4()), "version": "1", "why": WHY}).status_code == 302
    person = unescape(client.get(f"/people/{boy.pk}/").content.decode())
    assert where not in person and f"/people/{boy.pk}/guardian/" in person
    assert client.get(where).status_code == 404
    with at("zinder.supervisor") as work:
        row.refresh_from_db()
        sealing = {"table": "people_guardianrequest", "column": "detail_sealed", "subject": boy.pk, "row": row.pk}
        assert row.status == "withdrawn"
        assert work.keys.open(row.detail_sealed, **sealing) == {"remark": "Oye", "why": WHY}


def test_not_by_who_asked_nor_by_who_moved_the_child_nor_once_it_was_answered(boy, make, asked, at, told):
    def back(row, colleague):
        with at(colleague) as work:
            take_guardians_back(work, [GuardianMistaken(**told(basis="legal_duty", id=row.pk), why=WHY)])

    own, others, elsewhere = asked("zinder.supervisor"), asked(), make().household_id
    with pytest.raises(SecondPersonNeeded):
        back(own, "zinder.supervisor")
    for colleague in ("zinder.social", "zinder.cases"):
        with pytest.raises(Denied):
            back(others, colleague)
    with at("zinder.supervisor") as work:
        moved = told(basis="legal_duty", id=boy.pk, version=boy.version)
        there = {"household_id": elsewhere, "relation": "child", "uasc_status": "accompanied"}
        change_households(work, [HouseholdChange(**moved, **there)])
    with pytest.raises(SecondPersonNeeded):
        back(others, "zinder.supervisor")
    with at("zinder.social") as work:
        appoint_guardians(work, [GuardianAppointed(**told(basis="legal_duty", id=others.pk))])
    with pytest.raises(WrongState):
        back(others, "zinder.supervisor")
    with at("zinder.social"):
        assert set(GuardianRequest.objects.values_list("status", flat=True)) == {"requested", "appointed"}


def test_an_appointment_meanwhile_is_shown_and_what_was_typed_stays(boy, asked, at, told, sign_in):
    row = asked()
    with at("zinder.social") as work:
        appoint_guardians(work, [GuardianAppointed(**told(basis="legal_duty", id=row.pk))])

    typed = {"key": str(uuid.uuid4()), "version": "1", "why": WHY}
    page = sign_in("zinder.supervisor").post(f"/people/{boy.pk}/guardian/mistaken/", typed).content.decode()

    assert "P-2002" in page and 'class="cmp"' in page and WHY in page
