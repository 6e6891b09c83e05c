"""Part ``exit`` of ``bench geometry``: where a ray leaves the region, against one forward pass."""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from openbox.geometry.regions.region import Region

from ..conduct.contest import Contest
from .passes import passes
from .task import OURS, Counts, PreparedNetwork, Task, inputs

FLOOR, WHOLE = "forward", "region_and_exit"
_CLOSE = 1e-3  # of the step: so far before it and behind it the check looks


def exit_task(subject: PreparedNetwork, data: str) -> Task:
    """``openbox`` is the exit of a region that is there, ``region_and_exit`` makes it first."""
    net, module = subject.net, subject.module
    x = inputs(data, 1, subject.entry).to(subject.device)
    direction = torch.randn(x.shape, generator=torch.Generator().manual_seed(1), dtype=x.dtype).to(x)

    @cache
    def region() -> Region:
        return net.region(x)

    def forward() -> Tensor:
        with torch.no_grad():
            return module(x)

    def leave(region: Region) -> Tensor:
        return torch.tensor(region.exit(direction).step)

    def checked() -> Tensor:
        """The region must hold the ray up to the step and not beyond."""
        step = leave(region())
        sides = x + step * x.new_tensor([1 - _CLOSE, 1 + _CLOSE]).view(2, *[1] * (x.ndim - 1)) * direction
        if region().contains(sides).tolist() != [True, False]:
            raise ValueError(f"the region does not end at step {float(step)}")
        return step

    def facts(name: str) -> Counts:
        units = sum(len(margins) for margins in region().local.margins)
        return Counts(units, units, passes(calls[name], forward))

    calls: dict[str, Callable[[], Tensor]] = {
        FLOOR: forward, OURS: lambda: leave(region()), WHOLE: lambda: leave(net.region(x)),
    }  # fmt: skip
    contest = Contest(calls, calls, OURS, checked, _gap, 1e-9)
    return Task("exit", subject, data, "random direction", contest, FLOOR, facts)


def _gap(name: str, result: Tensor, expected: Tensor) -> float | None:
    return None if name == FLOOR else float((result - expected).abs() / expected)
