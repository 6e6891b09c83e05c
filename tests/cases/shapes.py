"""The same numbers in another shape or order, repeated, put together and padded."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from cases.case import Case, through


def _gated(shape: tuple[int, ...], reshape: Callable[[Tensor], Tensor]) -> Case:
    """A weight for each place tells where every number went."""

    def function(x: Tensor) -> Tensor:
        moved = reshape(F.relu(x))
        places = torch.arange(1, moved[0].numel() + 1, device=x.device)
        return F.relu(moved * places.view(1, *moved.shape[1:]) - 0.5)

    return through(function, *shape)


def _pieces(x: Tensor) -> Tensor:
    a, b = x.chunk(2, 2)
    c, d, e = torch.split(x, [1, 2, 1], dim=2)
    f, g = x.split(2, -1)
    return torch.cat((a - b, c + e, 2 * d, f + g), -1)


def _stacked(x: Tensor) -> Tensor:
    a, b, c = x.unbind(1)
    return torch.stack((a, 2 * b, c, torch.ones(4, device=x.device).expand_as(a)), -1)


TABLE: dict[str, Case] = {
    "constant_pad_nd": through(lambda x: torch.constant_pad_nd(F.relu(x), [1, 0, 0, 2], 0.25), 3, 4),
    "permute": _gated((2, 3, 4), lambda x: x.permute(0, -1, 1, 2)),
    "movedim": _gated((2, 3, 4), lambda x: x.movedim(1, -1).movedim((1, 2), (2, 1))),
    "transposes": _gated((2, 3, 4), lambda x: x.transpose(-1, 1).swapaxes(2, 3).mT),
    "reshape": _gated((2, 3, 4), lambda x: x.reshape(-1, 6, 4).flatten(1, 2).view(x.shape[0], 4, -1)),
    "flatten a part": _gated((2, 3, 4), lambda x: torch.flatten(x, 1, 2)),
    "unflatten": _gated((12,), lambda x: x.unflatten(1, (3, -1)).unflatten(-1, (2, 2))),
    "squeeze": _gated((1, 3, 1, 4), lambda x: x.squeeze(1).squeeze((1, 2)).unsqueeze(-1).squeeze(-1)),
    "expand": _gated((1, 3, 1), lambda x: x.expand(-1, 2, -1, 4).contiguous()),
    "flip": _gated((2, 3, 4), lambda x: x.flip(1, -1) + torch.flip(x, [2])),
    "roll": _gated((2, 3, 4), lambda x: x.roll(1, 2) - torch.roll(x, (2, -1), (1, 3))),
    "repeat": _gated((2, 3), lambda x: x.repeat(1, 2, 1) + x.tile((1, 2, 1))),
    "repeat with a new axis": _gated((3,), lambda x: x[:, None].repeat(1, 2, 2)),
    "repeat_interleave": _gated((2, 3), lambda x: x.repeat_interleave(2, 1)),
    "repeat_interleave by a tensor": _gated(
        (2, 3), lambda x: torch.repeat_interleave(x, torch.tensor([2, 0, 1], device=x.device), -1)),
    "split, chunk": _gated((3, 4), _pieces),
    "stack, unbind": _gated((3, 4), _stacked),
    "cat with constants": _gated(
        (3, 4), lambda x: torch.cat((x, torch.ones(x.shape[0], 1, 4, device=x.device), -x), 1)),
    "tril, triu": _gated((3, 4), lambda x: x.tril() - 2 * torch.triu(x, 1)),
    "diagonal": _gated((3, 4), lambda x: x.diagonal(0, 1, 2) + torch.diagonal(x, 1, -2, -1)),
    "pad 1-d": _gated((2, 5), lambda x: F.pad(x, (2, 1), value=-0.5)),
    "pad negative": _gated((2, 5), lambda x: F.pad(x, (-1, 2))),
    "pad 1-d reflect": _gated((2, 5), lambda x: F.pad(x, (3, 2), mode="reflect")),
    "pad 1-d replicate": _gated((2, 5), lambda x: F.pad(x, (3, 1), mode="replicate")),
    "pad 1-d circular": _gated((2, 5), lambda x: F.pad(x, (2, 4), mode="circular")),
    "pad 2-d": _gated((2, 3, 2), lambda x: F.pad(x, (1, 0, 0, 2, 1, 0), value=0.75)),
    "pad 2-d reflect": _gated((1, 4, 3), lambda x: F.pad(x, (2, 1, 0, 3), mode="reflect")),
    "pad 2-d replicate": _gated((1, 4, 3), lambda x: F.pad(x, (2, 1, 0, 3), mode="replicate")),
    "pad 2-d circular": _gated((1, 4, 3), lambda x: F.pad(x, (2, 1, 0, 3), mode="circular")),
    "pad 3-d": _gated((1, 2, 3, 2), lambda x: F.pad(x, (1, 0, 0, 1, 1, 1), value=0.25)),
    "pad 3-d reflect": _gated((1, 2, 3, 2), lambda x: F.pad(x, (1, 0, 1, 2, 1, 1), mode="reflect")),
    "pad 3-d replicate": _gated((1, 2, 3, 2), lambda x: F.pad(x, (1, 0, 0, 2, 1, 1), mode="replicate")),
    "pad 3-d circular": _gated((1, 2, 3, 2), lambda x: F.pad(x, (1, 0, 0, 2, 1, 1), mode="circular")),
}  # fmt: skip
