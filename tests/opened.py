"""The cases of the table, opened once for all test files; nobody may change what is returned."""

from functools import cache

import torch
from cases import CASES
from reference import Opened, open_by_hand
from torch import Tensor, nn

import openbox
from openbox.network import PiecewiseLinearNetwork


@cache
def opened(name: str) -> tuple[nn.Module, PiecewiseLinearNetwork]:
    """The case's module and its capture from a single example."""
    model = CASES[name].model()
    return model, openbox.capture(model, torch.zeros(1, *CASES[name].shape))


@cache
def by_hand(name: str) -> dict[str, Opened]:
    """What the oracle finds at each input of the case."""
    model = CASES[name].model().double()
    return {which: open_by_hand(model, x) for which, x in CASES[name].inputs().items()}


def batch(name: str, dtype: torch.dtype) -> Tensor:
    """All inputs of the case, (N, *input_shape), in the order of ``Case.inputs``."""
    return torch.stack(list(CASES[name].inputs().values())).to(dtype)
