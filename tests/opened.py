"""The cases of the table, opened once for all test files; nobody may change what is returned."""

from functools import cache

import torch
from cases import CASES
from torch import Tensor, nn

import openbox
from openbox.network import PiecewiseLinearNetwork


@cache
def opened(name: str) -> tuple[nn.Module, PiecewiseLinearNetwork]:
    """The case's module and its capture from a single example."""
    model = CASES[name].model()
    return model, openbox.capture(model, torch.zeros(1, *CASES[name].shape))


def batch(name: str, dtype: torch.dtype) -> Tensor:
    """All inputs of the case, (N, *input_shape), in the order of ``Case.inputs``."""
    return torch.stack(list(CASES[name].inputs().values())).to(dtype)
