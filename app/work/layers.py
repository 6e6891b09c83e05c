"""Jobs about the inside of a network: what its layers make of a picture, and what erasing a part does."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.explainers.create import Score
from openbox.module.lock import computing
from work.networks import Source, module, opened, outputs

MOST = 64  # channels of a layer that are shown


@dataclass(frozen=True)
class FeatureMaps:
    """The output (C, H, W) of one layer, of its first channels, and how many there are."""

    name: str
    maps: Tensor
    channels: int


def feature_maps(source: Source, x: Tensor) -> list[FeatureMaps]:
    """Of every layer with an output (1, C, H, W), in the order in which they run, for x (1, C, H, W)."""
    found: list[FeatureMaps] = []
    model = module(source)
    names = {part: name for name, part in model.named_modules() if not [*part.children()]}

    def note(part: nn.Module, inputs: object, output: object) -> None:
        del inputs
        if isinstance(output, Tensor) and output.ndim == 4:
            title = f"{names[part]} ({type(part).__name__})"
            found.append(FeatureMaps(title, output[0, :MOST].clone(), output.shape[1]))

    hooks = [part.register_forward_hook(note) for part in names]
    try:
        with computing(), torch.no_grad():
            model(x)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def channel(source: Source, path: str, number: int, x: Tensor) -> Tensor | None:
    """The channel (N, H, W) of what the submodule at ``path`` makes of x (N, C, H, W), if it is one."""
    found: list[Tensor] = []
    model = module(source)

    def note(part: nn.Module, inputs: object, output: object) -> None:
        del part, inputs
        if isinstance(output, Tensor) and output.ndim == 4 and number < output.shape[1]:
            found.append(output[:, number].clone())

    parts = dict(model.named_modules())
    if not path or path not in parts:
        return None
    hook = parts[path].register_forward_hook(note)
    try:
        with computing(), torch.no_grad():
            model(x.float())
    finally:
        hook.remove()
    return found[-1] if found else None


def region(source: Source, x: Tensor) -> str:
    """The id of the region of x (1, C, H, W)."""
    return opened(source).linearize(x.double(), [0]).region_ids[0]


def erased(source: Source, x: Tensor, box: tuple[int, int, int, int], score: Score) -> Tensor:
    """The outputs (2, K) at x (1, C, H, W), and after rows top to bottom, columns left to right are black."""
    top, left, bottom, right = box
    changed = x.clone()
    changed[..., top:bottom, left:right] = 0
    return outputs(source, torch.cat((x, changed)), score)
