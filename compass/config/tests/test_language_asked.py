"""Another language asks before what was typed is lost, in the language of the page; an untouched page does not ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from compass.config.serving import Live
from compass.config.tests.thread_steps import Colleague, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog

pytestmark = pytest.mark.browser


def test_what_was_typed_is_not_lost_unasked(live: Callable[..., Live], chromium: Browser) -> None:
    watch, asked, answers = Watch(shots="asked"), [], [False, True]
    with Colleague(chromium, live().url, "zinder.social", watch, language="fr") as who:

        def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            if answers.pop(0):
                dialog.accept()
            else:
                dialog.dismiss()

        who.page.on("dialog", answer)
        people, english = "main form:has([name=people]) [name=people]", ".langs button[value=en]"
        who.open("/arrivals/")
        who.page.fill(people, "4")

        who.page.locator(english).click()

        assert asked == [
            "Ce que vous avez rempli sur cette page sans l’enregistrer sera perdu. Changer de langue ?"
        ]  # fmt: skip
        assert who.page.input_value(people) == "4"

        who.page.locator(english).click()
        who.page.locator("html[lang=en]").wait_for()
        assert len(asked) == 2

        who.page.locator(".langs button[value=ar]").click()
        who.page.locator("html[lang=ar]").wait_for()
        assert len(asked) == 2
