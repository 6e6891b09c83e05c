"""What the geometry says when something is not as it should be."""

import pytest
import torch
from torch import Tensor, nn

import openbox


def small() -> tuple[nn.Sequential, openbox.PiecewiseLinearNetwork]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 3))
    return model, openbox.capture(model, torch.zeros(1, 3))


def test_an_error_of_a_callback_is_not_blamed_on_the_dtype() -> None:
    def stop(*_: object) -> None:
        raise RuntimeError("stopped by hand")

    _, net = small()
    a, b, c = torch.eye(3)
    with pytest.raises(RuntimeError, match="^stopped by hand$"):
        net.segment(a, b, progress=stop)
    with pytest.raises(RuntimeError, match="^stopped by hand$"):
        net.slice(a, b, c, 1.0, progress=stop)
