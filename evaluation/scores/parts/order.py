"""``Order``: in which order features are removed; one is a pixel with all its channels, or a patch."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from openbox.errors import InputError

from ...case import generators


@dataclass(frozen=True)
class Order:
    """``ranks`` (n, H, W): the rank of each pixel's feature, 0 for the most relevant, ``features`` - 1 for
    the least; ``ties`` (n,): the share of features whose relevance another one has too."""

    ranks: Tensor
    features: int
    ties: Tensor

    @property
    def reversed(self) -> Tensor:
        """The ranks (n, H, W) when the least relevant feature comes first."""
        return self.features - 1 - self.ranks


def patch_sums(relevance: Tensor, patch: int) -> Tensor:
    """(n, H, W) -> (n, ceil(H / patch), ceil(W / patch)): sums over patches, cut off at the far borders."""
    height, width = relevance.shape[-2:]
    whole = pad(relevance, (0, -width % patch, 0, -height % patch))
    return whole.unflatten(2, (-1, patch)).unflatten(1, (-1, patch)).sum((2, 4))


def patch_pixels(values: Tensor, patch: int, shape: torch.Size) -> Tensor:
    """(n, h, w) -> (n, H, W) = (n, *shape): each pixel gets the value of its patch."""
    pixels = values[:, :, None, :, None].expand(-1, -1, patch, -1, patch).flatten(3).flatten(1, 2)
    return pixels[:, : shape[0], : shape[1]]


def rank(relevance: Tensor, patch: int, seeds: tuple[int, ...]) -> Order:
    """Order the features of maps (n, H, W) by relevance, a patch by the sum over its pixels.

    Equal relevance is ordered at random by the image's own seed, so alike for all methods. Raises
    ``InputError`` for values that are not finite, or a patch that is larger than the image.
    """
    if not bool(relevance.isfinite().all()):
        raise InputError("order: the map has values that are NaN or infinite; they have no rank")
    if not 1 <= patch <= min(relevance.shape[1:]):
        raise InputError(
            f"order: patches of {patch} x {patch} pixels in maps of {tuple(relevance.shape[1:])}; choose a "
            "patch between 1 and the shorter side"
        )
    sums = patch_sums(relevance, patch) if patch > 1 else relevance
    flat = sums.flatten(1)  # (n, d)
    features = flat.shape[1]
    lottery = torch.stack([torch.randperm(features, generator=g) for g in generators(seeds)]).to(flat.device)
    drawn = flat.gather(1, lottery).sort(dim=1, descending=True, stable=True)
    order = lottery.gather(1, drawn.indices)
    places = torch.arange(features, device=flat.device).expand_as(order)
    ranks = torch.empty_like(order).scatter_(1, order, places).view(sums.shape)
    return Order(patch_pixels(ranks, patch, relevance.shape[1:]), features, _tied(drawn.values))


def dense_ranks(keys: Tensor, patch: int) -> Tensor:
    """(n, H, W): 0 where the key is lowest, and so on; ``keys`` (n, H, W) differ between features only."""
    grid = keys[:, ::patch, ::patch]
    ranks = grid.flatten(1).argsort(1).argsort(1).view(grid.shape)
    return patch_pixels(ranks, patch, keys.shape[1:])


def _tied(ordered: Tensor) -> Tensor:
    """The share (n,) of values (n, d), sorted, that equal the one before or the one after."""
    equal = ordered[:, 1:] == ordered[:, :-1]
    return (pad(equal, (1, 0)) | pad(equal, (0, 1))).double().mean(1)
