"""``shap``: expected gradients by ``shap.GradientExplainer`` (Lundberg, Lee, NeurIPS 2017)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shap
import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.additive import additive_receipt
from openbox.explainers.explanation import Maps
from openbox.explainers.method import CountedModel, ScoreModule, image_seed
from openbox.explainers.turn import turn


@dataclass(frozen=True)
class GradientSettings:
    """``samples`` random points between the image and the reference images."""

    samples: int = 100
    batch_size: int = 50


class GradientShap:
    """``shap.GradientExplainer``: gradients times differences to reference images, averaged.

    The reference images are the example batch given to ``create``; a batch of one means black.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: GradientSettings) -> None:
        if example.dtype != torch.float32:
            raise InputError(f"example is {example.dtype}; the package computes in float32")
        self.model = CountedModel(model)
        reference = example.detach() if len(example) > 1 else torch.zeros_like(example)
        self.reference: Any = reference  # a tensor, which shap's annotations do not admit
        self.seed = seed
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            before = self.model.passes
            values = torch.stack(
                [self._explain(image, row) for image, row in zip(x, coefficients, strict=True)]
            ).to(x)
            calls = (self.model.passes - before) / len(x)
            receipt = additive_receipt(self.model, x, coefficients, values, self._base(coefficients))
        return Maps(values, receipt, calls)

    def _base(self, coefficients: Tensor) -> Tensor:
        with torch.no_grad():
            return coefficients @ self.model(self.reference).mean(0)

    def _explain(self, image: Tensor, row: Tensor) -> Tensor:
        explainer = shap.GradientExplainer(
            ScoreModule(self.model, row), self.reference, batch_size=self.settings.batch_size
        )
        seed = image_seed(self.seed, "shap", image)
        found = explainer.shap_values(image[None], nsamples=self.settings.samples, rseed=seed)
        return torch.from_numpy(np.asarray(found)).reshape(image.shape)
