"""Paths: which filters a decoupled network uses at an input; the network with a path fixed, or cut."""

import copy
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from openbox.decoupling.gated import gated_layers
from openbox.errors import InputError, UnknownNameError, named

Masks = dict[str, Tensor]  # by layer: whether each filter is used, bool, (N, filters) or (filters,) for all


class _FixedMask(nn.Module):
    """In place of a controller: the same mask for every input."""

    mask: Tensor

    def __init__(self, mask: Tensor, like: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask.to(like.dtype).reshape(1, -1))

    def forward(self, x: Tensor) -> Tensor:
        return self.mask.expand(x.shape[0], -1)


class _Cut(nn.Module):
    """A controller, some of whose filters are never used."""

    kept: Tensor

    def __init__(self, controller: nn.Module, off: Tensor, like: Tensor) -> None:
        super().__init__()
        self.controller = controller
        self.register_buffer("kept", (~off).to(like.dtype).reshape(1, -1))

    def forward(self, x: Tensor) -> Tensor:
        return self.controller(x) * self.kept


@torch.no_grad()
def paths(model: nn.Module, x: Tensor, batch_size: int = 500) -> Masks:
    """The path of each input of x (N, C, H, W), by layer: bool (N, filters). ``model`` is in eval mode."""
    layers = gated_layers(model)
    found: dict[str, list[Tensor]] = {name: [] for name in layers}

    def keep(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        return lambda _, __, mask: found[name].append(mask > 0)

    hooks = [layer.controller.register_forward_hook(keep(name)) for name, layer in layers.items()]
    try:
        for some in x.split(batch_size):
            model(some)
    finally:
        for hook in hooks:
            hook.remove()
    return {name: torch.cat(masks) for name, masks in found.items()}


def joined(path: Masks) -> Tensor:
    """All layers side by side: bool (N, all filters), the path as a vector."""
    return torch.cat(list(path.values()), -1)


@named("fix_path")
def fix_path(model: nn.Module, path: Mapping[str, Tensor]) -> nn.Module:
    """A copy that uses the filters of ``path`` at every input: (filters,) by layer, for every layer.

    A piecewise-linear network without steps: at inputs whose path this is it is the decoupled network.
    Raises ``InputError`` or ``UnknownNameError``.
    """
    if missing := sorted(set(gated_layers(model)) - set(path)):
        raise InputError(f"the path says nothing of {', '.join(missing)}; give each layer its filters")
    return _replaced(model, path, lambda _, mask, like: _FixedMask(mask, like))


@named("cut_path")
def cut_path(model: nn.Module, off: Mapping[str, Tensor]) -> nn.Module:
    """A copy that never uses the filters that are true in ``off``, (filters,) by layer."""
    return _replaced(model, off, _Cut)


def _replaced(
    model: nn.Module, chosen: Mapping[str, Tensor], build: Callable[[nn.Module, Tensor, Tensor], nn.Module]
) -> nn.Module:
    changed = copy.deepcopy(model)
    layers = gated_layers(changed)
    for name, mask in chosen.items():
        if name not in layers:
            raise UnknownNameError("layer", name, layers)
        layer = layers[name]
        if mask.dtype != torch.bool or mask.shape != (layer.filters,):
            raise InputError(
                f"{name} has {layer.filters} filters, got {mask.dtype} of shape {tuple(mask.shape)}; "
                f"pass bool of shape ({layer.filters},)"
            )
        layer.controller = build(layer.controller, mask, layer.convolution.weight)
    return changed
