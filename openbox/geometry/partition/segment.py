"""``Segment``: a network along the straight line between two inputs, exactly."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError, named
from openbox.geometry.partition.decision import by_class
from openbox.geometry.partition.leaves import joined
from openbox.geometry.partition.subdivide import subdivide
from openbox.geometry.tolerances import OUTSIDE
from openbox.geometry.view import View
from openbox.progress import OnShare

CHECKED = 256  # points at which the affine maps are compared with the module


@dataclass(frozen=True)
class Switch:
    """The decision changes at ``t`` from one class to another."""

    t: float
    before: int
    after: int


@dataclass(frozen=True, eq=False, repr=False)
class Segment:
    """The network on a + t (b - a) for t in [0, 1]: B breakpoints, and B - 1 intervals on which it is affine.

    ``a``, ``b`` (1, *input_shape), ``t`` (B,) from 0 to 1, ``logits`` (B, K) the module's own output at the
    breakpoints, ``region_ids`` of the intervals, ``maps`` (B - 1, K, 2): logits = maps @ (t, 1), ``switches``
    where the decision changes. ``error`` is the largest deviation of the maps from the module at 256
    random points spread over the intervals, relative to the largest logit there. All in float64.
    """

    a: Tensor
    b: Tensor
    t: Tensor
    logits: Tensor
    region_ids: list[str]
    maps: Tensor
    switches: list[Switch]
    error: float

    def __repr__(self) -> str:
        return (
            f"Segment({len(self.region_ids)} regions, {len(self.switches)} switches, error {self.error:.1e})"
        )

    def _repr_html_(self) -> str:
        units = {
            "t": "breakpoints, 0 at a and 1 at b",
            "logits": "the module's own output at the breakpoints",
            "region_ids": "one an interval",
            "switches": "changes of the decision",
            "error": "largest gap to the module, relative to the largest logit",
        }
        return table(self, units)

    @property
    def middles(self) -> Tensor:
        """A point (B - 1, *input_shape) in the middle of each interval."""
        return self.points((self.t[1:] + self.t[:-1]) / 2)

    def points(self, t: Tensor) -> Tensor:
        """The inputs (M, *input_shape) at t (M,)."""
        weights = t.to(self.a).view(-1, *(1,) * (self.a.ndim - 1))
        return (1 - weights) * self.a + weights * self.b

    @named("segment.interval")
    def interval(self, t: Tensor) -> Tensor:
        """Which interval (M,) each t (M,) in [0, 1] lies in; a breakpoint lies in the one that it begins."""
        return self._interval(self._within(t))

    @named("segment.logits_at")
    def logits_at(self, t: Tensor) -> Tensor:
        """The logits (M, K) at t (M,) in [0, 1], read off the exact maps."""
        t = self._within(t)
        maps = self.maps[self._interval(t)]
        return maps[..., 0] * t[:, None] + maps[..., 1]

    def _interval(self, t: Tensor) -> Tensor:
        found = torch.searchsorted(self.t, t, right=True) - 1
        return found.clamp(0, len(self.region_ids) - 1)

    def _within(self, t: Tensor) -> Tensor:
        """t (M,) in float64, clipped to [0, 1]; raises ``InputError`` for one that lies outside."""
        if not isinstance(t, Tensor) or t.ndim != 1 or t.is_complex():
            found = f"has shape {tuple(t.shape)}" if isinstance(t, Tensor) else f"is a {type(t).__name__}"
            raise InputError(f"t {found}; pass a torch.Tensor (M,) of real numbers from 0 to 1")
        t = t.detach().to(self.t).contiguous()
        outside = ~((t >= -OUTSIDE) & (t <= 1 + OUTSIDE))
        if bool(outside.any()):
            raise InputError(
                f"{int(outside.sum())} of the {len(t)} values of t lie outside [0, 1], such as "
                f"{float(t[outside][0]):g}, where the segment knows nothing; ask for a longer segment"
            )
        return t.clamp(0, 1)


def segment(view: View, a: Tensor, b: Tensor, progress: OnShare | None = None) -> Segment:
    """All breakpoints of the network between a and b (1, *input_shape), float64.

    Costs about two forward passes for each interval and one for each breakpoint; ``progress`` is told the
    share of the segment that is done.
    """
    leaves = []
    done = 0.0
    for leaf in subdivide(view, a[0], b - a, np.array([[0.0], [1.0]])):
        leaves.append(leaf)
        done += float((leaf.cells[:, 1] - leaf.cells[:, 0]).sum())
        if progress:
            progress(min(1.0, done))
    whole = joined(leaves)
    whole = whole.part(np.argsort(whole.cells[:, 0, 0], kind="stable"))
    t = np.append(whole.cells[:, 0, 0], 1.0)
    functions = whole.functions
    parts, _, winner = by_class(whole.cells, functions)
    order = np.argsort(parts[:, 0, 0], kind="stable")
    starts, winner = parts[order, 0, 0], winner[order]
    changes = np.flatnonzero(winner[1:] != winner[:-1]) + 1
    switches = [Switch(float(starts[i]), int(winner[i - 1]), int(winner[i])) for i in changes]
    times, maps = torch.from_numpy(t).to(a), torch.from_numpy(functions[..., ::-1].copy()).to(a)
    bare = Segment(a, b, times, times, whole.ids, maps, switches, 0.0)
    logits = torch.cat([view.original(bare.points(some)) for some in times.split(view.at_once)])
    return Segment(a, b, times, logits, whole.ids, maps, switches, _error(bare, view))


def _error(found: Segment, view: View) -> float:
    some = torch.linspace(0, len(found.t) - 2, CHECKED).long().to(found.t.device)
    # not at a breakpoint, where a network may jump, nor in the middle, where the gates were asked
    share = torch.rand(len(some), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    t = torch.lerp(found.t[some], found.t[some + 1], share.to(found.t))
    theirs = torch.cat([view.original(found.points(some)) for some in t.split(view.at_once)])
    largest = float((found.logits_at(t) - theirs).abs().max())
    return largest and largest / float(theirs.abs().max())
