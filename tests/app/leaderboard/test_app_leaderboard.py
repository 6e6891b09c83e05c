"""The Leaderboard page as Streamlit runs it, without a browser."""

import made_results
import pytest
from reading import shown, start
from requirements import require_data
from streamlit.testing.v1 import AppTest
from ui.words import DASH

from openbox.explainers.table import EXPLAINERS

HEADING = f"flip.abpc {DASH} area between the curves, fill zero, on the logit"


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """The results that nobody changes."""
    with pytest.MonkeyPatch.context() as patch:
        parent = tmp_path_factory.mktemp("results")
        patch.setenv("OPENBOX_RESULTS", str(parent))
        yield made_results.write(parent)


@pytest.fixture
def parent(tmp_path, monkeypatch):
    """No results, of the test's own."""
    monkeypatch.setenv("OPENBOX_RESULTS", str(tmp_path / "results"))
    return tmp_path / "results"


def table(app: AppTest) -> list[dict]:
    return app.dataframe[0].value.to_dict("records")


def test_no_results_is_one_friendly_sentence(parent):
    app = start("leaderboard")
    assert "`python -m evaluation run --study quick`" in shown(app)
    assert not app.error


def test_the_first_cell_is_the_flip_score_with_all_baselines():
    app = start("leaderboard")
    text = shown(app)
    assert app.header[0].value == HEADING
    assert "**Higher is better.**" in text
    assert "cpu (made up)" in text
    rows = table(app)
    assert [row["Rank"] for row in rows] == [*range(1, len(EXPLAINERS) + 1)]
    assert {"Random", "Edges"} < {row["Method"] for row in rows}
    assert "Click a row" in text


def test_choices_lead_to_their_cell():
    app = start("leaderboard")
    app.selectbox(key="set").set_value("mnist").run()
    app.selectbox(key="seed").set_value("all").run()
    app.selectbox(key="fill").set_value("noise").run()
    app.selectbox(key="metric").set_value("flip.morf").run()
    text = shown(app)
    assert "flip.morf, MoRF, most relevant first, fill noise, on the logit" in text
    assert "**Lower is better.**" in text
    assert "model seeds 0, 1" in text
    app.selectbox(key="metric").set_value("shift.cosine").run()
    assert app.selectbox(key="fill").disabled
    assert "not read off curves" in shown(app)
    app.selectbox(key="metric").set_value("flip.abpc").run()
    assert app.selectbox(key="fill").value == "noise"  # not forgotten


def test_a_link_restores_the_state():
    app = start("leaderboard", set="MNIST", seed="1", metric="shift.cosine", behind="Edges")
    assert (app.selectbox(key="set").value, app.selectbox(key="seed").value) == ("mnist", "1")
    assert app.header[0].value == "shift.cosine"
    assert app.selectbox(key="behind").value == "edges"
    assert "Images behind Edges" in shown(app)


@pytest.mark.parametrize("key", ["set", "net", "seed", "metric", "fill", "behind", "curves"])
def test_a_link_with_nonsense_falls_back(key):
    assert start("leaderboard", **{key: "nonsense"}).header[0].value == HEADING


def test_a_row_shows_the_images_behind_it():
    app = start("leaderboard", behind="LIME")
    text = shown(app)
    ordered = sorted(
        made_results.value(image, 0, "lime", 1.0)
        for place, image in enumerate(made_results.images().tolist())
        if place != 1
    )
    worst = [value for value in text.splitlines() if value.startswith("<b>worst</b>")]
    assert worst == [f"<b>worst</b>: {value:.3f}" for value in ordered[:4]]
    assert text.count("<b>median</b>") == text.count("<b>best</b>") == 2
    assert text.count("network: “") == 8
    assert "computed again on this computer" in text
    assert "seed 3, as its run.json says" in text
    assert "**1 of 40 images failed**" in text
    assert made_results.FAILED in text
    assert not app.error


@pytest.mark.long
def test_every_method_can_be_drawn_again():
    app = start("leaderboard")
    for method in EXPLAINERS:
        app.selectbox(key="behind").set_value(method).run()
        assert not app.error, method
        assert shown(app).count("network: “") == 8


def test_the_chosen_method_s_row_is_marked():
    app = start("leaderboard", fill="noise", behind="LIME")
    key = "table-digits-cnn-0-flip.abpc--noise-logit"
    place = [*EXPLAINERS].index("lime")  # the made values fall in the order of the table
    assert app.session_state[key]["selection"]["rows"] == [place]
    app.selectbox(key="behind").set_value("openbox").run()
    assert app.session_state[key]["selection"]["rows"] == [0]
    app.selectbox(key="behind").set_value(None).run()
    assert app.session_state[key]["selection"]["rows"] == []
    assert "Click a row" in shown(app)


def test_without_the_data_set_there_are_values_but_no_pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path))
    text = shown(start("leaderboard", set="MNIST", behind="OpenBox"))
    assert "nothing readable under" in text
    assert "Here are the values without the pictures" in text
    assert "worst" in text
    assert "network: “" not in text


def test_images_of_several_seeds_are_drawn_for_the_first():
    require_data("mnist")
    text = shown(start("leaderboard", set="MNIST", behind="OpenBox"))
    assert (
        "means over model seeds 0, 1; the maps are computed again on this computer for model seed 0" in text
    )
    assert text.count("network: “") == 8


def test_other_weights_are_not_shown_as_the_measured_ones(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(tmp_path))
    text = shown(start("leaderboard", behind="OpenBox"))
    assert "There is no checkpoint of Digits 8x8, cnn, seed 0" in text.replace("\\", "")
    assert "worst" in text


@pytest.mark.parametrize(
    ("name", "query"), [("leaderboard.csv", {}), ("curves.csv", {}), ("rows.parquet", {"behind": "LIME"})]
)
def test_a_damaged_file_is_one_message(parent, name, query):
    (made_results.write(parent) / name).write_bytes(b"\x00\xff damaged")
    app = start("leaderboard", **query)
    assert [name in error.value for error in app.error] == [True]
    assert "--study quick" in app.error[0].value
    assert not app.exception


def test_a_study_is_chosen_where_there_are_several(parent):
    made_results.write(parent)
    made_results.write(parent, "full")
    app = start("leaderboard")
    assert app.selectbox(key="study").value == "full"
    app.selectbox(key="study").set_value("quick").run()
    assert "run --study quick" in shown(app)


def test_a_file_that_is_written_again_is_read_again(parent):
    path = made_results.write(parent) / "leaderboard.csv"
    app = start("leaderboard")
    path.write_text(path.read_text().replace("cpu (made up)", "another device"))
    assert "another device" in shown(app.run())
