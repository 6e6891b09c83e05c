"""Grad-CAM (Selvaraju et al., ICCV 2017) through the ``grad-cam`` package."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from pytorch_grad_cam import GradCAM
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.explanation import Maps, Receipt
from openbox.explainers.method import CountedModel
from openbox.module.lock import computing

SMALLEST_GRID = 4


class GradCam:
    """ReLU of the gradient-weighted activations of the last layer with at least 4x4 positions.

    The package scales each map to [0, 1], so sign and magnitude are lost. Its hooks live on this
    object's own copy of the model, and one lock lets one thread at a time use them.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: None) -> None:
        del seed, settings
        self.model = CountedModel(model)
        self.layer, self._use = _last_spatial_layer(self.model, example[:1])
        self._probe = nn.Identity()
        self._lock = threading.Lock()

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        with self._lock, _read(self.layer, self._use, self._probe):
            before = self.model.passes
            cam = GradCAM(self.model, [self._probe])
            try:
                targets = [_Target(row) for row in coefficients]
                with torch.enable_grad():  # the frozen copy has no gradients of its own: start at the input
                    scaled = cam(x.detach().clone().requires_grad_(), targets)  # pyright: ignore[reportArgumentType]
                activations = cam.activations_and_grads.activations[0].cpu().numpy()
                gradients = cam.activations_and_grads.gradients[0].cpu().numpy()
                native = cam.get_cam_image(x, self._probe, targets, activations, gradients)  # pyright: ignore[reportArgumentType]
            finally:
                cam.activations_and_grads.release()
            calls = (self.model.passes - before) / len(x)
        values = torch.from_numpy(scaled).to(x)[:, None].expand(x.shape)
        grid = torch.from_numpy(np.maximum(native, 0)).to(x)
        flat = (grid.flatten(1).amax(1) == grid.flatten(1).amin(1)).to(x)
        receipt = Receipt("makes no claim about the score", {"flat map": flat})
        return Maps(values, receipt, calls, grid=grid)


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


def _last_spatial_layer(model: nn.Module, example: Tensor) -> tuple[nn.Module, int]:
    """The last module to finish with an output (N, C, H, W) of at least 4x4 positions, at or after a
    convolution, so that a residual block counts after its addition; pooling and containers are
    passed over. Also returns which of the module's calls that was: one ReLU may serve many layers."""
    found: list[tuple[nn.Module, int]] = []
    calls: Counter[nn.Module] = Counter()

    def note(module: nn.Module, inputs: object, output: object) -> None:
        del inputs
        calls[module] += 1
        if not isinstance(output, Tensor) or output.ndim != 4 or min(output.shape[-2:]) < SMALLEST_GRID:
            return
        if found or isinstance(module, nn.Conv2d):
            found.append((module, calls[module]))

    candidates = [
        module
        for module in model.modules()
        if not isinstance(module, nn.Sequential) and "Pool" not in type(module).__name__
    ]
    hooks = [module.register_forward_hook(note) for module in candidates]
    try:
        with computing(), torch.no_grad():
            model(example)
    finally:
        for hook in hooks:
            hook.remove()
    if not found:
        raise InputError(
            "no layer of this network has an output of at least 4x4 positions; "
            "Grad-CAM needs a convolutional network"
        )
    return found[-1]
