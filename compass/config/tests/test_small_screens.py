"""Pages on the narrowest screens, and with letters twice as large: nothing is wider than the screen. Chromium, French."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.test import Client
from django.urls import reverse

from compass.access.models import User
from compass.config.demo.world import ACCOUNTS, OFFICER

#: Width in pixels, and the browser's own letter size (16 unless somebody asked for larger ones).
SCREENS = ((320, 16), (360, 32))
PAGES = {
    "zinder.social": ("cases:today", "cases:list", "reception:arrivals", "people:find", "access:account"),
    "geneva.protection": ("access:trail", "people:searches"),
}
#: How many lines the bar at the bottom has at most, with each of its entries in turn as that of the open page.
LINES = """() => {
    const bar = [...document.querySelectorAll(".nav li")].filter(each => each.offsetHeight)
    return Math.max(...bar.map(here => {
        bar.forEach(each => each.firstChild.removeAttribute("aria-current"))
        here.firstChild.setAttribute("aria-current", "page")
        return new Set(bar.map(each => each.offsetTop)).size
    }))
}"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def phone(apart, live, chromium):
    """Opens a page of a colleague on a screen of a width with letters of a size; gives what `asked` of it."""
    served = live(database=apart)

    def opened(username, name, width, letters, *, style="", language="fr", asked=WIDER):
        client = Client()
        client.force_login(User.objects.get(username=username), "allauth.account.auth_backends.AuthenticationBackend")
        with closing(chromium.new_context(viewport={"width": width, "height": 740}, bypass_csp=True)) as context:
            context.add_cookies(
                [
                    {"name": "compass_session", "value": client.cookies["compass_session"].value, "url": served.url},
                    {"name": "compass_language", "value": language, "url": served.url},
                ]
            )
            page = context.new_page()
            sizes = {"fontSizes": {"standard": letters, "fixed": letters}}
            context.new_cdp_session(page).send("Page.setFontSizes", sizes)
            page.goto(served.url + reverse(name))
            assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == f"{letters}px"
            if style:
                page.add_style_tag(content=style)
            return page.evaluate(asked)

    return opened


@pytest.mark.parametrize(("width", "letters"), SCREENS)
def test_no_page_is_wider_than_the_screen(phone, width, letters):
    wider = {name: phone(username, name, width, letters) for username, names in PAGES.items() for name in names}

    assert {name: by for name, by in wider.items() if by > 0} == {}


def test_a_header_that_does_not_give_way_would_be_noticed(phone):
    assert phone("zinder.social", "cases:today", 360, 32, style=".top,.nav ul{flex-wrap:nowrap}") > 0


def test_the_bar_at_the_bottom_is_one_line_for_every_post(phone):
    posts = {account.roles: account.username for account in (*ACCOUNTS, OFFICER)}
    lines = {
        (username, language): phone(username, "access:account", 360, 16, language=language, asked=LINES)
        for username in posts.values()
        for language in ("en", "fr", "ar")
    }

    assert {at: count for at, count in lines.items() if count != 1} == {}
    assert phone("zinder.social", "access:account", 360, 32, asked=LINES) > 1
