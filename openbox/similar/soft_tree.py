"""``SoftTree``: a tree of linear filters that is taught a network's answers (Frosst and Hinton 2017)."""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

_BALANCE = 0.1  # price of nodes that send nearly everything one way, halved at each depth


@dataclass(frozen=True)
class SoftTreeSettings:
    """``depth``: 2^depth leaves. Trained by Adam."""

    depth: int = 3
    epochs: int = 20
    learning_rate: float = 0.01
    batch_size: int = 128
    seed: int = 0


class SoftTree(nn.Module):
    """Each inner node goes right with the probability sigmoid(w x + b), each leaf has one answer."""

    def __init__(self, features: int, classes: int, depth: int) -> None:
        super().__init__()
        self.depth = depth
        self.nodes = nn.Linear(features, 2**depth - 1)
        self.leaves = nn.Parameter(0.01 * torch.randn(2**depth, classes))

    def reach(self, x: Tensor) -> list[Tensor]:
        """By depth, the probability (N, 2^depth) that x (N, D) reaches a node."""
        right = self.nodes(x).sigmoid()
        levels = [x.new_ones(len(x), 1)]
        for depth in range(self.depth):
            first = 2**depth - 1
            share = right[:, first : first + 2**depth]
            here = torch.stack((1 - share, share), 2) * levels[-1][:, :, None]
            levels.append(here.flatten(1))
        return levels

    @torch.no_grad()
    def predict(self, x: Tensor) -> Tensor:
        """The class (N,) of the leaf that each of x (N, D) reaches most probably."""
        return self.leaves.argmax(1)[self.reach(x)[-1].argmax(1)]


def distil(x: Tensor, probabilities: Tensor, settings: SoftTreeSettings) -> SoftTree:
    """Teach a tree the ``probabilities`` (N, K) that a network gives to x (N, D)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        tree = SoftTree(x.shape[1], probabilities.shape[1], settings.depth)
    optimizer = torch.optim.Adam(tree.parameters(), settings.learning_rate)
    generator = torch.Generator().manual_seed(settings.seed)
    for _ in range(settings.epochs):
        for index in torch.randperm(len(x), generator=generator).split(settings.batch_size):
            levels = tree.reach(x[index])
            wrong = -(probabilities[index] @ tree.leaves.log_softmax(1).T)  # (n, leaves)
            loss = (levels[-1] * wrong).sum(1).mean() + _imbalance(levels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return tree


def _imbalance(levels: list[Tensor]) -> Tensor:
    """Cross entropy of how each node splits its inputs from half and half (section 3.1 there)."""
    total = levels[0].new_zeros(())
    for depth, (above, below) in enumerate(pairwise(levels)):
        share = (below[:, 1::2].sum(0) / above.sum(0).clamp(min=1e-9)).clamp(1e-6, 1 - 1e-6)
        total = total - _BALANCE / 2**depth * 0.5 * (share.log() + (1 - share).log()).sum()
    return total
