"""A study of invented titles on a small reader, as a run would be: a checkpoint, a study file, its folder."""

from pathlib import Path

import pyarrow.parquet as parquet
import pytest
import torch

from evaluation.__main__ import main
from openbox.zoo import TitleReader, build_reader, load_titles
from openbox.zoo.checkpoints import Card, save_checkpoint
from openbox.zoo.readers import WIDTH
from openbox.zoo.training.title_run import find_vocabulary

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


def save_reader(folder: Path) -> TitleReader:
    """``titles-rnn-seed0`` with fresh weights in ``folder``."""
    titles = load_titles("titles")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = build_reader("rnn", find_vocabulary(load_titles("titles", True).texts), 6)
        torch.nn.init.normal_(model.embedding.weight)
    card = Card(
        "titles-rnn-seed0", "titles", "rnn", 0, (1, 0, WIDTH), titles.classes, 0.5, len(titles), 1,
        "made by a test", "float32", "cpu", {},
    )  # fmt: skip
    save_checkpoint(model, card, folder)
    return model.eval().requires_grad_(False)


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
