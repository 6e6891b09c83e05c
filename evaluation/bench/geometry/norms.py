"""Part ``norms`` of ``bench geometry``: the nearest border over all gates, against a loop of VJPs.

The loop is written on the plain module with hooks. It takes one vector-Jacobian product for each unit and
neighbour; a seeded sample of them is timed, and the time scaled up to all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from openbox.geometry.regions.crossing import Crossing

from ..conduct.contest import Contest
from .passes import passes
from .task import OURS, Counts, PreparedNetwork, Task, inputs

LOOP = "vjp_loop"


@dataclass(frozen=True)
class Gates:
    """What the ReLU and pooling layers of a module read at one input, with its graph: (1, *shape) each."""

    x: Tensor
    read: dict[str, Tensor]
    pools: dict[str, int]

    def margin(self, layer: str, unit: int, neighbour: int) -> Tensor:
        """How far the unit is from deciding otherwise: |z|, or the winner of a window less another entry."""
        z = self.read[layer][0]
        if layer not in self.pools:
            return z.flatten()[unit].abs()
        windows = _windows(z, self.pools[layer]).flatten(0, -2)
        entries = windows[unit]
        others = [place for place in range(len(entries)) if place != int(entries.argmax())]
        return entries.max() - entries[others[neighbour]]

    def places(self) -> Tensor:
        """How many units each layer has, and how many neighbours each of them: (layers, 2)."""
        sizes = []
        for name, z in self.read.items():
            size = self.pools.get(name)
            sizes.append(
                [z.numel(), 1] if size is None else [_windows(z[0], size)[..., 0].numel(), size**2 - 1]
            )
        return torch.tensor(sizes)

    def distance(self, margin: Tensor) -> float:
        """The margin over the norm of its gradient: one vector-Jacobian product."""
        (row,) = torch.autograd.grad(margin, self.x, retain_graph=True)
        return float(margin.detach() / row.norm())


def open_gates(module: nn.Module, x: Tensor) -> Gates:
    """One forward pass with a graph. Raises ``ValueError`` for pooling that it does not know."""
    gates = Gates(x.clone().requires_grad_(), {}, {})
    hooks = []
    for name, layer in module.named_modules():
        if isinstance(layer, nn.MaxPool2d):
            if layer.kernel_size != layer.stride or layer.padding:
                raise ValueError(f"the loop knows no overlapping or padded windows: {name} is {layer}")
            gates.pools[name] = int(layer.kernel_size)  # pyright: ignore[reportArgumentType]
        if isinstance(layer, (nn.ReLU, nn.MaxPool2d)):
            hooks.append(layer.register_forward_pre_hook(_note(gates.read, name)))
    try:
        with torch.enable_grad():
            module(gates.x)
    finally:
        for hook in hooks:
            hook.remove()
    return gates


def norms_task(subject: PreparedNetwork, data: str, samples: int) -> Task:
    """``net.region(x).distance(2)`` against the loop over ``samples`` margins."""
    x = inputs(data, 1, subject.entry).to(subject.device)
    found: list[Crossing] = []

    def ours() -> Tensor:
        found[:] = [subject.net.region(x).distance(2)]
        return torch.tensor([found[0].step])

    @cache
    def gates() -> Gates:
        return open_gates(subject.module, x)  # outside of the clock: one pass for all products

    @cache
    def chosen() -> Sequence[tuple[str, int, int]]:
        return sample(gates(), samples)

    def loop() -> Tensor:
        with torch.enable_grad():
            return torch.tensor([gates().distance(gates().margin(*place)) for place in chosen()])

    def checked() -> Tensor:
        """The distance of the gate that is said to be nearest, by the loop, and the nearest of the sample."""
        least = float(loop().min())
        with torch.enable_grad():
            return torch.tensor([gates().distance(_named(gates(), found[0])), least])

    def facts(name: str) -> Counts:
        every = int(gates().places().prod(1).sum())
        if name == LOOP:
            note = f"{samples} of {every} products timed, seconds scaled up"
            return Counts(every, samples, note=note)
        return Counts(every, every, passes(ours, lambda: subject.module(x)))

    calls: dict[str, Callable[[], Tensor]] = {LOOP: loop, OURS: ours}
    contest = Contest({**calls, LOOP: checked}, calls, OURS, ours, _gap, 1e-9)
    return Task("norms", subject, data, f"l2, {samples} of the loop", contest, LOOP, facts)


def sample(gates: Gates, count: int) -> Sequence[tuple[str, int, int]]:
    """Layer, unit and neighbour of ``count`` margins, drawn uniformly from all, always the same."""
    places = gates.places()
    ends = places.prod(1).cumsum(0)
    drawn = torch.randint(int(ends[-1]), (count,), generator=torch.Generator().manual_seed(0))
    layers = torch.searchsorted(ends, drawn, right=True)
    within = drawn - torch.cat((ends.new_zeros(1), ends[:-1]))[layers]
    names = list(gates.read)
    return [
        (names[layer], place // int(places[layer, 1]), place % int(places[layer, 1]))
        for layer, place in zip(layers.tolist(), within.tolist(), strict=True)
    ]


def _named(gates: Gates, crossing: Crossing) -> Tensor:
    """The margin of the unit that a crossing names."""
    unit = crossing.gate
    assert unit is not None
    z = gates.read[unit.module][0]
    if unit.module not in gates.pools:
        return z.flatten()[unit.unit].abs()
    plane = z[unit.channel].flatten()
    return plane[unit.before] - plane[unit.after]


def _gap(_: str, result: Tensor, expected: Tensor) -> float:
    """How far the loop's distance of the named gate is off, or how much nearer another one of it is."""
    named, least = result.tolist()
    step = float(expected)
    return max(abs(named - step), step - least, 0.0) / step


def _note(to: dict[str, Tensor], name: str) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    def note(_: nn.Module, args: tuple[Tensor, ...]) -> None:
        to[name] = args[0]

    return note


def _windows(z: Tensor, size: int) -> Tensor:
    """(C, H, W) -> (C, H // size, W // size, size^2); what is left over at the edges is in no window."""
    return z.unfold(1, size, size).unfold(2, size, size).flatten(3)
