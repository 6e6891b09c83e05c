"""``rise``: the score of images that show through random masks (Petsiuk, Das, Saenko, BMVC 2018)."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from openbox.errors import InputError
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel, text_seed
from openbox.shapes import check_count


@dataclass(frozen=True)
class RiseSettings:
    """``samples`` masks of ``cells`` x ``cells`` random cells, each shown with the probability ``shown``."""

    samples: int = 1000
    cells: int = 7
    shown: float = 0.5
    batch_size: int = 100

    def __post_init__(self) -> None:
        for name in ("samples", "cells", "batch_size"):
            check_count(name, getattr(self, name), 1)
        if not 0 < self.shown < 1:
            raise InputError(f"shown is {self.shown}; pass a probability between 0 and 1")


class Rise:
    """For each pixel the mean score where it is shown (equation 6 of the paper) minus the mean score.

    All images meet the same masks: cells enlarged bilinearly and moved by a random part of one.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: RiseSettings) -> None:
        if example.ndim != 4:
            raise InputError(f"inputs of shape {tuple(example.shape[1:])} are no images (C, H, W)")
        self.model = CountedModel(model)
        self.settings = settings
        self.masks = _masks(settings, tuple(example.shape[2:]), seed).to(example)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        values, means = zip(*(self._one(*pair) for pair in zip(x, coefficients, strict=True)), strict=True)
        claim = "mean score where a pixel is shown = value + mean score"
        receipt = Receipt(claim, {"mean score": torch.stack(means)})
        return Maps(torch.stack(values)[:, None].expand(x.shape), receipt, float(self.settings.samples))

    def _one(self, image: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            scores = torch.cat(
                [self.model(masks * image) @ row for masks in self.masks.split(self.settings.batch_size)]
            )
        masks = self.masks[:, 0]
        return torch.tensordot(scores - scores.mean(), masks, 1) / masks.sum(0), scores.mean()


def _masks(settings: RiseSettings, size: tuple[int, ...], seed: int) -> Tensor:
    """(samples, 1, H, W) of shares that are shown."""
    generator = torch.Generator().manual_seed(text_seed(seed, "rise"))
    count, cells = settings.samples, settings.cells
    grid = (torch.rand(count, 1, cells, cells, generator=generator) < settings.shown).float()
    steps = [-(-length // cells) for length in size]
    large = functional.interpolate(
        grid, [(cells + 1) * step for step in steps], mode="bilinear", align_corners=False
    )
    down, right = (torch.randint(step, (count,), generator=generator).tolist() for step in steps)
    height, width = size
    return torch.stack(
        [mask[:, i : i + height, j : j + width] for mask, i, j in zip(large, down, right, strict=True)]
    )
