"""``shap.PartitionExplainer`` (Lundberg, Lee, NeurIPS 2017) over the words of a title."""

from typing import Any

import numpy as np
import shap
import torch
from scipy.cluster.hierarchy import linkage
from shap.maskers import Partition

from openbox.explainers.explanation import Receipt
from openbox.explainers.turn import turn
from openbox.text.explanation import TokenMaps
from openbox.text.open_reader import NOTHING, Words
from openbox.text.query import Query
from openbox.text.surrogate import present_words

EVALUATIONS = 500


def partition_shap(query: Query) -> TokenMaps:
    """Owen values of nested spans of words, against the title of unknown words."""
    before = query.reader.passes
    with turn():
        found = [_one(query, number, title) for number, title in enumerate(query.titles)]
    calls = (query.reader.passes - before) / len(query.titles)
    values = torch.stack([value for value, _ in found])
    base = torch.tensor([base for _, base in found], dtype=torch.float64)
    score, error = query.own_scores(), query.error(values.sum(1) + base)
    numbers = {"sum": values.sum(1), "base": base, "score": score, "gap": score - values.sum(1) - base}
    receipt = Receipt("sum(values) + base value = score, up to the gap", numbers)
    return TokenMaps(values, receipt, calls, base, error, surrogates=present_words(values, base))


def _one(query: Query, number: int, title: Words) -> tuple[torch.Tensor, float]:
    """The values (T,) of one title, and the score of as many unknown words."""
    length = len(title)
    if length == 1:  # nothing to part
        score, base = query.scores(number, [title, [NOTHING]]).tolist()
        return torch.tensor([score - base], dtype=torch.float64), base

    def score(present: np.ndarray) -> np.ndarray:
        """(n, T) of 0 and 1, which words are there -> (n,)."""
        titles: list[Words] = [
            [word if there else NOTHING for word, there in zip(title, row, strict=True)] for row in present
        ]
        return query.scores(number, titles).cpu().numpy()

    spans = linkage(np.arange(length)[:, None], "average")  # neighbours first
    masker = Partition(np.zeros((1, length)), clustering=spans)
    explained: Any = shap.PartitionExplainer(score, masker)(
        np.ones((1, length)), max_evals=EVALUATIONS, silent=True
    )
    return torch.from_numpy(explained.values[0]).double(), float(np.ravel(explained.base_values)[0])
