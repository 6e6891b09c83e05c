"""``smoothgrad`` and ``vargrad``: mean and variance of the gradient under noise, by captum."""

from dataclasses import dataclass

import torch
from captum.attr import NoiseTunnel, Saliency
from torch import Tensor, nn

from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel, ScoreOf, image_seed
from openbox.explainers.turn import turn
from openbox.shapes import check_count


@dataclass(frozen=True)
class TunnelSettings:
    """``samples`` noisy images; ``noise`` is their standard deviation, as a share of the pixels' range."""

    samples: int = 50
    noise: float = 0.15
    batch_size: int = 50

    def __post_init__(self) -> None:
        for name in ("samples", "batch_size"):
            check_count(name, getattr(self, name), 1)


class SmoothGrad:
    """The mean of the gradient over noisy copies of the image (Smilkov et al. 2017)."""

    kind = "smoothgrad"
    claim = "the mean slope of the score around the image; adds up to nothing"

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: TunnelSettings) -> None:
        del example
        self.model = CountedModel(model)
        self.seed = seed
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            before = self.model.passes
            found = [self._explain(*pair) for pair in zip(x, coefficients, strict=True)]
            calls = (self.model.passes - before) / len(x)
        return Maps(torch.stack(found), Receipt(self.claim, {}), calls)

    def _explain(self, image: Tensor, row: Tensor) -> Tensor:
        options = self.settings
        with turn(image_seed(self.seed, self.kind, image)):
            found = NoiseTunnel(Saliency(ScoreOf(self.model))).attribute(
                image[None], nt_type=self.kind, nt_samples=options.samples, stdevs=options.noise,
                nt_samples_batch_size=options.batch_size, abs=False, additional_forward_args=(row[None],),
            )  # fmt: skip
        assert isinstance(found, Tensor)
        return self._value(found[0].detach())

    def _value(self, found: Tensor) -> Tensor:
        return found


class VarGrad(SmoothGrad):
    """The variance of the gradient over noisy copies of the image (Adebayo et al. 2018)."""

    kind = "vargrad"
    claim = "how much the slope of the score varies around the image; adds up to nothing"

    def _value(self, found: Tensor) -> Tensor:
        return found.clamp(min=0)  # a difference of two means, which rounding makes negative
