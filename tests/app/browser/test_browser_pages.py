"""The other pages in a real browser, and a model of the user.

What they see the tests without a browser see as well, in the default set, but for the
browser's own part: clicks, downloads, the address.
"""

import io
import json
import re
from pathlib import Path

import made_results
import numpy as np
import own_models
import pytest
from served import PATIENCE, serve, still, tile


@pytest.mark.long
def test_a_model_of_the_user(browser, tmp_path):
    """Named on the command line it is there, opened exactly; in a link it is not even read."""
    (tmp_path / "user_models.py").write_text(own_models.SOURCE)
    (tmp_path / "linked.py").write_text("open('executed', 'w').close()")
    with serve(tmp_path, "--model", "user_models:Net", "--data", "digits") as address:
        page = browser.new_page(base_url=address)
        page.set_default_timeout(PATIENCE)
        page.goto("/?model=linked:Net&weights=w.pt&network=your+model+(linked:Net)&methods=OpenBox")
        receipt = tile(page, "openbox").locator(".receipt")
        receipt.wait_for()
        assert re.search(r"Σ w·x \+ b = .*, error (0|\de-\d\d)", receipt.inner_text())
        page.get_by_text("user_models:Net, no weight file").wait_for()
        assert page.get_by_text("linked").count() == 0
        page.close()
    assert not (tmp_path / "executed").exists()


@pytest.mark.long
def test_a_walk_through_the_cells_and_the_files_of_the_window(page):
    page.goto("/geometry?data=Digits+8x8&image=embedded+samples&t=0.4")
    page.get_by_role("img", name="The exact window with").wait_for()
    page.get_by_text("The decision changes").wait_for()
    assert page.get_by_role("img", name="The plane through the pictures").count() == 1
    cells = page.get_by_text(re.compile(r"Cell \w{8}, "))
    before = cells.inner_text()
    page.get_by_role("button", name="next crossing").click()
    page.get_by_text(re.compile(r"It was \w{8} at the point before|The same bits")).wait_for()
    assert cells.inner_text() != before
    page.wait_for_url("**t=0.4**")
    files = {}
    for kind in ("PNG", "SVG", "NPZ", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=kind, exact=True).click()
        files[kind] = Path(download.value.path()).read_bytes()
    assert files["PNG"].startswith(b"\x89PNG")
    found, arrays = json.loads(files["JSON"]), np.load(io.BytesIO(files["NPZ"]))
    assert files["SVG"].count(b"data-region=") >= len(arrays["corners"]) == found["regions"] > 100
    current = str(arrays["region_ids"][found["current_cell"]])
    assert current[:8] in cells.inner_text()
    assert page.get_by_test_id("stException").count() == 0


@pytest.mark.long
def test_a_word_that_is_clicked_is_dropped(page):
    page.goto("/text?how=type+one&title=type+inference+for+graph+databases&readings=OpenBox&readings=LIME")
    page.get_by_role("heading", name="The network says “databases”").wait_for()
    page.get_by_role("columnheader", name="databases").wait_for()
    page.get_by_role("button", name="databases", exact=True).click()
    page.get_by_role("heading", name="Without “databases”").wait_for()
    page.get_by_text("gates agree, so it is another region").wait_for()
    page.wait_for_url("**dropped=databases**")
    page.get_by_text("its surrogate fits the score around the title").first.wait_for()
    assert page.get_by_test_id("stException").count() == 0


@pytest.mark.long
def test_a_click_on_a_point_shows_the_maps_of_its_network(page):
    page.goto("/models?study=digits&criterion=straight")
    maps = page.get_by_role("combobox", name="Maps of")
    maps.wait_for()
    still(page)
    before = maps.input_value()
    point = page.locator('[aria-roledescription="point"][aria-label*="network: dense_wide"]')
    point.click()
    page.wait_for_function(
        "before => document.querySelector('[aria-label=\"Maps of\"]').value != before", arg=before
    )
    assert maps.input_value() == "dense_wide"
    page.get_by_text("dense_wide: ").nth(9).wait_for()


@pytest.mark.long
def test_a_click_on_the_leaderboard_shows_images_and_leads_to_one(browser, tmp_path):
    made_results.write(tmp_path / "results")
    with serve(tmp_path, OPENBOX_RESULTS=str(tmp_path / "results")) as address:
        page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(PATIENCE)
        page.goto("/leaderboard")
        table = page.get_by_test_id("stDataFrame")
        table.wait_for()
        page.get_by_text("Click a row of the table").wait_for()
        box = table.bounding_box()
        table.click(position={"x": 16, "y": box["height"] * 2.5 / (len(made_results.QUALITY) + 1)})
        page.get_by_role("heading", name="Images behind OpenBox weights").wait_for()
        page.wait_for_url("**behind=OpenBox+weights**")
        page.get_by_role("img", name="OpenBox weights map of").nth(7).wait_for()
        page.get_by_role("link", name="Explain image").first.click()
        page.get_by_role("heading", name="The network says").wait_for()
        tile(page, "openbox_weights").locator(".cost").wait_for()
        assert re.search(r"Digits 8x8 test image \d+, labelled", page.inner_text("body"))
        page.close()


@pytest.mark.long
def test_a_lesson_by_the_arrow_keys_and_on_paper(page):
    page.goto("/lesson")
    page.get_by_role("heading", name="1. A linear classifier").wait_for()
    page.locator(".lesson-said").wait_for()
    still(page)  # a key that comes while the page is drawn is lost
    page.keyboard.press("ArrowRight")
    page.get_by_role("heading", name="2. ReLU folds the plane").wait_for()
    page.wait_for_url("**step=2**")
    drawn = page.locator(".lesson-plane img")
    drawn.wait_for()
    assert drawn.evaluate("node => node.naturalWidth") > 0
    assert "2 neurons fold this window into 4 pieces" in page.locator(".lesson-said").inner_text()
    page.get_by_text("For the projector").click()
    page.wait_for_url("**presenter=true**")
    size = "parseFloat(getComputedStyle(document.querySelector('.lesson-said')).fontSize)"
    page.wait_for_function(f"{size} >= 18")
    page.get_by_text("For the projector").click()
    with page.expect_download() as found:
        page.get_by_role("button", name="Hand-out to print").click()
    text = Path(found.value.path()).read_text()
    assert text.count("<section>") == 7
