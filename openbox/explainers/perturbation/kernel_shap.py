"""``kernel_shap``: Shapley values of patches by ``shap.KernelExplainer`` (Lundberg, Lee, NeurIPS 2017)."""

from dataclasses import dataclass

import numpy as np
import shap
import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.additive import additive_receipt
from openbox.explainers.explanation import Maps
from openbox.explainers.method import CountedModel, ScoreModule, image_seed
from openbox.explainers.surrogate import PatchSurrogate, patch_grid
from openbox.explainers.turn import turn
from openbox.shapes import check_count


@dataclass(frozen=True)
class KernelSettings:
    """``samples`` coalitions of patches, ``grid`` along the shorter side; the others show ``fill``."""

    samples: int = 500
    grid: int = 7
    fill: float = 0.0
    batch_size: int = 100

    def __post_init__(self) -> None:
        for name in ("samples", "grid", "batch_size"):
            check_count(name, getattr(self, name), 1)


class KernelShap:
    """The Shapley value of each patch, spread over its pixels; the values and the filled image add up."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: KernelSettings) -> None:
        if example.ndim != 4:
            raise InputError(f"inputs of shape {tuple(example.shape[1:])} are no images (C, H, W)")
        self.model = CountedModel(model)
        self.seed = seed
        self.settings = settings
        self.segments = patch_grid(tuple(example.shape), settings.grid).to(example.device)

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            before = self.model.passes
            found = [self._explain(*pair) for pair in zip(x, coefficients, strict=True)]
            calls = (self.model.passes - before) / len(x)
            weights = torch.stack([weight for weight, _ in found]).to(x)
            base = torch.tensor([base for _, base in found]).to(x)
            sizes = torch.bincount(self.segments.flatten()).to(x) * x.shape[1]
            values = (weights / sizes)[:, self.segments][:, None].expand(x.shape)
            receipt = additive_receipt(self.model, x, coefficients, values, base)
        surrogate = PatchSurrogate(base, weights, self.segments, x, self.settings.fill, coefficients)
        return Maps(values, receipt, calls, self.segments.expand(len(x), -1, -1), surrogate=surrogate)

    def _explain(self, image: Tensor, row: Tensor) -> tuple[Tensor, float]:
        """The value of each patch (P,) and the score of the filled image."""
        score = ScoreModule(self.model, row)

        def predict(shown: np.ndarray) -> np.ndarray:
            kept = torch.from_numpy(np.asarray(shown) > 0.5).to(image.device)[:, self.segments][:, None]
            images = torch.where(kept, image, torch.full_like(image, self.settings.fill))
            with torch.no_grad():
                parts = [score(some)[:, 0] for some in images.split(self.settings.batch_size)]
            return torch.cat(parts).cpu().numpy()

        patches = int(self.segments.max()) + 1
        with turn(image_seed(self.seed, "kernel_shap", image)):
            explainer = shap.KernelExplainer(predict, np.zeros((1, patches)))
            values = explainer.shap_values(
                np.ones((1, patches)), nsamples=self.settings.samples, l1_reg=0, silent=True
            )
        return torch.from_numpy(np.asarray(values).reshape(-1)), float(np.ravel(explainer.expected_value)[0])
