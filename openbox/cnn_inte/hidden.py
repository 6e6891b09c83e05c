"""The activations of one hidden layer."""

import torch
from torch import Tensor, nn

from openbox.errors import InputError, UnknownNameError, named


@named("cnn_inte.activations")
@torch.no_grad()
def activations(model: nn.Module, layer: str, x: Tensor, batch_size: int = 500) -> Tensor:
    """What ``layer`` gives for x (N, ...): (N, D), flattened. ``model`` is in eval mode.

    Raises ``UnknownNameError`` for a layer that does not exist, with those that do, and ``InputError`` for
    one that gives no single tensor with the inputs as its first axis.
    """
    known = {name: module for name, module in model.named_modules() if name}
    if layer not in known:
        raise UnknownNameError("layer", layer, known)
    found: list[Tensor] = []

    def keep(_: nn.Module, __: object, output: object) -> None:
        if not isinstance(output, Tensor):
            raise InputError(f"layer {layer} gives {type(output).__name__}; choose one that gives a tensor")
        found.append(output.flatten(1))

    hook = known[layer].register_forward_hook(keep)
    try:
        for some in x.split(batch_size):
            model(some)
    finally:
        hook.remove()
    values = torch.cat(found) if found else x.new_empty(0)
    if len(values) != len(x):
        raise InputError(f"layer {layer} gives {len(values)} rows for {len(x)} inputs; choose another")
    return values


def last_hidden(model: nn.Module) -> str:
    """The name of the layer before the last linear one: what the decision is a linear function of.

    Raises ``InputError`` for a network without a linear layer, or with nothing before it.
    """
    names = [name for name, module in model.named_modules() if not list(module.children())]
    linear = [i for i, name in enumerate(names) if isinstance(model.get_submodule(name), nn.Linear)]
    if not linear or linear[-1] == 0:
        raise InputError(f"{type(model).__name__} has no layer before a last linear one; name a layer")
    return names[linear[-1] - 1]
