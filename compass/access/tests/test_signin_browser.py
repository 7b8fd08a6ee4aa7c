"""A real Chromium with a virtual authenticator: set up a passkey, sign in with it, leave in a hurry."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from compass.config.demo.accounts import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def house(live, cluster):
    """The house, where the case worker of Zinder is a colleague like any other."""
    served = live()
    with cluster.connect("compass_owner", served.database) as connection:
        connection.execute("UPDATE access_user SET is_demonstration = false WHERE username = 'zinder.cases'")
    return served


@pytest.fixture
def page(chromium):
    context = chromium.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert not [line for line in said if "Content Security Policy" in line]


def _entries(cluster, served, purpose) -> int:
    with cluster.connect("compass_owner", served.database) as connection:
        (count,) = connection.execute("SELECT count(*) FROM trail_entry WHERE purpose = %s", [purpose]).fetchone()
    return int(count)


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for what another process does; the assertion after it says what was missing."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)


def by_password(house, page) -> None:
    """The case worker of Zinder signs in with user name and password."""
    page.goto(f"{house.url}/accounts/signin/?next=/accounts/me/")
    page.locator("details.seal summary").click()
    page.fill("[name=login]", "zinder.cases")
    page.fill("[name=password]", PASSWORD)
    page.locator("details.seal form button").click()


def test_it_works(house, page, cluster):
    tool = page.context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    tool.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    by_password(house, page)
    page.wait_for_url("**/second-factor/")

    page.goto(f"{house.url}/accounts/passkeys/add/")
    page.fill("[name=name]", "Telephone de Hassana")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{house.url}/accounts/me/")
    assert "Telephone de Hassana" in page.content()
    with cluster.connect("compass_owner", house.database) as connection:
        stored = str(connection.execute("SELECT data FROM mfa_authenticator").fetchall())
    assert "Hassana" not in stored

    page.goto(f"{house.url}/accounts/signout/")
    with page.expect_navigation():
        page.locator("main form button").click()
    page.goto(f"{house.url}/accounts/signin/?next=/accounts/me/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(f"{house.url}/accounts/me/")

    assert _entries(cluster, house, "access.signin") == 2

    page.goto(f"{house.url}/accounts/signout/")
    with page.expect_navigation():
        page.locator("main form button").click()
    by_password(house, page)
    page.wait_for_url("**/signin/code/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url(f"{house.url}/accounts/me/")

    assert _entries(cluster, house, "access.signin") == 3


def test_the_first_application_is_set_up_on_a_page_that_asks_whether_its_colleague_is_still_there(house, page, code_of):
    by_password(house, page)
    page.wait_for_url("**/second-factor/")

    page.goto(f"{house.url}/accounts/application/")
    secret = page.evaluate(
        "/([A-Z2-7]{4} ){8}/.exec(document.querySelector('main').textContent)[0].replaceAll(' ', '')"
    )
    page.fill("main [name=code]", code_of(secret))
    with page.expect_response(lambda answer: answer.url.endswith("/accounts/still/")) as asked:
        page.locator("main form button").click()

    page.wait_for_url("**/recovery-codes/")
    assert asked.value.status == 204


def test_without_a_passkey_the_page_says_so_and_the_password_still_works(house, page):
    tool = page.context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    tool.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, "isUserVerified": False}})
    page.goto(f"{house.url}/accounts/signin/")

    page.locator("form[data-passkey] button").click()

    page.locator("form[data-passkey] .err").wait_for(state="visible")
    page.locator("details.seal summary").click()
    assert page.locator("[name=password]").is_visible()


def test_the_page_works_without_javascript(house, chromium):
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{house.url}/accounts/signin/")

    assert not page.locator("form[data-passkey] button").is_visible()
    page.locator("details.seal summary").click()
    page.fill("[name=login]", "zinder.supervisor")
    page.fill("[name=password]", PASSWORD)
    page.locator("details.seal form button").click()
    page.goto(f"{house.url}/accounts/me/")

    assert "zinder.supervisor" in page.content()
    context.close()


def test_the_quick_exit_ends_the_session(house, page, cluster):
    # Another site, on this machine. No interception of requests: it loses what a page sends while it is left.
    away = f"http://127.0.0.1:{house.port}/health"
    with cluster.connect("compass_owner", house.database) as connection:
        connection.execute("UPDATE access_organisation SET quick_exit_url = %s", [away])
    page.goto(f"{house.url}/accounts/signin/")
    page.locator("form[action='/try/zinder.supervisor/'] button").click()
    page.wait_for_url(lambda url: "signin" not in url)
    page.goto(f"{house.url}/accounts/me/")

    page.locator("a[data-exit]").click()
    page.wait_for_url(away)
    # The way out does not wait for the server: the session ends a moment later.
    until(lambda: _entries(cluster, house, "access.signout") == 1)
    assert _entries(cluster, house, "access.signout") == 1
    page.goto(f"{house.url}/accounts/me/")

    assert "/accounts/signin/" in page.url
    with cluster.connect("compass_owner", house.database) as connection:
        sql = "SELECT count(*) FROM access_session WHERE user_id IS NOT NULL"
        assert connection.execute(sql).fetchone() == (0,)


@pytest.mark.parametrize("width", [360, 1280])
def test_without_script_the_quick_exit_is_one_press_and_ends_the_session(house, chromium, cluster, width):
    away = f"http://127.0.0.1:{house.port}/health"
    with cluster.connect("compass_owner", house.database) as connection:
        connection.execute("UPDATE access_organisation SET quick_exit_url = %s", [away])
    context = chromium.new_context(java_script_enabled=False, viewport={"width": width, "height": 740})
    page = context.new_page()
    page.goto(f"{house.url}/accounts/signin/")
    page.locator("form[action='/try/zinder.supervisor/'] button").click()
    page.goto(f"{house.url}/accounts/me/")
    assert not page.locator("a.exit").is_visible()
    assert page.locator("button.exit").bounding_box()["height"] >= 44

    page.locator("button.exit").click()
    page.wait_for_url(away)

    assert _entries(cluster, house, "access.signout") == 1
    page.go_back()
    assert "/accounts/signin/" in page.url
    context.close()
