"""A study of invented titles on a small reader, as a run would be: a checkpoint, a study file, its folder."""

from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from small_reader import save_reader

from evaluation.__main__ import main

STUDY = """
name = "small"
seed = 0
target = "predicted"
references = 1
shard_images = 4
batch = 8
explainer_seeds = [0]

[[networks]]
dataset = "titles"
model = "rnn"
model_seeds = [0]
images = {images}

[methods]
{methods}

[scores]
{scores}
"""


def run_titles(
    folder: Path, monkeypatch: pytest.MonkeyPatch, methods: str, scores: str, images: int = 6
) -> list[dict[str, object]]:
    """The rows of a study with these methods and scores."""
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(folder / "checkpoints"))
    save_reader(folder / "checkpoints")
    names = "\n".join(f"{name} = {{}}" for name in methods.split())
    asked = "\n".join(f"{name} = {{}}" for name in scores.split())
    (folder / "small.toml").write_text(STUDY.format(images=images, methods=names, scores=asked))
    assert main(["run", "--study", str(folder / "small.toml"), "--out", str(folder / "runs")]) == 0
    files = sorted((folder / "runs" / "small" / "rows").glob("*.parquet"))
    return [row for file in files for row in parquet.read_table(file).to_pylist()]
