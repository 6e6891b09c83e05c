"""The receipt of a method whose values claim to add up to the score."""

import torch
from torch import Tensor

from openbox.explainers.explanation import Receipt
from openbox.explainers.method import Counted


def additive_receipt(
    model: Counted, x: Tensor, coefficients: Tensor, values: Tensor, base: Tensor
) -> Receipt:
    """What the values and the base value add up to, and how much of the score that leaves open."""
    with torch.no_grad():
        score = (model(x) * coefficients).sum(1)
    total = values.flatten(1).sum(1)
    return Receipt(
        "sum(values) + base value = score, up to the gap",
        {"sum": total, "base": base, "score": score, "gap": score - total - base},
    )
