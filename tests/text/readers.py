"""A small reader of titles with fresh weights, the same every time, for all tests of titles."""

from functools import cache

import torch

from openbox.zoo import TitleReader, build_reader, load_titles
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
def small_reader(layers: int = 1) -> TitleReader:
    """In eval mode; nobody may change it."""
    vocabulary = find_vocabulary(load_titles("titles", True).texts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(layers)
        model = build_reader("rnn" if layers == 1 else "rnn2", vocabulary, 6)
        torch.nn.init.normal_(model.embedding.weight)  # far apart, so that words differ
    return model.eval().requires_grad_(False)
