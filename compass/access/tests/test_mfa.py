"""Second factors: set up, asked for, sealed, and required."""

from __future__ import annotations

import base64
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from compass.access import scope
from compass.access.models import User
from compass.config.demo.accounts import PASSWORD
from compass.trail.models import Entry
from compass.vault import crypto
from compass.vault.keys import system_key

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SET_UP = "/accounts/me/second-factor/"


def _sign_in(client, username="zinder.cases"):
    return client.post("/accounts/signin/", {"login": username, "password": PASSWORD})


def _activate(client, code_of):
    """Set up an authenticator application; the secret it was given."""
    page = client.get("/accounts/application/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page.replace('</span> <span class="code">', "")
    response = client.post("/accounts/application/", {"code": code_of(secret)})
    assert response.status_code == 302, response.content.decode()
    return secret


@pytest.fixture
def secret(client, colleague, code_of):
    """A colleague with an authenticator application, signed out again."""
    _sign_in(client)
    secret = _activate(client, code_of)
    client.post("/accounts/signout/")
    return secret


def test_it_works(client, secret, code_of, at):
    first = _sign_in(client)
    assert first.url == "/accounts/signin/code/"
    assert "_auth_user_id" not in client.session

    done = client.post("/accounts/signin/code/", {"code": code_of(secret)})

    assert done.url == "/"
    assert client.get("/accounts/me/").status_code == 200
    with at("zinder.supervisor"):
        body = Entry.objects.filter(purpose="access.signin").order_by("-seq")[0].body
    assert '"how":"password+totp"' in body


def test_a_colleague_without_a_second_factor_can_do_nothing_else(client, colleague):
    assert _sign_in(client).status_code == 302

    for address in ("/", "/accounts/me/", "/accounts/trail/", "/accounts/password/"):
        assert client.get(address).url == SET_UP, address
    for address in (SET_UP, "/accounts/application/", "/accounts/passkeys/add/", "/accounts/signout/"):
        assert client.get(address).status_code == 200, address


def test_a_demonstration_account_is_not_asked_for_one(client):
    _sign_in(client)

    assert client.get("/accounts/me/").status_code == 200


def test_outside_a_demonstration_every_account_is_asked_for_one(sign_in, settings):
    client = sign_in("zinder.cases")
    settings.COMPASS_DEMONSTRATION = False

    assert client.get("/accounts/me/").url == SET_UP


def test_set_up_opens_the_house_and_shows_recovery_codes(client, colleague, code_of):
    _sign_in(client)
    _activate(client, code_of)

    codes = client.get("/accounts/recovery-codes/").content.decode()

    assert len(re.findall(r'<bdi class="code">\d{8}</bdi>', codes)) == 10
    assert client.get("/accounts/me/").status_code == 200


def test_the_key_is_read_by_four_letters_and_is_the_same_without_the_spaces(client, colleague):
    _sign_in(client)

    page = client.get("/accounts/application/")

    groups = re.findall(r'<span class="code">(\w+)</span> ', page.content.decode())
    assert {len(group) for group in groups} == {4} and "".join(groups) == page.context["form"].secret


def test_removing_it_closes_the_house_again(client, colleague, code_of):
    _sign_in(client)
    _activate(client, code_of)
    assert client.get("/accounts/me/").status_code == 200

    client.post("/accounts/application/remove/")

    assert client.get("/accounts/me/").url == SET_UP


def test_the_secret_is_sealed_in_the_table(client, secret):
    stored = json.dumps(Authenticator.objects.get(type="totp").data)

    assert secret not in stored
    assert Authenticator.objects.get(type="recovery_codes").data["seed"] != ""
    assert len(Authenticator.objects.get(type="recovery_codes").data["seed"]) > 200


def test_arabic_digits_are_a_code_too(client, secret, code_of):
    _sign_in(client)
    eastern = code_of(secret).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert client.post("/accounts/signin/code/", {"code": eastern}).url == "/"


def test_a_recovery_code_opens_once(client, colleague, code_of):
    _sign_in(client)
    _activate(client, code_of)
    code = re.search(r'<bdi class="code">(\d{8})</bdi>', client.get("/accounts/recovery-codes/").content.decode())[1]
    client.post("/accounts/signout/")

    _sign_in(client)
    first = client.post("/accounts/signin/code/", {"code": code})
    client.post("/accounts/signout/")
    _sign_in(client)
    second = client.post("/accounts/signin/code/", {"code": code})

    assert first.url == "/"
    assert second.status_code == 200


def test_a_code_opens_once(client, secret, code_of):
    code = code_of(secret)
    _sign_in(client)
    client.post("/accounts/signin/code/", {"code": code})
    client.post("/accounts/signout/")

    _sign_in(client)

    assert client.post("/accounts/signin/code/", {"code": code}).status_code == 200


def test_a_wrong_code_says_so_and_is_recorded(client, secret, at):
    _sign_in(client)

    response = client.post("/accounts/signin/code/", {"code": "000000"})

    assert response.status_code == 200
    with at("zinder.supervisor"):
        assert '"how":"totp"' in Entry.objects.filter(purpose="access.signin.failed").order_by("-seq")[0].body


def test_a_passkey_that_does_not_fit_is_recorded(client, secret, at):
    _sign_in(client)

    response = client.post("/accounts/signin/code/", {"credential": '{"id": "AA"}'})

    assert response.status_code == 200
    with at("zinder.supervisor"):
        assert '"how":"webauthn"' in Entry.objects.filter(purpose="access.signin.failed").order_by("-seq")[0].body


def test_guessing_codes_is_stopped(client, secret):
    _sign_in(client)

    answers = [client.post("/accounts/signin/code/", {"code": f"00000{n}"}).status_code for n in range(6)]

    assert answers[-1] == 429


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_a_secret_moved_to_another_colleague_opens_for_no_one(client, secret, code_of, kind):
    thief = User.objects.get(username="zinder.social")
    with scope.account(thief.pk):
        if kind == "recovery_codes":
            Authenticator.objects.create(user=thief, type="webauthn", data={"name": "x", "credential": {}})
        Authenticator.objects.create(user=thief, type=kind, data=Authenticator.objects.get(type=kind).data)

    other = Client()
    _sign_in(other, "zinder.social")
    answer = other.post("/accounts/signin/code/", {"code": code_of(secret)})

    assert answer.status_code == 500
    assert "P-4001" in answer.content.decode()
    assert "_auth_user_id" not in other.session


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "5",
        "[]",
        "{}",
        '{"id": 1}',
        '{"response": []}',
        '{"response": {"userHandle": "AAAA"}}',
        "null",
        '"a"',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
        '"signature":"AA","userHandle":"bm9ib2R5"},"clientExtensionResults":{}}',
    ],
)
@pytest.mark.parametrize(
    "address", ["/accounts/signin/passkey/", "/accounts/passkeys/add/", "/accounts/again/passkey/"]
)
def test_a_damaged_passkey_is_no_crash(sign_in, address, credential):
    client = Client() if "signin" in address else sign_in("zinder.cases")
    if "add" in address:
        client.post("/accounts/again/?next=" + address, {"password": PASSWORD})
    client.get(address, headers={"accept": "application/json"})

    response = client.post(address, {"credential": credential, "name": "x"})

    assert response.status_code in {200, 302}


