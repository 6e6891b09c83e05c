"""``Specification``: a decision that is to change, one number everywhere, half-spaces around a point."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from openbox.geometry.view import View


@dataclass(frozen=True, eq=False)
class Specification:
    """Points that the network does not give to class ``original``, or that it gives to ``target``.

    ``excess`` > 0 is the amount by which a logit must be the larger one: on the boundary itself
    rounding decides. All points are flat, (M, n).
    """

    view: View
    original: int
    target: int | None
    excess: float

    @property
    def classes(self) -> list[int]:
        """The classes that may be reached."""
        others = [k for k in range(self.view.outputs) if k != self.original]
        return others if self.target is None else [self.target]

    def logits(self, points: Tensor) -> Tensor:
        """The module's own outputs (M, K)."""
        parts = points.unflatten(1, self.view.input_shape).split(self.view.at_once)
        return torch.cat([self.view.original(part) for part in parts])

    def score(self, points: Tensor) -> Tensor:
        """(M,): by how much the goal is reached; it is reached where this is >= 0."""
        f = self.logits(points)
        if self.target is None:
            return _others(f, self.original).amax(1) - f[:, self.original] - self.excess
        return f[:, self.target] - _others(f, self.target).amax(1) - self.excess

    def towards(self, points: Tensor) -> Tensor:
        """(M,): the class at each point, or the one next to it where that is still the original."""
        if self.target is not None:
            return torch.full((len(points),), self.target, device=points.device)
        return _others(self.logits(points), self.original).argmax(1)

    def rivals(self, points: Tensor, towards: Tensor) -> Tensor:
        """(M,): the class that each of ``towards`` (M,) has yet to overtake at its point."""
        if self.target is None:
            return torch.full_like(towards, self.original)
        return _others(self.logits(points), self.target).argmax(1)

    def halfspaces(self, points: Tensor, towards: Tensor, rivals: Tensor) -> tuple[Tensor, Tensor]:
        """Where ``towards`` overtakes ``rivals``, both (M,), by the affine functions around the points.

        ``normals @ y + offsets >= 0``: (M, n), (M,).
        """
        normals, offsets = [], []
        size = self.view.at_once
        for some, to, rival in zip(points.split(size), towards.split(size), rivals.split(size), strict=True):
            with torch.no_grad():
                pattern = self.view.record(some.unflatten(1, self.view.input_shape))[1]
            with torch.enable_grad():
                x = some.unflatten(1, self.view.input_shape).detach().clone().requires_grad_()
                outputs = self.view.replay(x, pattern)
                rows = one_hot(to, outputs.shape[1]) - one_hot(rival, outputs.shape[1])
                values = (outputs * rows).sum(1)
                normal = torch.zeros_like(some)
                if values.requires_grad:  # else the network is constant
                    normal = torch.autograd.grad(values.sum(), x)[0].flatten(1)
            normals.append(normal)
            offsets.append(values.detach() - self.excess - (normal * some).sum(1))
        return torch.cat(normals), torch.cat(offsets)

    def around(self, point: Tensor, towards: int) -> tuple[Tensor, Tensor]:
        """All half-spaces (g, n), (g,) that ``towards`` must satisfy, read at a point (n,)."""
        others = [k for k in range(self.view.outputs) if k != towards]
        rivals = torch.tensor([self.original] if self.target is None else others, device=point.device)
        return self.halfspaces(point.repeat(len(rivals), 1), torch.full_like(rivals, towards), rivals)


def _others(f: Tensor, but: int) -> Tensor:
    return f.index_fill(1, torch.tensor([but], device=f.device), -torch.inf)
