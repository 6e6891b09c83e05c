"""``meaningful_perturbation``: the smallest blur that destroys the score (Fong, Vedaldi, ICCV 2017)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from openbox.errors import InputError
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel
from openbox.shapes import check_count


@dataclass(frozen=True)
class MeaningfulSettings:
    """``steps`` of Adam at ``rate`` on a mask of ``cells`` x ``cells``; ``sparsity`` and ``smoothness`` weigh
    the blurred share and the mask's total variation; ``blur`` is the standard deviation in pixels."""

    steps: int = 100
    rate: float = 0.1
    cells: int = 14
    sparsity: float = 1.0
    smoothness: float = 0.2
    blur: float = 3.0

    def __post_init__(self) -> None:
        for name in ("steps", "cells"):
            check_count(name, getattr(self, name), 1)


class MeaningfulPerturbation:
    """The share by which each pixel is blurred, in [0, 1] (equation 3 of the paper, with logits).

    The score is measured on a scale where the image has 1 and its blurred version 0, since a logit has no
    end that could be reached. Nothing is drawn: it starts with an even mask.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: MeaningfulSettings) -> None:
        del seed
        if example.ndim != 4:
            raise InputError(f"inputs of shape {tuple(example.shape[1:])} are no images (C, H, W)")
        self.model = CountedModel(model)
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        options, size = self.settings, x.shape[2:]
        blurred = _blurred(x, options.blur)
        with torch.enable_grad():
            with torch.no_grad():
                top, bottom = ((self.model(one) * coefficients).sum(1) for one in (x, blurred))
            range_ = (top - bottom).abs().clamp(min=torch.finfo(x.dtype).eps)
            cells = [min(options.cells, length) for length in size]
            mask = torch.full((len(x), 1, *cells), 0.5, dtype=x.dtype, device=x.device, requires_grad=True)
            # without the large epsilon, rounding would decide where the slope is all but zero
            optimizer = torch.optim.Adam([mask], options.rate, eps=0.1)
            for _ in range(options.steps):
                hidden = functional.interpolate(mask, size, mode="bilinear")
                score = (self.model(x + hidden * (blurred - x)) * coefficients).sum(1)
                loss = ((score - bottom) / range_).sum() + options.sparsity * mask.mean((1, 2, 3)).sum()
                loss = loss + options.smoothness * _variation(mask).sum()
                (mask.grad,) = torch.autograd.grad(loss * mask[0].numel(), mask)
                optimizer.step()
                with torch.no_grad():
                    mask.clamp_(0, 1)
        with torch.no_grad():
            hidden = functional.interpolate(mask, size, mode="bilinear")
            left = (self.model(x + hidden * (blurred - x)) * coefficients).sum(1)
        claim = "blurred by this share, the image has the score that is left"
        numbers = {"score": top, "left": left, "all blurred": bottom, "share": hidden.mean((1, 2, 3))}
        return Maps(hidden.expand(x.shape), Receipt(claim, numbers), 2 + 2 * options.steps)


def _variation(mask: Tensor) -> Tensor:
    """The mean size of the differences between neighbouring cells, for each image."""
    return mask.diff(dim=2).abs().mean((1, 2, 3)) + mask.diff(dim=3).abs().mean((1, 2, 3))


def _blurred(x: Tensor, deviation: float) -> Tensor:
    reach = max(1, round(3 * deviation))
    steps = torch.arange(-reach, reach + 1, dtype=x.dtype, device=x.device)
    weights = torch.exp(-(steps**2) / (2 * deviation**2))
    weights = (weights / weights.sum()).expand(x.shape[1], 1, -1)
    padded = functional.pad(x, (reach,) * 4, mode="replicate")
    across = functional.conv2d(padded, weights[:, :, None], groups=x.shape[1])
    return functional.conv2d(across, weights[..., None], groups=x.shape[1])
