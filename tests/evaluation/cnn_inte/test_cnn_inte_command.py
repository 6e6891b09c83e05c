"""``python -m evaluation cnn-inte``, on digits."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.__main__ import main
from evaluation.cnn_inte.material import Material
from evaluation.cnn_inte.measures import last_gates, region_tree
from evaluation.cnn_inte.tables import tables
from evaluation.whole.facts import read_facts
from openbox.zoo import load, load_checkpoint

WORDS = ["cnn-inte", "--checkpoint", "digits-cnn-seed0", "--factors", "3", "--clusters", "8"]


def test_the_command_makes_every_table_and_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main([*WORDS, "--out", str(out)]) == 0
    facts = read_facts(out / "facts.csv")
    assert tables(facts) == (out / "tables.md").read_text()
    found = {fact.item: fact.value for fact in facts if fact.metric == "fidelity"}
    best = found["3 factors x 8 clusters, forests on activations, 50 leaves"]
    plain = found["plain tree on pixels, 50 leaves"]
    assert best is not None
    assert plain is not None
    assert best > plain
    assert found["the network itself"] == 1
    times = {file: file.stat().st_mtime_ns for file in (out / "parts").iterdir()}
    assert main([*WORDS, "--out", str(out)]) == 0
    assert all(file.stat().st_mtime_ns == time for file, time in times.items())


def test_the_gates_are_those_of_the_module_and_the_tree_of_regions_counts() -> None:
    checkpoint, images = load_checkpoint("digits-cnn-seed0"), load("digits")
    model: Any = checkpoint.model
    material = Material(checkpoint, "9", load("digits", True), images)
    x = images.batch(slice(0, 20))
    on = (model[:6](x) > 0).flatten(1).numpy()
    assert np.array_equal(last_gates(material)[1][:20].astype(bool), on)
    rows = {fact.item: fact for fact in region_tree(material) if fact.metric == "known"}
    assert rows["before all gates"].value == 1
    known = [row.value or 0.0 for row in rows.values()]
    assert known == sorted(known, reverse=True), "each level refines the one before"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--layer", "conv9"], "cnn_inte.activations: unknown layer 'conv9'; known: "),
        (["--clusters", "0"], "cnn-inte: --clusters '0'; pass whole numbers from 1 to 1000"),
        (["--factors", "few"], "cnn-inte: --factors 'few'"),
        (["--images", "4", "--clusters", "5"], "cnn-inte: 5 clusters of 4 images; use more"),
        (["--images", "-1"], "cnn-inte: --images -1; pass 0 or more"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["cnn-inte", "--checkpoint", "digits-cnn-seed0", *words, "--out", str(tmp_path / "out")]
    assert main(given) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
