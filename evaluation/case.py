"""``Case``: a few images, a network and one method's maps of them: all that a score is given."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from openbox.explainers.explanation import Explanation
from openbox.module.precision import exact_math


class Explain(Protocol):
    """A method bound to a network: x (n, C, H, W) in [0, 1], target (n,) -> maps with their conditions."""

    def __call__(self, x: Tensor, target: Tensor) -> Explanation: ...


@dataclass(frozen=True)
class Context:
    """What a score may know of the data set.

    ``mean`` (C,) of all test pixels; ``pool`` (P, C, H, W) uint8: all test images, in which neighbours
    are looked for; ``references`` (R, C, H, W) in [0, 1]: images that are never explained.
    """

    mean: Tensor
    pool: Tensor
    references: Tensor


@dataclass(frozen=True)
class Case:
    """n images with the maps of one method.

    ``x`` (n, C, H, W) float32 in [0, 1]; ``target`` (n,) the class that is explained; ``label`` (n,);
    ``index`` (n,) positions in ``context.pool``; ``seeds`` one for each image, alike for every method, so
    that all methods meet the same noise and the same order of ties; ``explain`` the same method on other
    images; ``rebuild(network, k)`` binds the same method to another network, its seed raised by k. No more
    than ``batch`` images go through the network at once. ``index`` and the pool lie on the CPU, all else on
    the network's device.
    """

    model: nn.Module
    x: Tensor
    target: Tensor
    label: Tensor
    index: Tensor
    explanation: Explanation
    explain: Explain
    rebuild: Callable[[nn.Module, int], Explain]
    context: Context
    seeds: tuple[int, ...]
    batch: int

    @property
    def relevance(self) -> Tensor:
        """(n, H, W): a feature is a pixel with all its channels."""
        return relevance(self.explanation)

    def logits(self, x: Tensor) -> Tensor:
        """(M, K) at any number of images (M, C, H, W), a batch at a time."""
        return torch.cat([forward(self.model, part) for part in x.split(self.batch)])


def relevance(explanation: Explanation) -> Tensor:
    """(n, H, W): the map (n, C, H, W) summed over channels."""
    return explanation.values.sum(1)


def explained(explain: Explain, x: Tensor, target: Tensor, batch: int) -> Tensor:
    """Relevance (M, H, W) of any number of images (M, C, H, W) for ``target`` (M,), a batch at a time."""
    parts = zip(x.split(batch), target.split(batch), strict=True)
    return torch.cat([relevance(explain(*part)) for part in parts])


def forward(model: nn.Module, x: Tensor) -> Tensor:
    """(M, K): one plain pass, without TF32."""
    with exact_math(), torch.no_grad():
        return model(x).reshape(len(x), -1)


def generators(seeds: tuple[int, ...]) -> Iterator[torch.Generator]:
    """One generator on the CPU for each image, so that all devices and batches meet the same numbers."""
    for seed in seeds:
        yield torch.Generator().manual_seed(seed)
