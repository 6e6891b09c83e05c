"""LIME for text (Ribeiro, Singh, Guestrin, KDD 2016) through the ``lime`` package, word by word."""

from typing import Any

import numpy as np
import torch
from lime.lime_text import LimeTextExplainer

from openbox.explainers.explanation import Receipt
from openbox.text.explanation import TokenMaps
from openbox.text.open_reader import NOTHING, Words
from openbox.text.query import Query
from openbox.text.surrogate import present_words

SAMPLES = 1000
_SPLIT: Any = str.split  # a callable is allowed, which the annotation of the package does not know
_HIDDEN, _UNKNOWN = "\ue000", "\ue001"  # for what is left out, what was unknown: private use, so no words
_WORDS: dict[str, str] = {_HIDDEN: NOTHING, _UNKNOWN: NOTHING}


def lime(query: Query) -> TokenMaps:
    """The weight of each word in a local ridge regression on titles with words made unknown.

    The package samples ``SAMPLES`` titles; a word that occurs twice has two weights (``bow=False``).
    """
    found = [_one(query, number, title) for number, title in enumerate(query.titles)]
    values, fits, intercepts = zip(*found, strict=True)
    receipt = Receipt(
        "its surrogate fits the score around the title with R^2",
        {"R^2": torch.tensor(fits), "intercept": torch.tensor(intercepts)},
    )
    weights, bias = torch.stack(values), torch.tensor(intercepts, dtype=torch.float64)
    error = query.error(weights.sum(1) + bias)
    return TokenMaps(weights, receipt, SAMPLES, bias, error, surrogates=present_words(weights, bias))


def _one(query: Query, number: int, title: Words) -> tuple[torch.Tensor, float, float]:
    def classify(texts: list[str]) -> np.ndarray:
        titles: list[Words] = [[_WORDS.get(word, word) for word in text.split(" ")] for text in texts]
        return query.scores(number, titles)[:, None].cpu().numpy()

    explainer = LimeTextExplainer(
        split_expression=_SPLIT, bow=False, mask_string=_HIDDEN,
        random_state=query.seed_of("lime", title),
    )  # fmt: skip
    text = " ".join(word or _UNKNOWN for word in title)
    result: Any = explainer.explain_instance(
        text, classify, labels=(0,), num_features=len(title), num_samples=SAMPLES
    )
    values = torch.zeros(len(title), dtype=torch.float64)
    for place, weight in result.as_map()[0]:
        values[place] = weight
    return values, float(result.score), float(result.intercept[0])
