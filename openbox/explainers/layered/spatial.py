"""The layer of a network that class maps read."""

import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.explainers.layered.network import Layers
from openbox.module.lock import computing

SMALLEST_GRID = 4


def last_spatial(network: Layers, example: Tensor) -> nn.Module:
    """The last layer, at or after a convolution and no pooling, with an output of at least 4x4 positions.

    Raises ``InputError`` if there is none.
    """
    found: list[nn.Module] = []

    def note(module: nn.Module, inputs: object, output: object) -> None:
        del inputs
        if not isinstance(output, Tensor) or output.ndim != 4 or min(output.shape[-2:]) < SMALLEST_GRID:
            return
        if (found or isinstance(module, nn.Conv2d)) and "Pool" not in type(module).__name__:
            found.append(module)

    hooks = [layer.register_forward_hook(note) for layer in network.layers.values()]
    try:
        with computing(), torch.no_grad():
            network(example)
    finally:
        for hook in hooks:
            hook.remove()
    if not found:
        raise InputError(
            f"no layer of this network has an output of at least {SMALLEST_GRID}x{SMALLEST_GRID} positions; "
            "class maps need a convolutional network"
        )
    return found[-1]
