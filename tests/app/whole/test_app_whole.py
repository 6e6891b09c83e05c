"""The page Whole network as Streamlit runs it, without any data."""

from itertools import pairwise
from pathlib import Path

import pytest
from reading import shown, start


@pytest.fixture(autouse=True)
def no_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path))


def test_the_tree_is_as_faithful_as_it_says_and_lights_the_way_of_the_digit() -> None:
    app = start("whole")
    text = shown(app)
    assert "factor 1 (" in text
    from whole import kept
    from whole.drawing import drawn

    found = kept.grown(4, 8, 14, "activations")
    fidelity = (found.answers == found.decided).mean()
    assert fidelity > 0.9
    assert f"{100 * fidelity:.1f} %" in [metric.value for metric in app.metric]
    way = found.ways[7]
    dot = drawn(found.dot, way)
    assert dot.count("penwidth=4") == 2 * len(way) - 1, "nodes and edges of one way"
    assert dot.count("cluster") == 13, "14 leaves, 13 questions"
    assert all(f"{a} -> {b} [color" in dot for a, b in pairwise(way))
    app.slider(key="leaves").set_value(5).run()
    assert not app.exception


def test_paths_say_what_a_cut_costs() -> None:
    app = start("whole", whole_part="Paths of filters", whole_digit="3")
    assert "of 32** filters" in shown(app)
    before = [metric.value for metric in app.metric]
    app.selectbox(key="cut").set_value(3).run()
    assert [metric.value for metric in app.metric] != before


def test_without_the_decoupled_network_it_says_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openbox.decoupling.shipped.checkpoint_folder", lambda: tmp_path)
    app = start("whole", whole_part="Paths of filters")
    assert "python -m evaluation decouple" in app.error[0].value.replace("\\", "")
