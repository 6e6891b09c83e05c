"""``GatedConvolution``: a convolution and its batch norm, filters off where a controller says so."""

import copy
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from openbox.decoupling.controller import Controller
from openbox.errors import InputError, UnknownNameError, named


@dataclass(frozen=True)
class Signals:
    """What one layer says in a forward pass: ``mask`` and ``level`` (N, filters), the mean of each output map
    before the mask, which training aligns with it.
    """

    mask: Tensor
    level: Tensor


class GatedConvolution(nn.Module):
    """``mask * norm(convolution(x))`` with the mask of the controller, one entry a filter.

    It stands before the ReLU, if there is one: ``relu(m z) = m relu(z)`` as no mask is negative. ``signals``
    holds those of the last pass in training mode, None otherwise.
    """

    def __init__(self, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        self.convolution, self.norm = convolution, norm
        self.controller: nn.Module = Controller(convolution.in_channels, convolution.out_channels)
        self.signals: Signals | None = None

    @property
    def filters(self) -> int:
        return self.convolution.out_channels

    def forward(self, x: Tensor) -> Tensor:
        mask = self.controller(x)
        z = self.norm(self.convolution(x))
        self.signals = Signals(mask, z.mean((2, 3))) if self.training else None
        return z * mask[:, :, None, None]


def convolutions(model: nn.Module) -> dict[str, str]:
    """The layers that can be gated, by name, and the name of the batch norm behind each.

    A convolution directly before a batch norm among the children of a module; not the first one, which
    looks at pixels, and not a projection, a 1x1 convolution that is alone with its norm, as on a shortcut.
    """
    found: dict[str, str] = {}
    for path, parent in model.named_modules():
        prefix = f"{path}." if path else ""
        children = list(parent.named_children())
        for (name, layer), (after, norm) in pairwise(children):
            normed = isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
            if normed and (len(children) > 2 or layer.kernel_size != (1, 1)):
                found[prefix + name] = prefix + after
    order = [name for name, layer in model.named_modules() if isinstance(layer, nn.Conv2d)]
    return {name: found[name] for name in order[1:] if name in found}


def choose_layers(model: nn.Module, layers: tuple[str, ...] | None) -> dict[str, str]:
    """Those of ``convolutions`` that are asked for; raises as ``decouple``."""
    known = convolutions(model)
    if not known:
        raise InputError(
            f"{type(model).__name__} has no convolution before a batch norm, besides its first; such layers "
            "are what gets a controller"
        )
    for name in layers or ():
        if name not in known:
            raise UnknownNameError("layer", name, known)
    return known if layers is None else {name: known[name] for name in layers}


@named("decouple")
def decouple(model: nn.Module, layers: tuple[str, ...] | None = None) -> nn.Module:
    """A copy of ``model`` with a fresh controller at each of ``layers``, None for all that can have one.

    Raises ``UnknownNameError`` for a layer that is not one of those, and says which are, and ``InputError``
    for a network without any.
    """
    chosen = choose_layers(model, layers)
    decoupled = copy.deepcopy(model).requires_grad_(True)
    for name, after in chosen.items():
        convolution, norm = decoupled.get_submodule(name), decoupled.get_submodule(after)
        assert isinstance(convolution, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        decoupled.set_submodule(name, GatedConvolution(convolution, norm))
        decoupled.set_submodule(after, nn.Identity())
    return decoupled.train(model.training)


def gated_layers(model: nn.Module) -> dict[str, GatedConvolution]:
    """The layers with a controller, by name, in the order in which they are defined."""
    return {name: layer for name, layer in model.named_modules() if isinstance(layer, GatedConvolution)}
