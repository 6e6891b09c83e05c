"""Every page for those who cannot see, or not well: axe finds no serious fault."""

from importlib.util import find_spec

import pytest
from requirements import require, require_data
from served import still

PAGES = {
    "Explain": ("/?data=Digits+8x8&methods=OpenBox", ".st-key-tile-openbox .cost"),
    "Geometry": ("/geometry?data=Digits+8x8", "text=The nearest border"),
    "Text": ("/text", "text=Its class is"),
    "Whole network": ("/whole", "img"),
    "Models": ("/models", "canvas, .vega-embed svg"),
    "Gallery": ("/gallery", "h2"),
    "Leaderboard": ("/leaderboard", ".vega-embed svg, canvas"),
    "Lesson": ("/lesson?step=3", ".lesson-said"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(page, name):
    require_data("mnist")
    require(find_spec("axe_playwright_python") is not None, "the package axe-playwright-python")
    from axe_playwright_python.sync_playwright import Axe

    address, there = PAGES[name]
    page.goto(address)
    page.locator(there).first.wait_for()
    still(page)
    found = Axe().run(page).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    said = [(fault["id"], [node["html"][:200] for node in fault["nodes"][:3]]) for fault in serious]
    assert said == []
