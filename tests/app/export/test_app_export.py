"""What every page saves: the laws of its files, over all pages and what they can show."""

import csv
import io
import json
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass

import altair as alt
import made_results
import numpy as np
import pytest
from downloads import SAME, needs_nothing_else, offered
from export import chart, paper, sheet
from PIL import Image
from reading import start
from streamlit.testing.v1 import AppTest

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class SavedCase:
    """A page, its link, and the kinds of its files beside HTML and JSON."""

    page: str
    query: dict[str, str | list[str]]
    kinds: set[str]


TITLE: dict[str, str | list[str]] = {
    "how": "type one",
    "title": 'type inference <b> for graph" databases',
    "readings": "OpenBox",
}
METHODS = ["OpenBox", "Grad-CAM", "LIME", "OpenBox, noise average"]
CASES = {
    "explain": SavedCase(
        "explain", {"data": "Digits 8x8", "methods": METHODS, "index": "2"}, {"png", "svg", "npz", "py"}
    ),
    "geometry": SavedCase("geometry", {"data": "Digits 8x8"}, {"png", "svg", "npz", "py"}),
    "text": SavedCase("text", TITLE, {"png", "svg", "npz", "py"}),
    "text, a word dropped": SavedCase(
        "text", TITLE | {"dropped": 'graph"', "text_explain": "A rather than B"}, {"png", "svg", "npz", "py"}
    ),
    "gallery, maximisation": SavedCase("gallery", {}, {"png", "svg", "npz", "py"}),
    "gallery, training data": SavedCase(
        "gallery", {"family": "Training data"}, {"png", "svg", "npz", "py", "csv"}
    ),
    "gallery, from change": SavedCase("gallery", {"family": "From change"}, {"png", "svg", "npz", "py"}),
    "gallery, constrained": SavedCase(
        "gallery", {"family": "Constrained models"}, {"png", "svg", "npz", "py", "csv"}
    ),
    "gallery, attention": SavedCase("gallery", {"family": "Attention"}, {"png", "svg", "npz", "py", "csv"}),
    "models, images": SavedCase("models", {"study": "digits"}, {"png", "svg", "npz", "py", "csv"}),
    "models, titles": SavedCase("models", {"study": "dblp"}, {"png", "svg", "npz", "py", "csv"}),
    "models, no data": SavedCase("models", {"study": "mnist"}, {"png", "svg", "csv"}),
    "leaderboard": SavedCase("leaderboard", {}, {"png", "svg", "csv"}),
    "whole, a tree": SavedCase("whole", {}, {"png", "svg", "npz", "py"}),
    "whole, paths": SavedCase(
        "whole", {"whole_part": "Paths of filters"}, {"png", "svg", "npz", "py", "csv"}
    ),
}


@dataclass(frozen=True, eq=False)
class SavedPage:
    """What a page showed, and its files by kind."""

    case: SavedCase
    app: AppTest
    files: dict[str, bytes | str]

    @property
    def json(self) -> dict:
        return json.loads(self.files["json"])


DEAR = ("whole, a tree", "models, images", "models, titles", "gallery, maximisation")  # seconds each
PARAMS = [pytest.param(name, marks=pytest.mark.long) if name in DEAR else name for name in CASES]


@pytest.fixture(scope="module", params=PARAMS)
def saved(request, tmp_path_factory) -> Iterator[SavedPage]:
    case = CASES[request.param]
    with pytest.MonkeyPatch.context() as patch:
        parent = tmp_path_factory.mktemp("results")
        patch.setenv("OPENBOX_RESULTS", str(parent))
        patch.setenv("OPENBOX_DATA", str(parent))
        patch.setattr(sys, "argv", ["app"])  # the options of pytest are not those of the app
        if case.page == "leaderboard":
            made_results.write(parent)
        with offered() as makers:
            app = start(case.page, **case.query)
        assert [error.value for error in app.error] == []
        yield SavedPage(case, app, {name.rpartition(".")[2]: make() for name, make in makers.items()})


def test_the_page_has_the_files_that_make_sense_for_it(saved: SavedPage) -> None:
    assert set(saved.files) == saved.case.kinds | {"html", "json"}
    assert sum("Save this view" in caption.value for caption in saved.app.caption) == 1
    assert len(saved.app.download_button) == len(saved.files)


def test_the_json_says_what_was_shown_with_what(saved: SavedPage) -> None:
    known = saved.json
    assert known["title"] in [header.value for header in (*saved.app.header, *saved.app.subheader)]
    assert known["link"].startswith("?" if saved.case.page == "explain" else saved.case.page)
    assert {"torch", "numpy", "python", "openbox-explain"} <= known["versions"].keys()
    if "npz" in saved.files:
        assert known.keys() & {"network_sha256", "networks"}


def test_the_report_needs_nothing_else(saved: SavedPage) -> None:
    text = str(saved.files["html"])
    needs_nothing_else(text)
    assert json.dumps(saved.json["versions"]["torch"]).strip('"') in text
    assert "<h1>" in text


def test_the_code_makes_the_arrays_again_bit_for_bit(saved: SavedPage, tmp_path, monkeypatch) -> None:
    if "py" not in saved.files:
        assert saved.json["command"]
        return
    held = saved.files["npz"]
    assert isinstance(held, bytes)
    arrays = np.load(io.BytesIO(held))
    (tmp_path / f"openbox-{saved.case.page}.npz").write_bytes(held)
    monkeypatch.chdir(tmp_path)
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(saved.files["py"], "saved.py", "exec"), {})
    assert arrays.files
    assert out.getvalue().splitlines() == [f"{name} {SAME}" for name in arrays]


def test_drawings_and_tables_read_back(saved: SavedPage) -> None:
    if "svg" in saved.files:
        drawing = ElementTree.fromstring(saved.files["svg"])
        assert len(drawing.findall(f".//{SVG}text")) + len(drawing.findall(f".//{SVG}polygon")) > 3
        assert "NaN" not in str(saved.files["svg"])
        assert isinstance(saved.files["png"], bytes)
        pixels = Image.open(io.BytesIO(saved.files["png"]))
        assert pixels.width == pytest.approx(sheet.SHARP * float(drawing.attrib["width"]), abs=2)
        assert len(np.unique(np.asarray(pixels.convert("L")))) > 10, "something is drawn"
    if "csv" in saved.files:
        rows = list(csv.DictReader(io.StringIO(str(saved.files["csv"]))))
        assert rows
        assert all(None not in row and None not in row.values() for row in rows)


def test_the_words_on_paper_are_marked_and_nothing_else_is_markup() -> None:
    for text, wanted in {
        "**a** *b* `c`": "<b>a</b> <i>b</i> <code>c</code>",
        "a\n\nb": "a<br>b",
        r"\*a\* \<b\>": "*a* &lt;b&gt;",
        "<script>": "&lt;script&gt;",
        "3 * 4 * 5": "3 * 4 * 5",
    }.items():
        assert paper.marked(text) == wanted


def test_a_chart_says_what_it_shows_and_asks_nobody() -> None:
    """As data of a chart an address is refused; without a network nobody would answer."""
    bars = alt.Chart(alt.Data(values=[{"a": 1}])).mark_bar().encode(x="a:Q")
    found = ElementTree.fromstring(chart.svg(bars, "One & a bar"))
    assert found.findtext(f"{SVG}title") == "One & a bar"
    with pytest.raises(ValueError, match="External data url not allowed"):
        chart.svg(alt.Chart("http://localhost:9/rows.csv").mark_bar().encode(x="a:Q"), "")
