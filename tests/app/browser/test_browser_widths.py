"""Every page on a phone, a laptop and a projector: nothing is cut, nothing fails."""

import pytest
from language.catalogue import LANGUAGES
from pages import PAGES, visit
from requirements import require_data

WIDTHS = {375: 812, 1280: 900, 1920: 1080}
# Streamlit asks for these below each page, too, and answers itself 404
PROBES = ("/_stcore/health", "/_stcore/host-config")
# what is wider than the window, but for what can be moved sideways and Streamlit's hidden inputs
CUT = """() => {
  const moved = (node) => {
    for (let up = node.parentElement; up; up = up.parentElement) {
      const sideways = /auto|scroll/.test(getComputedStyle(up).overflowX);
      if (sideways && !up.matches(".stMain, .stApp, body")) return true;
      if (up.matches(".stDataFrame")) return true;
    }
    return false;
  };
  const found = [...document.querySelectorAll(".stMain *, .stAppHeader *")].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && box.right > innerWidth + 1
      && !node.matches("input") && !moved(node);
  }).map((node) => node.outerHTML.slice(0, 150));
  const wide = document.documentElement.scrollWidth;
  return wide > innerWidth ? [`the page is ${wide} wide`, ...found] : found;
}"""

LOADED = "() => [...document.images].every((one) => one.complete && one.naturalWidth > 0)"


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_width_in_every_language(page, name, language):
    require_data("mnist")
    complaints: list[str] = []

    def hear(message) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not url.endswith(PROBES) and "/media/" not in url:
            complaints.append(f"{message.text} {url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": 375, "height": WIDTHS[375]})
    visit(page, name, language)
    page.wait_for_function(f"document.documentElement.lang == '{language}'")
    assert page.get_by_test_id("stSidebar").and_(page.locator("[aria-expanded=true]")).count() == 0
    page.get_by_test_id("stExpandSidebarButton").wait_for()
    cut = {}
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        cut[width] = _cut(page)
    assert cut == {width: [] for width in WIDTHS}
    assert page.get_by_test_id("stException").count() == 0
    assert complaints == []
    page.wait_for_function(LOADED)  # a picture of a run before may be gone; those that are shown are there


def _cut(page) -> list[str]:
    """What is cut once the charts have taken the new width."""
    from playwright.sync_api import TimeoutError as StillCut

    try:
        page.wait_for_function(f"() => ({CUT})().length == 0", timeout=20_000)
    except StillCut:
        return page.evaluate(CUT)[:6]
    return []


@pytest.mark.long
def test_a_phone_shows_two_maps_a_row(page):
    page.set_viewport_size({"width": 375, "height": WIDTHS[375]})
    visit(page, "Explain")
    one, other = (
        page.locator(f".st-key-tile-{name}").bounding_box() for name in ("openbox", "openbox_weights")
    )
    assert one["y"] == other["y"]
    assert one["x"] + one["width"] < other["x"]
    assert other["x"] + other["width"] <= 375


@pytest.mark.long
def test_a_projector_shows_large_type(page):
    page.set_viewport_size({"width": 1920, "height": WIDTHS[1920]})
    page.goto("/lesson?step=3&presenter=true")
    said = page.locator(".stMain p, .stMain li, .stMain td, .lesson-said, .lesson-row small")
    page.locator(".lesson-said").wait_for()
    page.wait_for_function(
        "() => parseFloat(getComputedStyle(document.querySelector('.lesson-said')).fontSize) >= 18"
    )
    small = said.evaluate_all(
        """nodes => nodes.filter((node) => node.offsetParent && node.textContent.trim()
          && parseFloat(getComputedStyle(node).fontSize) < 18).map((node) => node.outerHTML.slice(0, 150))"""
    )
    assert small == []
