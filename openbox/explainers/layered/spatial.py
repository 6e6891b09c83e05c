"""The layer of a network that class maps read."""

from collections import Counter

import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.module.lock import computing

SMALLEST_GRID = 4


def last_spatial(model: nn.Module, example: Tensor) -> tuple[nn.Module, int]:
    """The last module to finish with an output (N, C, H, W) of at least 4x4 positions, at or after a
    convolution, so that a residual block counts after its addition; pooling and containers are passed over.

    Also returns which of the module's calls that was: one ReLU may serve many layers. Raises ``InputError``
    if there is none.
    """
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
            f"no layer of this network has an output of at least {SMALLEST_GRID}x{SMALLEST_GRID} positions; "
            "class maps need a convolutional network"
        )
    return found[-1]
