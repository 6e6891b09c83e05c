"""SHAP (Lundberg, Lee, NeurIPS 2017) through the ``shap`` package: expected gradients and partitions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import shap
import torch
from shap.maskers import Image as ImageMasker
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel, Score, image_seed

_LOCK = threading.Lock()  # for NumPy's global generator, and so that passes are counted for one call
_CLAIM = "sum(values) + base value = score, up to the gap"


@dataclass(frozen=True)
class GradientSettings:
    """``samples`` random points between the image and the reference images."""

    samples: int = 100
    batch_size: int = 50


@dataclass(frozen=True)
class PartitionSettings:
    """``evaluations`` of the model; what is hidden is replaced by the image blurred over ``blur`` pixels."""

    evaluations: int = 500
    blur: int = 3
    batch_size: int = 100


class GradientShap:
    """``shap.GradientExplainer``: gradients times differences to reference images, averaged.

    The reference images are the example batch given to ``create``; a batch of one means black.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: GradientSettings) -> None:
        if example.dtype != torch.float32:
            raise InputError(f"shap: example is {example.dtype}; the package computes in float32")
        self.model = CountedModel(model)
        reference = example.detach() if len(example) > 1 else torch.zeros_like(example)
        self.reference: Any = reference  # a tensor, which shap's annotations do not admit
        self.seed = seed
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with _LOCK, _numpy_state():
            before = self.model.passes
            values = torch.stack(
                [self._explain(image, row) for image, row in zip(x, coefficients, strict=True)]
            ).to(x)
            calls = (self.model.passes - before) / len(x)
            receipt = _receipt(self.model, x, coefficients, values, self._base(coefficients))
        return Maps(values, receipt, calls)

    def _base(self, coefficients: Tensor) -> Tensor:
        with torch.no_grad():
            return coefficients @ self.model(self.reference).mean(0)

    def _explain(self, image: Tensor, row: Tensor) -> Tensor:
        explainer = shap.GradientExplainer(
            Score(self.model, row), self.reference, batch_size=self.settings.batch_size
        )
        seed = image_seed(self.seed, "shap", image)
        found = explainer.shap_values(image[None], nsamples=self.settings.samples, rseed=seed)
        return torch.from_numpy(np.asarray(found)).reshape(image.shape)


class PartitionShap:
    """``shap.PartitionExplainer`` with its image masker: Owen values of nested rectangles."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: PartitionSettings) -> None:
        if example.ndim != 4:
            raise InputError(f"shap_partition: inputs of shape {tuple(example.shape[1:])} are no images")
        del seed  # the algorithm draws nothing
        self.model = CountedModel(model)
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with _LOCK, _numpy_state():
            before = self.model.passes
            found = [self._explain(image, row) for image, row in zip(x, coefficients, strict=True)]
            calls = (self.model.passes - before) / len(x)
            values = torch.stack([value for value, _ in found]).to(x)
            base = torch.tensor([base for _, base in found]).to(x)
            receipt = _receipt(self.model, x, coefficients, values, base)
        return Maps(values, receipt, calls)

    def _explain(self, image: Tensor, row: Tensor) -> tuple[Tensor, float]:
        score = Score(self.model, row)
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


def _receipt(model: CountedModel, x: Tensor, coefficients: Tensor, values: Tensor, base: Tensor) -> Receipt:
    with torch.no_grad():
        score = (model(x) * coefficients).sum(1)
    total = values.flatten(1).sum(1)
    return Receipt(_CLAIM, {"sum": total, "base": base, "score": score, "gap": score - total - base})


@contextmanager
def _numpy_state() -> Iterator[None]:
    """shap seeds NumPy's global generator; give it back as it was."""
    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)
