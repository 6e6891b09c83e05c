"""What every page saves, downloaded in a real browser: files open there, and code runs beside them."""

import json
from pathlib import Path

import pytest
from downloads import SAME, needs_nothing_else, run_code
from served import still

METHODS = "methods=OpenBox&methods=LIME"
PAGES = {
    "explain": (f"/?data=Digits+8x8&{METHODS}", ".st-key-tile-lime .cost"),
    "geometry": ("/geometry?data=Digits+8x8", ".st-key-save"),
    "text": ("/text?how=type+one&title=type+inference+for+graphs&dropped=graphs", "text=gates agree"),
    "whole": ("/whole", "text=Its clusters"),
    "paths": ("/whole?whole_part=Paths+of+filters", "text=Cut are the twentieth"),
    "models": ("/models?study=digits", "text=Decision features"),
    "gallery": ("/gallery?family=From+change", "text=Beside it the geometry's counterfactual"),
    "leaderboard": ("/leaderboard", "text=Click a row of the table"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_downloaded_and_made_again(page, tmp_path: Path, name: str) -> None:
    address, there = PAGES[name]
    page.goto(address)
    page.locator(there).first.wait_for()
    row = page.locator(".st-key-save")
    row.get_by_role("button", name="JSON").wait_for()
    still(page)
    for button in row.get_by_role("button").all():
        with page.expect_download() as download:
            button.click()
        download.value.save_as(tmp_path / download.value.suggested_filename)
    files = {path.suffix: path for path in tmp_path.iterdir()}
    assert {".html", ".json"} <= files.keys()
    assert json.loads(files[".json"].read_text())["versions"]
    text = files[".html"].read_text()
    needs_nothing_else(text)
    if ".py" in files:
        made = run_code(tmp_path, files[".py"].name)
        assert made
        assert all(line.endswith(SAME) for line in made), made
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    assert page.get_by_test_id("stException").count() == 0
    page.set_content(text)
    page.get_by_role("heading", name="Conditions").wait_for()
    assert said == [], "the report asks for nothing that its own policy forbids"
    page.wait_for_function("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
