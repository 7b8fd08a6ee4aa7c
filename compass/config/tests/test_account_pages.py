"""The pages of a colleague's own account, held to the same as those of the thread: width, direction, weight, axe-core."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from compass.config.demo.accounts import PASSWORD
from compass.config.serving import Live
from compass.config.tests.thread_steps import BYTES, DESK, PHONE, Colleague, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
PAGES = ("me/", "me/second-factor/", "password/", "application/", "passkeys/add/", "signout/")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_pages_of_an_account(live: Callable[..., Live], chromium: Browser, javascript: bool) -> None:
    again = (("ar", PHONE), ("en", DESK)) if javascript else ()
    watch = Watch(axe=javascript, shots="account", again=again)
    with Colleague(chromium, live().url, "zinder.social", watch, javascript=javascript) as who:
        who.open("/accounts/again/?next=/accounts/me/").send(password=PASSWORD)
        for page in PAGES:
            assert who.open(f"/accounts/{page}").text().strip()
    assert {"/accounts/again/", "/accounts/application/", "/accounts/passkeys/add/"} <= set(watch.bytes)

    assert {place: size for place, size in watch.bytes.items() if size > BYTES} == {}
    assert watch.faults == []
