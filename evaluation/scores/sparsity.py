"""``sparsity``: how few pixels a map needs (Chalasani et al., ICML 2020), by the Gini index."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..case import Case
from ..measurement import Measurement, Metric, Score


@dataclass(frozen=True)
class SparsitySettings:
    """Nothing to set."""


def gini(relevance: Tensor) -> Tensor:
    """Gini index (n,) of ``|relevance|`` (n, ...): 0 where all are equal, towards 1 where one has all.

    ``1 - 2 sum_i (a_i / sum a) (d - i + 1/2) / d`` with a sorted ascending, i = 1..d (Hurley, Rickard
    2009). NaN for a map that is zero everywhere.
    """
    a = relevance.abs().flatten(1).double().sort(1).values
    d = a.shape[1]
    weight = (d - torch.arange(1, d + 1, device=a.device) + 0.5) / d
    return 1 - 2 * (a / a.sum(1, keepdim=True) * weight).sum(1)


def measure(case: Case, settings: SparsitySettings) -> list[Measurement]:
    """The Gini index of the relevance of pixels."""
    del settings
    return [Measurement("gini", gini(case.relevance))]


SCORE = Score(
    "how concentrated a map is", SparsitySettings, measure, {"gini": Metric("Gini index of |R|", "")}
)
