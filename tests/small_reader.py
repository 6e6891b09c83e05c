"""A small reader of titles with fresh weights, the same every time, for all tests of titles."""

from functools import cache
from pathlib import Path

import torch

from openbox.zoo import build_reader, load_titles
from openbox.zoo.checkpoints import Card, save_checkpoint
from openbox.zoo.readers import RecurrentReader
from openbox.zoo.training.title_run import find_vocabulary

TITLES = (
    "adaptive index selection for queries",
    "compilers",
    "a cost model for join ordering in column stores",
    "zzzz qqqq",
    "Hello! 😀 שלום join",
    "index index index",
)


@cache
def small_reader(layers: int = 1) -> RecurrentReader:
    """In eval mode; nobody may change it."""
    vocabulary = find_vocabulary(load_titles("titles", True).texts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(layers)
        model = build_reader("rnn" if layers == 1 else "rnn2", vocabulary, 6)
        assert isinstance(model, RecurrentReader)
        torch.nn.init.normal_(model.embedding.weight)  # far apart, so that words differ
    return model.eval().requires_grad_(False)


def save_reader(folder: Path, data: str = "titles") -> None:
    """The small reader as the checkpoint ``DATA-rnn-seed0`` in ``folder``."""
    titles, reader = load_titles("titles"), small_reader()
    card = Card(
        f"{data}-rnn-seed0", data, "rnn", 0, (1, 0, reader.features), titles.classes, 0.5, len(titles), 1,
        "made by a test", "float32", "cpu", {},
    )  # fmt: skip
    save_checkpoint(reader, card, folder)
