"""``expected_gradients``: gradients on the way from reference images (Erion et al. 2021), by captum."""

from dataclasses import dataclass

import torch
from captum.attr import GradientShap as CaptumGradientShap
from torch import Tensor, nn

from openbox.explainers.additive import additive_receipt
from openbox.explainers.explanation import Maps
from openbox.explainers.method import CountedModel, ScoreOf, image_seed
from openbox.explainers.turn import turn
from openbox.shapes import check_count


@dataclass(frozen=True)
class DrawSettings:
    """``samples`` random points, each between the image and a reference image drawn with replacement."""

    samples: int = 100

    def __post_init__(self) -> None:
        check_count("samples", self.samples, 1)


class ExpectedGradients:
    """``mean((x - z) * gradient at z + t (x - z))`` over references z and t in [0, 1] (Erion et al. 2021).

    The reference images are the example batch given to ``create``; a batch of one means black.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: DrawSettings) -> None:
        self.model = CountedModel(model)
        self.reference = example if len(example) > 1 else torch.zeros_like(example)
        self.seed = seed
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            before = self.model.passes
            values = torch.stack([self._explain(*pair) for pair in zip(x, coefficients, strict=True)])
            calls = (self.model.passes - before) / len(x)
            with torch.no_grad():
                base = coefficients @ self.model(self.reference).mean(0)
            return Maps(values, additive_receipt(self.model, x, coefficients, values, base), calls)

    def _explain(self, image: Tensor, row: Tensor) -> Tensor:
        with turn(image_seed(self.seed, "expected_gradients", image)):
            return CaptumGradientShap(ScoreOf(self.model)).attribute(
                image[None], self.reference, n_samples=self.settings.samples,
                additional_forward_args=(row[None],),
            )[0].detach()  # fmt: skip
