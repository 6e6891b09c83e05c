"""``represent``: few hyperplanes that hold many inputs of one decision and few of others.

Representative interpretations (Lam, Chu et al., ICCV 2021): they lie in the space of a hidden layer, such as
the output of the last convolution, where the rest of the network is piecewise linear. Only the abstract was
at hand; candidates, greedy order and prices are ours.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

import openbox
from openbox.errors import InputError, named
from openbox.shapes import check_count


@dataclass(frozen=True, eq=False)
class RepresentativeRegion:
    """The inputs z with ``a @ z + c >= 0`` in all H rows: ``a`` (H, D), ``c`` (H,), in the order in which
    they were chosen; ``decision`` is the class of the input it was made for."""

    a: Tensor
    c: Tensor
    decision: int

    def __repr__(self) -> str:
        return f"RepresentativeRegion({len(self.a)} hyperplanes around class {self.decision})"

    def contains(self, z: Tensor) -> Tensor:
        """bool (M,) for hidden inputs z (M, ...) of D numbers each."""
        return (z.flatten(1) @ self.a.T + self.c >= 0).all(1)


def split_after_last_convolution(model: nn.Module) -> tuple[nn.Sequential, nn.Sequential]:
    """A sequential network as two: up to its last convolution, and the rest. Raises ``InputError``."""
    with named("split_after_last_convolution"):
        if not isinstance(model, nn.Sequential):
            raise InputError(f"got a {type(model).__name__}; pass an nn.Sequential")
        places = [number for number, layer in enumerate(model) if isinstance(layer, nn.Conv2d)]
        if not places:
            raise InputError(
                "the network has no convolution; pass hidden inputs and the part that reads them"
            )
        return model[: places[-1] + 1], model[places[-1] + 1 :]


@named("represent")
def represent(
    tail: nn.Module, z: Tensor, at: int, candidates: int = 50, planes: int = 10
) -> RepresentativeRegion:
    """Around the hidden input ``z[at]``, so that of z (N, ...) many of its decision and no others are inside.

    Candidates are the exact decision boundaries of the pieces at ``candidates`` of the inputs: of the
    decision against the class that is decided there, or, where that is the same, the strongest other one.
    Greedily that one is taken next, of those that have ``z[at]`` inside, which keeps out most others for
    each of its own that it loses, until none is inside, nothing helps, or there are ``planes``.
    Raises ``InputError``.
    """
    if not 0 <= at < len(z):
        raise InputError(f"at is {at}; there are {len(z)} inputs")
    count = min(check_count("candidates", candidates, 1), len(z))
    planes = check_count("planes", planes, 1)
    net = openbox.capture(tail, z[:1])
    logits = net.original(z)
    decided = logits.argmax(1)
    decision = int(decided[at])
    chosen = torch.linspace(0, len(z) - 1, count).long()
    chosen[0] = at
    a, c = _boundaries(net, z[chosen], logits[chosen], decision)
    side = z.flatten(1) @ a.T + c >= 0  # (N, candidates)
    kept = side[at]
    side, a, c = side[:, kept], a[kept], c[kept]
    own = decided == decision
    inside, taken = torch.ones(len(z), dtype=torch.bool), []
    while len(taken) < planes and bool((inside & ~own).any()):
        out = inside[:, None] & ~side
        gained, lost = (out & ~own[:, None]).sum(0).double(), (out & own[:, None]).sum(0).double()
        worth = torch.where(gained > lost, gained / (1 + lost), 0.0)
        if not len(worth) or float(worth.max()) == 0:
            break
        best = int(worth.argmax())
        taken.append(best)
        inside &= side[:, best]
    return RepresentativeRegion(a[taken], c[taken], decision)


def _boundaries(
    net: openbox.PiecewiseLinearNetwork, z: Tensor, logits: Tensor, decision: int
) -> tuple[Tensor, Tensor]:
    others = logits.clone()
    others[:, decision] = -torch.inf
    rival = others.argmax(1)
    rows = z.new_zeros(len(z), 1, net.outputs)
    rows[:, 0, decision] = 1
    rows.scatter_(2, rival[:, None, None], -1.0)
    piece = net.readout(z, rows)
    return piece.weight.flatten(1), piece.bias[:, 0]