def test_the_page_of_the_second_step_offers_the_passkey_only_when_there_is_one(client, secret):
    _sign_in(client)
    page = client.get("/accounts/signin/code/").content.decode()

    assert 'name="code"' in page
    assert "data-passkey" not in page
    assert not re.search(r"\sstyle=|<style", page)


def test_nothing_on_the_set_up_page_needs_an_inline_style(client, colleague):
    _sign_in(client)
    page = client.get("/accounts/application/").content.decode()

    assert "<svg" in page
    assert not re.search(r"\sstyle=|<style|data:image", page)


def test_every_own_page_renders_in_three_languages(client, colleague, code_of):
    _sign_in(client)
    _activate(client, code_of)
    for language in ("en", "fr", "ar"):
        client.cookies["compass_language"] = language
        for address in (
            "/accounts/me/",
            "/accounts/recovery-codes/",
            "/accounts/recovery-codes/new/",
            "/accounts/password/",
            "/accounts/again/",
            "/accounts/again/code/",
            "/accounts/passkeys/add/",
            "/accounts/application/remove/",
            "/accounts/signout/",
        ):
            response = client.get(address)
            assert response.status_code == 200, address
            assert "style=" not in response.content.decode(), address


def _passkey(user, name):
    place = {"table": "mfa_authenticator", "column": "data", "subject": user.pk, "version": 1}
    sealed = base64.b64encode(crypto.seal_bytes(system_key("mfa"), name.encode(), **place)).decode()
    with scope.account(user.pk):
        return Authenticator.objects.create(user=user, type="webauthn", data={"name": sealed, "credential": {}})


@pytest.mark.parametrize("step", ["name", "remove"])
def test_another_colleagues_passkey_is_not_there_and_ones_own_is(client, colleague, step):
    own = _passkey(User.objects.get(username="zinder.cases"), "My phone")
    other = _passkey(User.objects.get(username="zinder.social"), "Her phone")
    _sign_in(client)
    client.session.flush()
    client.force_login(own.user, BACKEND)
    client.post("/accounts/again/", {"password": PASSWORD})

    refused = [
        client.get(f"/accounts/passkeys/{other.pk}/{step}/"),
        client.post(f"/accounts/passkeys/{other.pk}/{step}/", {"name": "Mine"}),
    ]

    assert [answer.status_code for answer in refused] == [404, 404]
    assert all("Her phone" not in answer.content.decode() for answer in refused)
    kept = Authenticator.objects.get(pk=other.pk)
    assert (kept.user_id, kept.data) == (other.user_id, other.data)

    assert client.get(f"/accounts/passkeys/{own.pk}/{step}/").status_code == 200
    assert client.post(f"/accounts/passkeys/{own.pk}/{step}/", {"name": "Old phone"}).status_code == 302
    now = Authenticator.objects.filter(pk=own.pk).first()
    assert now is None if step == "remove" else now.data["name"] != own.data["name"]
