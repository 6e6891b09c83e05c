"""The page Models as Streamlit runs it, on the committed studies."""

from pathlib import Path

import pytest
from reading import shown, start


def test_the_network_to_take_is_the_best_of_those_that_are_right_often_enough() -> None:
    app = start("models", study="digits", criterion="straight")
    from models import records

    rows = [row for row in records.read_models("digits") if row.criterion == "straight"]
    enough = [row for row in rows if row.accuracy >= 0.97]
    least = min(enough, key=lambda row: row.value)
    assert f"take **{least.network}**: {100 * least.accuracy:.1f} % right" in shown(app)
    assert app.selectbox(key=f"one-digits-{least.network}").value == least.network
    app.slider(key="least-digits").set_value(100.0).run()
    assert "No network is right on 100.0 % of the test inputs" in shown(app)


def test_the_maps_of_two_networks_stand_beside_each_other() -> None:
    app = start("models", study="digits")
    from models import records

    best = records.most_accurate(records.read_models("digits")).network
    assert sum(f"{best}: " in caption.value for caption in app.caption) >= 10
    names = {caption.value.split(":")[0] for caption in app.caption if ": " in caption.value}
    assert len(names) >= 3, "two networks, and the criterion"


def test_titles_of_a_study_of_readers_are_coloured_without_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBOX_DATA", str(tmp_path))
    app = start("models", study="dblp", criterion="sparsity")
    assert not app.exception
    text = shown(app)
    assert "The titles are from: " in text
    assert "How much each word speaks" in text


def test_without_studies_and_with_a_broken_one_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models import records

    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / records.FILE).write_text("a,b\n1,2\n")
    with pytest.raises(records.ResultsError, match="python -m evaluation models --study broken"):
        records.read_models("broken", tmp_path)
    monkeypatch.setattr("models.records.model_studies", list)
    app = start("models")
    assert "python -m evaluation models --study digits" in shown(app)
