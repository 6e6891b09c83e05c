"""Visits of the page Explain in a real browser, with a clock."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from openbox.errors import InputError

from .server import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 240_000  # ms
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
EXACT, TEXT = ".st-key-tile-openbox .cost", "text=/starting|The network says/"
FIRST = "/?data=Digits+8x8"
ALONE = f"{FIRST}&methods=OpenBox"
DEAR = f"{FIRST}&methods=LIME"


def find_chromium() -> str | None:
    """The program, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def browser() -> Iterator["Browser"]:
    """Chromium. Raises ``InputError`` where it or Playwright is missing."""
    path = find_chromium()
    if find_spec("playwright") is None or path is None:
        raise InputError(
            "bench app: it needs the package playwright (requirements-dev.txt) and a Chromium browser (on "
            "Debian: apt-get install chromium)"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=path, args=OPTIONS)
        yield found
        found.close()


def cold(found: "Browser", folder: Path) -> dict[str, float]:
    """A server that was just started: seconds to the first words, the first map, all four maps; and warm:
    from a click to the next map, and the same while another tab waits for LIME."""
    with serve(folder) as address:
        page = _page(found)
        started = time.perf_counter()
        page.goto(address + FIRST)
        page.locator(TEXT).first.wait_for()
        seconds = {"words": time.perf_counter() - started}
        page.locator(EXACT).wait_for()
        seconds["first map"] = time.perf_counter() - started
        page.locator(".cost").nth(3).wait_for()
        seconds["four maps"] = time.perf_counter() - started
        page.goto(address + ALONE)
        seconds["next map"] = _next(page)
        other = _page(found)
        other.goto(f"{address}{DEAR}&index=40")
        other.locator(".st-key-tile-lime").wait_for()
        seconds["next map beside LIME"] = _next(page)
        for one in (page, other):
            one.context.close()
    return seconds


def _page(found: "Browser") -> "Page":
    context = found.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def _next(page: "Page") -> float:
    """From a click on the next picture to its exact map."""
    receipt = page.locator(".st-key-tile-openbox .receipt")
    receipt.wait_for()
    before = receipt.inner_text()
    button = page.get_by_test_id("stNumberInputStepUp")
    button.wait_for()
    started = time.perf_counter()
    button.click()
    page.wait_for_function(
        "before => { const now = document.querySelector('.st-key-tile-openbox .receipt');"
        " return now && now.innerText !== before; }",
        arg=before,
        polling=20,
    )
    return time.perf_counter() - started
