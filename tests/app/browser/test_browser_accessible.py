"""Every page for those who cannot see, or not well: axe finds no serious fault, by day or by night."""

from importlib.util import find_spec

import pytest
from pages import PAGES, visit
from requirements import require, require_data
from served import still

GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 21, 28)"}
GROUND = "ground => getComputedStyle(document.querySelector('.stApp')).backgroundColor == ground"


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(page, name):
    require_data("mnist")
    require(find_spec("axe_playwright_python") is not None, "the package axe-playwright-python")
    from axe_playwright_python.sync_playwright import Axe

    visit(page, name)
    said = {}
    for theme, ground in GROUNDS.items():
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(GROUND, arg=ground)
        still(page)
        found = Axe().run(page).response["violations"]
        serious = [one for one in found if one["impact"] in ("serious", "critical")]
        said[theme] = [
            (fault["id"], [node["html"][:200] for node in fault["nodes"][:3]]) for fault in serious
        ]
    assert said == {theme: [] for theme in GROUNDS}


@pytest.mark.long
def test_the_reader_chooses_the_theme(page):
    visit(page, "Leaderboard")
    page.get_by_test_id("stMainMenuButton").click()
    page.get_by_test_id("stMainMenuPopover").get_by_text("Dark").click()
    page.wait_for_function(GROUND, arg=GROUNDS["dark"])
