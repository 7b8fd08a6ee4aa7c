"""Pages over a thin line: 250 kbit/s and a processor four times slower, in a real Chromium; cold, then warm.

Bytes are what came over the line for the cold page. `playwright` is a dependency of the tests: run it after `make test`.
"""

from __future__ import annotations

from typing import Any

from compass.config.bench.machine import Figures, machine
from compass.config.bench.start import demonstration, folder
from compass.config.serving import CHROMIUM, browser_path

RATE, SLOWER = 250_000, 4
PAGES = (("the arrival list", "/arrivals/", "zinder.social"), ("the work list", "/cases/", "zinder.cases"))
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"
TRIED = "one style sheet and one script, cached for good by name; no font, no picture, no request to another host."


def _measure(browser: Any, url: str, path: str, username: str) -> dict[str, float]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{url}/accounts/signin/")
    page.locator(f"form[action='/try/{username}/'] button").click()
    page.wait_for_url(lambda where: "signin" not in where)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    line = {"offline": False, "latency": 0, "downloadThroughput": RATE / 8, "uploadThroughput": RATE / 8}
    wire.send("Network.emulateNetworkConditions", line)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    received: list[float] = []
    wire.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    page.goto(url + path, wait_until="load")
    cold, size = page.evaluate(LOADED), sum(received)
    page.goto(url + path, wait_until="load")
    warm = page.evaluate(LOADED)
    context.close()
    return {"cold_s": cold, "warm_s": warm, "bytes": size}


def run() -> tuple[Figures, list[tuple[str, str, str]]]:
    """Seconds to the load event by page, cold and warm, and bytes of the cold one."""
    from playwright.sync_api import sync_playwright

    on = machine()
    with folder() as path, demonstration(path, 100) as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=CHROMIUM)
        found = {name: _measure(browser, f"http://localhost:{port}", at, who) for name, at, who in PAGES}
        browser.close()
    rows = [
        (
            f"{name}, 250 kbit/s and CPU / {SLOWER}, cold / warm",
            f"{each['cold_s']:.1f} / {each['warm_s']:.1f} s",
            f"budget 3 / 1 s; {each['bytes'] / 1024:.1f} KB over the line cold",
        )
        for name, each in found.items()
    ]
    return {"machine": on, "pages": found}, rows
