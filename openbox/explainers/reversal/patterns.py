"""``estimate``: what each layer's units look for in their input, and what is only in the way.

Kindermans et al.: Learning how to explain neural networks: PatternNet and PatternAttribution, ICLR 2018.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional

from openbox.errors import InputError
from openbox.explainers.layered.network import Layers

AT_ONCE = 32  # images


def estimate(network: Layers, images: Tensor) -> dict[str, Tensor]:
    """The signal estimator of each linear and convolutional layer, by name, in the shape of its weight.

    ``a = (E+[x y] - E+[x] E+[y]) / (w . (E+[x y] - E+[x] E+[y]))``, E+ the mean over the inputs where a
    following ReLU is on, over all where none follows (equations 7 and 10). images (B, *input_shape), B > 1.
    """
    if len(images) < 2:
        raise InputError(
            "patterns are estimated from images: pass several of the training set as the example batch"
        )
    sums = {name: _Moments(layer, network.is_gated(name)) for name, layer in _weighted(network)}
    hooks = [network.layers[name].register_forward_hook(moments.note) for name, moments in sums.items()]
    try:
        with torch.no_grad():
            for some in images.split(AT_ONCE):
                network(some)
    finally:
        for hook in hooks:
            hook.remove()
    return {name: moments.pattern() for name, moments in sums.items()}


def _weighted(network: Layers) -> Iterator[tuple[str, nn.Linear | nn.Conv2d]]:
    for name, layer in network.layers.items():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            yield name, layer


class _Moments:
    """Sums over inputs x (D,) of a layer and its outputs y (K,), where y > 0 if it is ``gated``."""

    def __init__(self, layer: nn.Linear | nn.Conv2d, gated: bool) -> None:
        if isinstance(layer, nn.Conv2d) and (layer.groups > 1 or isinstance(layer.padding, str)):
            raise InputError("patterns are defined for convolutions of one group")
        self.layer, self.gated = layer, gated
        rows = layer.weight.flatten(1).double()
        self.count, self.y = torch.zeros_like(rows[:, 0]), torch.zeros_like(rows[:, 0])
        self.x, self.xy = torch.zeros_like(rows), torch.zeros_like(rows)

    def note(self, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        del module
        x, y = self._rows(inputs[0]).double(), _last(output).double()
        on = (y > 0).double() if self.gated else torch.ones_like(y)
        self.count += on.sum(0)
        self.y += (on * y).sum(0)
        self.x += on.T @ x
        self.xy += (on * y).T @ x

    def pattern(self) -> Tensor:
        count = self.count.clamp(min=1)[:, None]
        covariance = self.xy / count - self.x / count * (self.y[:, None] / count)
        weight = self.layer.weight.flatten(1).double()
        scale = (weight * covariance).sum(1, keepdim=True)
        pattern = torch.where(
            scale > 0, covariance / scale.where(scale > 0, 1), 0
        )  # a unit that is never on: none
        return pattern.to(self.layer.weight).view_as(self.layer.weight)

    def _rows(self, x: Tensor) -> Tensor:
        """Each input of a unit as one row (M, D)."""
        layer = self.layer
        if isinstance(layer, nn.Linear):
            return x.reshape(-1, x.shape[-1])
        assert not isinstance(layer.padding, str)
        patches = functional.unfold(x, layer.kernel_size, layer.dilation, layer.padding, layer.stride)
        return patches.transpose(1, 2).reshape(-1, patches.shape[1])


def _last(y: Tensor) -> Tensor:
    """Outputs (N, K, H, W) or (.., K) as (M, K)."""
    return (y.movedim(1, -1) if y.ndim == 4 else y).reshape(-1, y.shape[1] if y.ndim == 4 else y.shape[-1])
