"""Pixel flipping by Quantus 0.6 (Hedstrom et al. 2023), where it is installed. It is imported here only.

It is in no requirements: it pulls a second OpenCV, and needs a function that NumPy has removed.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn


class _Unpacked(nn.Module):
    """The model on images (n, 1, H, W * C), the channels of a pixel beside each other."""

    def __init__(self, model: nn.Module, channels: int) -> None:
        super().__init__()
        self.model, self.channels = model, channels

    def forward(self, packed: Tensor) -> Tensor:
        return self.model(packed[:, 0].unflatten(2, (-1, self.channels)).movedim(-1, 1))


def pixel_flipping(
    model: nn.Module, x: Tensor, target: Tensor, relevance: Tensor, steps: int, batch: int
) -> Tensor:
    """Probability (n, steps) after each step in MoRF order, black fill; relevance (n, H, W), x (n, C, H, W).

    Quantus removes values, not pixels. A pixel's channels have the same relevance and lie beside each
    other, so that each step removes whole pixels; it asks that the pixels divide by ``steps``. The
    area is computed too, as Quantus does, and dropped.
    """
    from quantus.metrics.faithfulness.pixel_flipping import PixelFlipping  # pyright: ignore[reportMissingImports]

    count, channels, height, width = x.shape
    packed = x.movedim(1, -1).reshape(count, 1, height, width * channels).cpu().numpy()
    maps = relevance.repeat_interleave(channels, 2)[:, None].cpu().numpy()
    metric = PixelFlipping(
        features_in_step=packed[0].size // steps, abs=False, normalise=False, perturb_baseline=0.0,
        disable_warnings=True,
    )  # fmt: skip
    with _trapz():
        curves = metric(
            model=_Unpacked(model, channels).eval(), x_batch=packed, y_batch=target.cpu().numpy(),
            a_batch=maps, channel_first=True, softmax=True, device=str(x.device), batch_size=batch,
        )  # fmt: skip
        assert np.isfinite(metric.get_auc_score)
    return torch.tensor(curves, dtype=torch.float64)


@contextmanager
def _trapz() -> Iterator[None]:
    """Borrow the name under which NumPy 1 had ``trapezoid``."""
    if hasattr(np, "trapz"):
        yield
        return
    setattr(np, "trapz", np.trapezoid)  # noqa: B010  (a name that the type stubs do not have)
    try:
        yield
    finally:
        delattr(np, "trapz")
