"""What knows nothing of the network, and any method must beat."""

import torch

from openbox.explainers.explanation import Receipt
from openbox.text.explanation import TokenMaps
from openbox.text.query import Query

_NONE = Receipt("none", {})


def random(query: Query) -> TokenMaps:
    """Standard normal noise, the same for the same title."""
    draws = [
        torch.randn(len(title), generator=query.generator("random", title), dtype=torch.float64)
        for title in query.titles
    ]
    return TokenMaps(torch.stack(draws), _NONE, 0)


def word_length(query: Query) -> TokenMaps:
    """The number of characters of each word: long words tend to be terms of a field."""
    lengths = [[float(len(word)) for word in title] for title in query.titles]
    return TokenMaps(torch.tensor(lengths, dtype=torch.float64), _NONE, 0)
