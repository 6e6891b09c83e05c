"""Every page for those who cannot see, or not well: axe finds no serious fault, by day or by night."""

from importlib.util import find_spec

import pytest
from pages import PAGES, visit
from requirements import require, require_data

GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 21, 28)"}


@pytest.mark.long
@pytest.mark.parametrize("theme", GROUNDS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(page, name, theme):
    require_data("mnist")
    require(find_spec("axe_playwright_python") is not None, "the package axe-playwright-python")
    from axe_playwright_python.sync_playwright import Axe

    page.emulate_media(color_scheme=theme)
    visit(page, name)
    ground = page.locator(".stApp").evaluate("node => getComputedStyle(node).backgroundColor")
    assert ground == GROUNDS[theme]
    found = Axe().run(page).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    said = [(fault["id"], [node["html"][:200] for node in fault["nodes"][:3]]) for fault in serious]
    assert said == []


@pytest.mark.long
def test_the_reader_chooses_the_theme(page):
    visit(page, "Leaderboard")
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_test_id("stMainMenuPopover").get_by_text("Dark").click()
    page.wait_for_function(
        "ground => getComputedStyle(document.querySelector('.stApp')).backgroundColor == ground",
        arg=GROUNDS["dark"],
    )
