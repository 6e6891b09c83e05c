"""LIME (Ribeiro, Singh, Guestrin, KDD 2016) through the ``lime`` package, on a grid of patches."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from lime import lime_image
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel, ScoreModule, image_seed
from openbox.explainers.surrogate import PatchSurrogate, patch_grid
from openbox.shapes import check_count

# lime's progress bar is a module global, switched off while it runs; and passes are counted for one call
_LOCK = threading.Lock()


@dataclass(frozen=True)
class LimeSettings:
    """``samples`` perturbed images; ``grid`` patches along the shorter side, at least one pixel each;
    a patch that is switched off gets the value ``fill`` in [0, 1]."""

    samples: int = 1000
    grid: int = 7
    fill: float = 0.0
    batch_size: int = 100

    def __post_init__(self) -> None:
        for name in ("samples", "grid", "batch_size"):
            check_count(name, getattr(self, name), 1)


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Borrow the name by which lime finds its progress bar; it has no switch."""
    bar = lime_image.tqdm
    lime_image.tqdm = iter
    try:
        yield
    finally:
        lime_image.tqdm = bar


class Lime:
    """The weight of each patch in a local ridge regression, spread over the pixels of the patch."""

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: LimeSettings) -> None:
        if example.ndim != 4 or example.shape[1] not in (1, 3):
            raise InputError(f"images of shape {tuple(example.shape[1:])}; it reads (1 or 3, H, W)")
        self.model = CountedModel(model)
        self.seed = seed
        self.settings = settings

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with _LOCK, _no_progress_bar():
            before = self.model.passes
            results = [self._explain(image, row) for image, row in zip(x, coefficients, strict=True)]
            calls = (self.model.passes - before) / len(x)
        fits, intercepts, weights = (torch.from_numpy(np.stack(r)).to(x) for r in zip(*results, strict=True))
        receipt = Receipt(
            "its surrogate fits the score around the image with R^2",
            {"R^2": fits},
        )
        segments = self._segments(x.shape)
        values = weights[:, segments][:, None].expand(x.shape)
        surrogate = PatchSurrogate(intercepts, weights, segments, x, self.settings.fill, coefficients)
        return Maps(values, receipt, calls, segments.expand(len(x), -1, -1), surrogate=surrogate)

    def _explain(self, image: Tensor, row: Tensor) -> tuple[float, float, np.ndarray]:
        """R^2, intercept and the weight of each patch (P,)."""
        channels, height, width = image.shape
        score = ScoreModule(self.model, row)

        def classify(batch: np.ndarray) -> np.ndarray:  # (n, H, W, 3) -> (n, 1)
            tensors = torch.from_numpy(batch[..., :channels]).to(image).movedim(-1, 1).contiguous()
            with torch.no_grad():
                return score(tensors).cpu().numpy()

        picture = image.expand(3, height, width).movedim(0, -1).cpu().numpy().astype(np.float64)
        seed = image_seed(self.seed, "lime", image)
        explainer = lime_image.LimeImageExplainer(random_state=seed)
        result: Any = explainer.explain_instance(
            picture,
            classify,
            labels=(0,),
            top_labels=0,
            hide_color=self.settings.fill,
            num_samples=self.settings.samples,
            batch_size=self.settings.batch_size,
            segmentation_fn=lambda rgb: self._segments(rgb.shape[:2]).numpy(),
        )
        weights = np.zeros(int(result.segments.max()) + 1)
        for segment, weight in result.local_exp[0]:
            weights[segment] = weight
        return float(result.score), float(result.intercept[0]), weights

    def _segments(self, shape: tuple[int, ...]) -> Tensor:
        return patch_grid(shape, self.settings.grid)
