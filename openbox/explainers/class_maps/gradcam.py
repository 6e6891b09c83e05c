"""Grad-CAM (Selvaraju et al., ICCV 2017) and its relatives through the ``grad-cam`` package."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, HiResCAM, LayerCAM, ScoreCAM, score_cam
from pytorch_grad_cam.base_cam import BaseCAM
from torch import Tensor, nn

from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.layered.spatial import last_spatial
from openbox.explainers.method import CountedModel
from openbox.explainers.turn import turn


class GradCam:
    """ReLU of the gradient-weighted activations of the last layer with at least 4x4 positions.

    The package scales each map to [0, 1], so sign and magnitude are lost. Its hooks live on this
    object's own copy of the model, and one lock lets one thread at a time use them.
    """

    package: type[BaseCAM] = GradCAM

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.model = CountedModel(model)
        self.layer, self._use = last_spatial(self.model, example[:1])
        self._probe = nn.Identity()
        self._lock = threading.Lock()

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        native: list[np.ndarray] = []
        with self._lock, _read(self.layer, self._use, self._probe):
            before = self.model.passes
            cam = self.package(self.model, [self._probe])
            plain = cam.get_cam_image

            def listen(*arguments: Any) -> np.ndarray:
                """The package scales its image at once, so what it returns is kept here."""
                native.append(plain(*arguments))
                return native[-1]

            vars(cam)["get_cam_image"] = listen
            try:
                targets = [_Target(row) for row in coefficients]
                with turn(), torch.enable_grad():  # the frozen copy has no gradients: start at the input
                    scaled = cam(x.detach().clone().requires_grad_(), targets)  # pyright: ignore[reportArgumentType]
            finally:
                cam.activations_and_grads.release()
            calls = (self.model.passes - before) / len(x)
        return self._answer(
            x, coefficients, torch.from_numpy(scaled).to(x), torch.from_numpy(native[0]).to(x), calls
        )

    def _answer(self, x: Tensor, coefficients: Tensor, scaled: Tensor, native: Tensor, calls: float) -> Maps:
        """``scaled`` (N, H, W) as the package enlarges it, ``native`` (N, h, w) as its formula says."""
        del coefficients
        grid = native.clamp(min=0)
        flat = (grid.flatten(1).amax(1) == grid.flatten(1).amin(1)).to(x)
        receipt = Receipt("makes no claim about the score", {"flat map": flat})
        return Maps(scaled[:, None].expand(x.shape), receipt, calls, grid=grid)


class GradCamPlusPlus(GradCam):
    """Weights for positive slopes only, each position by its share (Chattopadhay et al., WACV 2018)."""

    package = GradCAMPlusPlus


class LayerCam(GradCam):
    """Each activation times its own positive slope (Jiang et al., IEEE TIP 2021)."""

    package = LayerCAM


class ScoreCam(GradCam):
    """Activations weighted by the score of what shows through them (Wang et al., CVPRW 2020)."""

    package = ScoreCAM

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with turn():
            bar = score_cam.tqdm
            score_cam.tqdm = _NoBar  # it has no switch
            try:
                return super().maps(x, coefficients)
            finally:
                score_cam.tqdm = bar


class _NoBar:
    tqdm = staticmethod(iter)


class HiResCam(GradCam):
    """Each activation times its own slope, with its sign (Draelos, Carin 2020).

    Where the layer is followed by a linear function, the grid and its biases add up to the score.
    """

    package = HiResCAM

    def _answer(self, x: Tensor, coefficients: Tensor, scaled: Tensor, native: Tensor, calls: float) -> Maps:
        del scaled
        with torch.no_grad():
            score = (self.model.model(x).reshape(len(x), -1) * coefficients).sum(1)
        total = native.flatten(1).sum(1)
        claim = "sum(grid) + the biases behind the layer = score, if only a linear layer follows it"
        shown = nn.functional.interpolate(native[:, None], x.shape[-2:], mode="bilinear")
        receipt = Receipt(claim, {"sum": total, "score": score, "gap": score - total})
        return Maps(shown.expand(x.shape), receipt, calls, grid=native)


@contextmanager
def _read(layer: nn.Module, use: int, probe: nn.Module) -> Iterator[None]:
    """Send the output of the layer's call number ``use`` through ``probe``, which is called only once.

    What comes next is given a clone, because it may write (``h += ..``) into what was recorded.
    """
    calls = 0

    def send(module: nn.Module, inputs: object, output: Tensor) -> Tensor | None:
        del module, inputs
        nonlocal calls
        calls += 1
        return probe(output).clone() if calls == use else None

    with layer.register_forward_hook(send):
        yield


class _Target:
    def __init__(self, row: Tensor) -> None:
        self.row = row

    def __call__(self, output: Tensor) -> Tensor:
        return (self.row * output).sum()
