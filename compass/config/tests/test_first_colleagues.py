"""From a prepared database to a colleague at work, with the commands of the operator's guide and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import gettext, override

from compass.config.tests.custody_steps import Operation, inside, operation

OWN = "a long sentence of my own"
NAME = "Aïssata Zqcanary Hamidou"
FIRST = "/accounts/me/first/"


@pytest.fixture(scope="module")
def office() -> Iterator[Operation]:
    with operation() as made:
        code, said = made.run(
            *("organisation", "create", "OIM Zinder", "--kind", "office", "--country", "NE"),
            words=made.sheets[:2], kind="owner",
        )  # fmt: skip
        assert (code, said) == (0, "Made: OIM Zinder. It has a key of its own.\n")
        yield made


def told(office: Operation, *args: str) -> str:
    """The code that a command told."""
    code, said = office.plain("colleague", *args, kind="owner")
    assert code == 0, said
    return re.search(r"first sign-in: (\S+)", said)[1]  # type: ignore[index]


def invited(office: Operation, username: str, *roles: str) -> str:
    given = [part for role in roles for part in ("--role", role)]
    return told(office, "invite", username, "--of", "OIM Zinder", *given)


def sign_in(username: str, password: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/accounts/signin/", {"login": username, "password": password}, follow=True)


def asked(office: Operation, sql: str) -> list[tuple[Any, ...]]:
    with office.cluster.connect("compass_owner", "compass") as owner:
        return owner.execute(sql).fetchall()


@pytest.fixture
def served(office: Operation, settings: Any, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), inside(office, settings):
        yield


def test_it_works(office, served):
    code = invited(office, "zinder.new", "social_worker")
    client, first = sign_in("zinder.new", code)
    assert first.redirect_chain[-1][0] == FIRST
    assert client.get("/arrivals/").url == FIRST, "the code opens this page and no other"

    done = client.post(FIRST, {"name": NAME, "password1": OWN, "password2": OWN}, follow=True)

    assert done.redirect_chain[-1][0] == "/accounts/me/second-factor/"
    assert sign_in("zinder.new", code)[1].redirect_chain == [], "the code opens nothing any more"
    assert sign_in("zinder.new", OWN)[1].redirect_chain[-1][0] == "/accounts/me/second-factor/"
    sealed, until = asked(office, "SELECT name_sealed, invited_until FROM access_user WHERE username = 'zinder.new'")[0]
    assert until is None
    assert sealed
    assert NAME.encode() not in sealed


def test_what_was_typed_stays_and_a_weak_password_is_none(office, served):
    client, _ = sign_in("zinder.weak", invited(office, "zinder.weak", "social_worker"))

    page = client.post(FIRST, {"name": NAME, "password1": "short", "password2": "short"}).content.decode()

    assert f'value="{NAME}"' in page
    assert asked(office, "SELECT 1 FROM access_user WHERE username = 'zinder.weak' AND invited_until IS NOT NULL")


@pytest.mark.parametrize(("language", "said"), [("fr", "Au moins 15"), ("ar", "15 "), ("en", "At least 15")])
def test_what_a_password_must_be_is_said_in_the_language_of_the_page(office, served, language, said):
    client, _ = sign_in(f"zinder.{language}", invited(office, f"zinder.{language}", "social_worker"))
    client.cookies["compass_language"] = language

    wrong = client.post(FIRST, {"name": NAME, "password1": "zqx short", "password2": "zqx short"})

    (error,) = wrong.context["form"].errors["password1"]
    with override(language):
        assert error == gettext("At least 15 characters. Several words in a row are good.")
    assert said in error


def test_an_invitation_runs_out(office, served):
    code = invited(office, "zinder.late", "social_worker")
    client, _ = sign_in("zinder.late", code)
    asked(office, "UPDATE access_user SET invited_until = now() WHERE username = 'zinder.late' RETURNING 1")

    _, again = sign_in("zinder.late", code)
    typed = client.post(FIRST, {"name": NAME, "password1": OWN, "password2": OWN}, follow=True)

    for page in (again, typed):
        assert "run out" in page.content.decode() or "expiré" in page.content.decode()
    assert sign_in("zinder.late", OWN)[1].redirect_chain == []


def test_who_lost_everything_gets_a_new_code_and_the_old_password_ends(office, served):
    client, _ = sign_in("zinder.lost", invited(office, "zinder.lost", "social_worker"))
    client.post(FIRST, {"name": NAME, "password1": OWN, "password2": OWN})
    assert client.get("/accounts/me/second-factor/").status_code == 200

    code = told(office, "renew", "zinder.lost")

    assert client.get("/accounts/me/second-factor/").status_code == 302, "the session ended"
    assert sign_in("zinder.lost", OWN)[1].redirect_chain == []
    assert sign_in("zinder.lost", code)[1].redirect_chain[-1][0] == FIRST


def test_who_is_closed_signs_in_no_more_and_holds_no_role(office, served):
    code = invited(office, "zinder.gone", "social_worker")
    client, _ = sign_in("zinder.gone", code)

    assert office.plain("colleague", "close", "zinder.gone", kind="owner")[0] == 0

    assert client.get(FIRST).status_code == 302
    assert sign_in("zinder.gone", code)[1].redirect_chain == []
    assert asked(
        office,
        "SELECT count(*) FROM access_grant g JOIN access_user u ON u.id = g.user_id"
        " WHERE u.username = 'zinder.gone' AND (g.valid_to IS NULL OR g.valid_to > now())",
    ) == [(0,)]


def test_each_act_is_in_the_trail_of_the_organisation_and_the_chain_holds(office, served):
    code = invited(office, "zinder.trail", "case_worker")
    office.plain("colleague", "grant", "zinder.trail", "--of", "OIM Zinder", "--role", "movement_officer", kind="owner")
    told(office, "renew", "zinder.trail")
    office.plain("colleague", "close", "zinder.trail", kind="owner")
    office.plain("organisation", "centre", "Zinder centre", "--of", "OIM Zinder", "--area", "NE-7", kind="owner")

    rows = asked(
        office,
        "SELECT e.purpose, e.actor, e.body FROM trail_entry e JOIN access_organisation o ON o.id = e.organisation_id"
        " WHERE o.name = 'OIM Zinder' AND e.purpose LIKE 'access.%' ORDER BY e.seq",
    )
    said = {purpose for purpose, _, _ in rows}
    assert said >= {
        "access.organisation.created", "access.colleague.invited", "access.colleague.granted",
        "access.colleague.renewed", "access.colleague.closed", "access.centre.created",
    }  # fmt: skip
    assert {actor for purpose, actor, _ in rows if ".sign" not in purpose} == {None}
    roles = [event["roles"] for _, _, body in rows for event in json.loads(body)["events"] if "roles" in event]
    assert {"case_worker", "movement_officer"} <= set(roles)
    assert not [body for _, _, body in rows if code in body or "zinder.trail" in body]
    assert office.plain("verify-trail", kind="owner")[0] == 0


@pytest.mark.parametrize(
    ("args", "number"),
    [
        (("organisation", "centre", "X", "--of", "OIM Nowhere", "--area", "NE-7"), "no organisation"),
        (("colleague", "invite", "x.new", "--of", "OIM Nowhere", "--role", "supervisor"), "no organisation"),
        (("colleague", "renew", "x.nobody"), "no colleague"),
        (("colleague", "invite", "zinder.social", "--of", "OIM Zinder", "--role", "supervisor"), "taken"),
        (("colleague", "invite", "Aminata Bello", "--of", "OIM Zinder", "--role", "supervisor"), "no person"),
        (("colleague", "invite", "x.new", "--of", "OIM Zinder", "--role", "donor_desk_officer"), "other roles"),
        (("colleague", "invite", "x.new", "--of", "OIM Zinder", "--role", "king"), "other roles"),
        (
            ("colleague", "invite", "x.new", "--of", "OIM Zinder", "--role", "auditor", "--role", "supervisor"),
            "goes with no other",
        ),
        (("organisation", "centre", "X", "--of", "OIM Zinder", "--area", "NG-ED"), "area of that country"),
    ],
)
def test_a_refusal_says_what_to_do_and_changes_nothing(office, args, number):
    before = asked(office, "SELECT (SELECT count(*) FROM access_user), (SELECT count(*) FROM trail_entry)")

    code, said = office.plain(*args, kind="owner")

    assert code == 1
    assert number in said
    assert "Traceback" not in said
    assert asked(office, "SELECT (SELECT count(*) FROM access_user), (SELECT count(*) FROM trail_entry)") == before


def test_only_the_owner_does_it(office):
    for args in (("colleague", "list"), ("organisation", "list")):
        code, said = office.plain(*args)
        assert (code, "COMPASS_OWNER_URL" in said) == (1, True)


def test_the_lists_say_who_is_there(office):
    invited(office, "zinder.listed", "social_worker")

    assert re.search(r"zinder\.listed +social_worker \(OIM Zinder\)  invited until 20",
                     office.plain("colleague", "list", kind="owner")[1])  # fmt: skip
    assert "office    NE  OIM Zinder" in office.plain("organisation", "list", kind="owner")[1]
    assert "--role" in office.plain("colleague", "invite", "--help", kind="owner")[1]
