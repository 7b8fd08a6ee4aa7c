"""Colleagues at their devices, for the walk of the family: what they type, press and see, and what must hold of every
page they see (no overflow, no other host, few bytes, nothing serious for axe-core)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from compass.config.tests.thread_keys import Keyboard, listen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Response

AXE = Path(__file__).parent / "assets" / "axe.min.js"
PHONE, DESK = (360, 800), (1280, 900)
BYTES = 60 * 1024
SERIOUS = frozenset({"serious", "critical"})
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

WHO = re.compile("([0-9a-f]{16})?")
MADE_FOR = "() => document.getElementById('unsent')?.dataset.who ?? ''"

REQUIRED = """() => {
  const asked = new Set();
  for (const field of document.querySelectorAll('main form [required]')) {
    if (field.name && !field.disabled && field.type !== 'hidden') asked.add(field.name);
  }
  return [...asked];
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
RUN_AXE = """async () => {
  const held = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await axe.run(document, {resultTypes: ['violations'], runOnly: held});
  return found.violations.map(v => [
    v.impact, v.id, v.nodes.map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).slice(0, 3)
  ]);
}"""


@dataclass
class Watch:
    """What is held for every page that anybody of the walk sees. `faults` is empty when all is well."""

    axe: bool = True
    shots: str = ""
    again: tuple[tuple[str, tuple[int, int]], ...] = ()
    faults: list[str] = field(default_factory=list)
    bytes: dict[str, int] = field(default_factory=dict)
    audited: set[tuple[str, str, int]] = field(default_factory=set)
    pages: list[str] = field(default_factory=list)
    stops: int = 0

    @property
    def folder(self) -> Path | None:
        """Where pictures go: `COMPASS_SHOTS`, when it is set."""
        root = os.environ.get("COMPASS_SHOTS")
        return Path(root) / self.shots if root else None

    def shoot(self, page: Page, name: str) -> None:
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.folder / f"{len(self.pages):03d}-{name}.png", full_page=True)

    def hold(self, page: Page, place: str, language: str, width: int) -> None:
        """Look at the page that is open, once more thoroughly when its kind was not seen in this dress before."""
        said = f"{place} ({language}, {width})"
        if (over := page.evaluate(OVERFLOW)) > 0:
            self.faults.append(f"{said}: {over} px wider than the screen")
        direction = page.evaluate("document.documentElement.dir")
        if direction != ("rtl" if language == "ar" else "ltr"):
            self.faults.append(f"{said}: written {direction}")
        if not WHO.fullmatch(page.evaluate(MADE_FOR)):
            self.faults.append(f"{said}: does not know whom it was made for, so that its forms are held back")
        if not self.axe or (place, language, width) in self.audited:
            return
        self.audited.add((place, language, width))
        page.evaluate(AXE.read_text())
        for impact, rule, nodes in page.evaluate(RUN_AXE):
            if impact in SERIOUS:
                self.faults.append(f"{said}: axe {impact} {rule} {nodes}")


def place_of(url: str) -> str:
    """The kind of page: its path without identifiers."""
    return IDENTIFIER.sub("*", urlsplit(url).path)


class Pointer:
    """A finger or a mouse, as `Keyboard` is ten fingers."""

    def aim(self, found: Locator) -> None:
        """Nothing has to be on the way to a thing that is touched."""

    def press(self, found: Locator) -> None:
        found.click()

    def fill(self, found: Locator, text: str) -> None:
        self._unfold(found).fill(text)

    def tick(self, found: Locator) -> None:
        self._unfold(found).check()

    def choose(self, found: Locator, wanted: str) -> None:
        self._unfold(found).select_option(wanted)

    def attach(self, found: Locator, path: str | Path) -> None:
        self._unfold(found).set_input_files(path)

    def _unfold(self, found: Locator) -> Locator:
        closed = found.locator("xpath=ancestor::details[not(@open)]/summary")
        while closed.count():
            closed.first.click()
        return found


