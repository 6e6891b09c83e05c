"""``merge``: adjacent pieces become one while the largest error at their inputs stays below a bound."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from openbox.errors import InputError, named, shown
from openbox.shapes import check_count
from openbox.similar.pieces import ExactPieces, Numbers


@dataclass(frozen=True, eq=False)
class MergedPieces:
    """k groups of the inputs of ``pieces``, each with one of its own exact pieces for all of them.

    ``piece`` (k,): which one; ``members`` (N,): the group of each input; ``error``: the largest error of a
    group's piece at one of its inputs, in logits less their mean over the classes; ``prototypes`` (k,): the
    input of each group that is nearest to the mean of the group.
    """

    pieces: ExactPieces
    piece: Numbers
    members: Numbers
    error: float
    prototypes: Numbers

    def __len__(self) -> int:
        return len(self.piece)

    def __repr__(self) -> str:
        return f"MergedPieces({len(self)} of {len(self.pieces)} pieces, error {self.error:.3g})"

    def route(self, x: Tensor, by: str = "prototype") -> Tensor:
        """The group (M,) of each of x (M, *input_shape): that of the nearest ``prototype``, or of the nearest
        ``input`` of all, in the l2 norm."""
        if by not in {"prototype", "input"}:
            raise InputError(f"route: by is {shown(by)}; pass prototype or input")
        known = self.pieces.x.flatten(1)
        if by == "prototype":
            return torch.cdist(x.flatten(1), known[torch.from_numpy(self.prototypes)]).argmin(1)
        nearest = torch.cat([torch.cdist(some, known).argmin(1) for some in x.flatten(1).split(1000)])
        return torch.from_numpy(self.members)[nearest]

    def logits(self, x: Tensor, groups: Tensor) -> Tensor:
        """What the pieces of ``groups`` (M,) say at x (M, *input_shape): (M, K)."""
        chosen = torch.from_numpy(self.piece)[groups]
        found = torch.empty(len(x), self.pieces.bias.shape[1], dtype=self.pieces.bias.dtype)
        for piece in chosen.unique():
            at = chosen == piece
            found[at] = x[at].flatten(1) @ self.pieces.weight[piece].T + self.pieces.bias[piece]
        return found


@named("merge")
def merge(pieces: ExactPieces, bounds: Sequence[float], adjacent: int = 10) -> list[MergedPieces]:
    """One result for each of the ascending ``bounds``, in one pass.

    Two groups may merge if a piece of the one is among the ``adjacent`` nearest of a piece of the other, by
    gate units that differ: where inputs are few, no two occupied regions share a border. Of those the pair
    with the least error is merged, and keeps that one of its two pieces which errs less at its worst input.
    Costs P^3 comparisons. Raises ``InputError``.
    """
    adjacent = check_count("adjacent", adjacent, 1)
    if list(bounds) != sorted(bounds) or not len(bounds) or not bounds[0] >= 0:
        raise InputError(f"bounds are {shown(bounds)}; pass ascending numbers of 0 or more")
    groups = _GreedyMerge(pieces, adjacent)
    found = []
    for bound in bounds:
        while groups.merge_best(bound):
            pass
        found.append(groups.result())
    return found


class _GreedyMerge:
    """``worst`` (P, P): the largest error of the piece that stands for a group at the inputs of another."""

    def __init__(self, pieces: ExactPieces, adjacent: int) -> None:
        count = len(pieces)
        self.pieces = pieces
        self.piece = np.arange(count)
        self.group = np.arange(count)  # of each piece
        self.worst = np.full((count, count), -np.inf)
        for one in range(count):
            self.worst[:, one] = pieces.errors[:, pieces.members == one].max(1)
        near = pieces.apart.astype(np.float64)
        np.fill_diagonal(near, np.inf)
        order = np.argsort(near, 1, kind="stable")[:, : min(adjacent, count - 1)]
        self.touch = np.zeros((count, count), bool)
        np.put_along_axis(self.touch, order, values=True, axis=1)
        self.touch |= self.touch.T
        self.cost = np.full((count, count), np.inf)
        for one in range(count):
            self._price(one)

    def _price(self, one: int) -> None:
        """What merging this group with each other costs, anew."""
        own = np.diag(self.worst)
        keep = np.maximum(own[one], self.worst[one])  # its piece for both
        leave = np.maximum(own, self.worst[:, one])  # the other's
        prices = np.where(self.touch[one], np.minimum(keep, leave), np.inf)
        self.cost[one], self.cost[:, one] = prices, prices

    def merge_best(self, bound: float) -> bool:
        """Merge the cheapest pair, if it costs no more than ``bound``."""
        a, b = divmod(int(self.cost.argmin()), len(self.cost))
        if not self.cost[a, b] <= bound:
            return False
        if max(self.worst[b, b], self.worst[b, a]) < max(self.worst[a, a], self.worst[a, b]):
            a, b = b, a  # the piece of a stays
        self.worst[:, a] = np.maximum(self.worst[:, a], self.worst[:, b])
        self.group[self.group == b] = a
        self.touch[a] |= self.touch[b]
        self.touch[:, a] |= self.touch[:, b]
        self.touch[a, a] = False
        self.touch[b], self.touch[:, b] = False, False
        self.cost[b], self.cost[:, b] = np.inf, np.inf
        self._price(a)
        return True

    def result(self) -> MergedPieces:
        kept, numbers = np.unique(self.group, return_inverse=True)
        members = numbers[self.pieces.members]
        x = self.pieces.x.flatten(1)
        prototypes = []
        for number in range(len(kept)):
            inside = np.flatnonzero(members == number)
            mine = x[torch.from_numpy(inside)]
            prototypes.append(inside[int((mine - mine.mean(0)).norm(dim=1).argmin())])
        error = max(float(self.worst[one, one]) for one in kept)
        return MergedPieces(self.pieces, self.piece[kept], members, error, np.array(prototypes, np.int64))
