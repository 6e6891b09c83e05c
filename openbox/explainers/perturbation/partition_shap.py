"""``shap_partition``: Owen values by ``shap.PartitionExplainer`` (Lundberg, Lee, NeurIPS 2017)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shap
import torch
from shap.maskers import Image as ImageMasker
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.additive import additive_receipt
from openbox.explainers.explanation import Maps
from openbox.explainers.method import CountedModel, ScoreModule
from openbox.explainers.turn import turn


@dataclass(frozen=True)
class PartitionSettings:
    """``evaluations`` of the model; what is hidden is replaced by the image blurred over ``blur`` pixels."""

    evaluations: int = 500
    blur: int = 3
    batch_size: int = 100


class PartitionShap:
    """``shap.PartitionExplainer`` with its image masker: Owen values of nested rectangles."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: PartitionSettings) -> None:
        if example.ndim != 4:
            raise InputError(f"inputs of shape {tuple(example.shape[1:])} are no images")
        del seed  # the algorithm draws nothing
        self.model = CountedModel(model)
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            before = self.model.passes
            found = [self._explain(image, row) for image, row in zip(x, coefficients, strict=True)]
            calls = (self.model.passes - before) / len(x)
            values = torch.stack([value for value, _ in found]).to(x)
            base = torch.tensor([base for _, base in found]).to(x)
            receipt = additive_receipt(self.model, x, coefficients, values, base)
        return Maps(values, receipt, calls)

    def _explain(self, image: Tensor, row: Tensor) -> tuple[Tensor, float]:
        score = ScoreModule(self.model, row)
        picture = image.movedim(0, -1).cpu().numpy()  # (H, W, C)

        def classify(batch: np.ndarray) -> np.ndarray:
            tensors = torch.from_numpy(batch).to(image).movedim(-1, 1).contiguous()
            with torch.no_grad():
                return score(tensors).cpu().numpy()[:, 0]

        blur = self.settings.blur
        masker = ImageMasker(f"blur({blur},{blur})", picture.shape)
        explainer = shap.PartitionExplainer(classify, masker)
        result: Any = explainer(
            picture[None], max_evals=self.settings.evaluations,
            batch_size=self.settings.batch_size, silent=True,
        )  # fmt: skip
        values = torch.from_numpy(np.asarray(result.values)).reshape(picture.shape)
        return values.movedim(-1, 0), float(np.ravel(result.base_values)[0])