class Colleague:
    """One colleague at one device, signed in through the button of the demonstration. Cache always cold. With `keys` no
    pointer is used, and an event that only a pointer makes is a fault."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        username: str,
        watch: Watch,
        *,
        size: tuple[int, int] = PHONE,
        language: str = "fr",
        javascript: bool = True,
        keys: bool = False,
    ) -> None:
        self.url, self.watch, self.size, self.language, self.username = url, watch, size, language, username
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=language, java_script_enabled=javascript
        )
        self.context.add_cookies([{"name": "compass_language", "value": language, "url": url}])
        self.pointed: list[str] = []
        if keys:
            listen(self.context, self.pointed)
        self.page = self.context.new_page()
        self.hand: Pointer | Keyboard = Keyboard(self.page, self._unseen) if keys else Pointer()
        self.page.set_default_timeout(15_000)
        self.page.on("request", lambda request: self._other_host(request.url))
        self.page.on("console", lambda message: self._blocked(message.text))
        self.page.on("response", self._answered)
        self.wire = wire = self.context.new_cdp_session(self.page)
        wire.send("Network.enable")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
        wire.on("Network.loadingFinished", lambda event: self._count(event["encodedDataLength"]))
        self._bytes = 0
        self._status = 200
        self._method = "GET"
        self.open("/accounts/signin/")
        self.press(f"form[action='/try/{username}/'] button")

    def __enter__(self) -> Colleague:
        return self

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            self.page.evaluate("0")  # what was noted until now has arrived by then
        self.watch.faults += [f"{self.username}: {kind} without a key" for kind in self.pointed]
        if isinstance(self.hand, Keyboard):
            self.watch.stops += self.hand.stops
        self.context.close()

    def _unseen(self, fault: str) -> None:
        said = f"{place_of(self.page.url)} ({self.language}, {self.size[0]}): {fault}"
        if said not in self.watch.faults:
            self.watch.faults.append(said)

    def _other_host(self, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            self.watch.faults.append(f"asked another host: {url}")

    def _blocked(self, said: str) -> None:
        # What the policy of the page forbids is not asked for, so that no request shows it.
        if "Content Security Policy" in said:
            self.watch.faults.append(f"{place_of(self.page.url)}: forbidden by its own policy: {said[:200]}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self._status, self._method = response.status, response.request.method

    def _count(self, size: float) -> None:
        self._bytes += int(size)

    # What is seen

    def text(self, selector: str = "main") -> str:
        return self.page.inner_text(selector)

    @property
    def html(self) -> str:
        return self.page.content()

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def id(self) -> str:
        """The identifier in the address."""
        return IDENTIFIER.findall(self.path)[0]

    def required(self) -> list[str]:
        """Names of the answers this page demands."""
        found: list[str] = self.page.evaluate(REQUIRED)
        return found

    # What is done

    def open(self, path: str, *, status: int = 200) -> Colleague:
        self._bytes = 0
        self.page.goto(self.url + path)
        return self._look(status)

    def follow(self, selector: str) -> Colleague:
        """Follow a link."""
        return self.press(selector)

    def press(self, selector: str, *, status: int = 200) -> Colleague:
        self._bytes = 0
        found = self.page.locator(selector).first
        self.hand.aim(found)
        with self.page.expect_navigation():
            self.hand.press(found)
        return self._look(status)

    def send(self, form: str = "", *, status: int = 200, **values: Any) -> Colleague:
        """Fill in the form that has these fields and send it by its first button that goes on."""
        form = form or (f"main form:has([name^='{next(iter(values))}'])" if values else "main form")
        self.put(form, **values)
        on = "button:not([name=back]):not([name=later]):not([formnovalidate]):not(.hide)"
        return self.press(f"{form} {on}", status=status)

    def put(self, form: str = "main form", **values: Any) -> None:
        """Fill in fields by name: text, one or many choices, True for a box, "*" for all boxes, a date, a path."""
        for name, value in values.items():
            if isinstance(value, date):
                parts = {f"{name}_{part}": getattr(value, part) for part in ("day", "month", "year")}
                self.put(form, **parts)
                continue
            found = self.page.locator(f"{form} [name='{name}']")
            kind = found.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
            if kind == "select":
                self.hand.choose(found.first, value)
            elif kind == "file":
                self.hand.attach(found.first, value)
            elif kind in ("radio", "checkbox"):
                self._tick(form, name, value)
            else:
                self.hand.fill(found.first, str(value))

    def _tick(self, form: str, name: str, value: Any) -> None:
        found = self.page.locator(f"{form} [name='{name}']")
        if value in ("*", True):
            for index in range(found.count()):
                self.hand.tick(found.nth(index))
            return
        wanted: Iterable[str] = [value] if isinstance(value, str) else value
        for each in wanted:
            self.hand.tick(self.page.locator(f"{form} [name='{name}'][value='{each}']"))

    def _look(self, status: int) -> Colleague:
        place = place_of(self.page.url)
        watch = self.watch
        watch.pages.append(place)
        watch.shoot(self.page, f"{self.username}-{place.strip('/').replace('/', '.')[:70]}")
        assert self._status == status, f"{place} answered {self._status}: {self.text()[:600]}"
        language = self.page.evaluate("document.documentElement.lang")
        if language != self.language:
            watch.faults.append(f"{place}: in {language}, not {self.language}")
        new = place not in watch.bytes
        watch.bytes[place] = max(watch.bytes.get(place, 0), self._bytes)
        watch.hold(self.page, place, self.language, self.size[0])
        if new and self._method == "GET" and status == 200:
            for dress in watch.again:
                if dress != (self.language, self.size):
                    self._again(place, *dress)
        return self

    def _again(self, place: str, language: str, size: tuple[int, int]) -> None:
        """The same page in another language and width, beside the one that is open."""
        other = self.context.new_page()
        self.context.add_cookies([{"name": "compass_language", "value": language, "url": self.url}])
        other.set_viewport_size({"width": size[0], "height": size[1]})
        other.goto(self.page.url)
        self.watch.shoot(other, f"{self.username}-{place.strip('/').replace('/', '.')[:70]}-{language}-{size[0]}")
        self.watch.hold(other, place, language, size[0])
        self.context.add_cookies([{"name": "compass_language", "value": self.language, "url": self.url}])
        other.close()
