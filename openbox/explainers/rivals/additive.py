"""What the two SHAP explainers share: the receipt of a sum, and one turn at NumPy's global generator."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor

from openbox.explainers.explanation import Receipt
from openbox.explainers.method import CountedModel

_LOCK = threading.Lock()


def additive_receipt(
    model: CountedModel, x: Tensor, coefficients: Tensor, values: Tensor, base: Tensor
) -> Receipt:
    """What the values and the base value add up to, and how much of the score that leaves open."""
    with torch.no_grad():
        score = (model(x) * coefficients).sum(1)
    total = values.flatten(1).sum(1)
    return Receipt(
        "sum(values) + base value = score, up to the gap",
        {"sum": total, "base": base, "score": score, "gap": score - total - base},
    )


@contextmanager
def numpy_turn() -> Iterator[None]:
    """shap seeds NumPy's global generator; give it back as it was."""
    with _LOCK:
        state = np.random.get_state()
        try:
            yield
        finally:
            np.random.set_state(state)
