"""``Front``: cells of a window that are known up to one gate, and how that gate cuts and passes them.

On a cell everything before the gate is affine, so the values at m + 1 points of the window say it all:
``count`` cells travel through the network as ``count (m + 1)`` inputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.fx.node import Node, map_arg
from torch.utils import _pytree as pytree

from openbox.geometry.convex import Array, centres, radii, stack
from openbox.geometry.envelope import Indices, Pieces, undecided
from openbox.geometry.layouts import Layouts
from openbox.patterns import Digest, decided, grown
from openbox.step import Layout, Step
from openbox.walk import Values, Walk


@dataclass(frozen=True)
class Front:
    """``cells`` (n, V, m), n <= ``count``, whose walk is held up at the gate ``step``; None at the end.

    What the walk carries beyond n cells is padding. ``digests`` hash the decisions of each cell so far.
    """

    walk: Walk
    step: Step | None
    cells: Array
    digests: list[Digest]
    count: int

    @property
    def corners(self) -> int:
        """How many points of the window stand for a cell, m + 1."""
        return self.cells.shape[2] + 1


def opened(front: Front, layouts: Layouts, layout: Layout) -> tuple[Pieces, Array]:
    """The cells with the units of the gate that cut them, and those units' functions, each once.

    Functions are (units, J + 1, m + 1): 0 for the piece that the unit has at the cell's centre, then its
    margins to the neighbours, as constant and slopes in the window, relative to the layer's largest.
    """
    n, corners = len(front.cells), front.corners
    assert front.step is not None
    step, rows = front.step, front.count * corners
    centre = centres(front.cells)
    decision = step.gate.decide(*_at(front.walk, step, layouts, centre, front.count))
    wide = layout.take(decision, front.count, torch.arange(rows, device=decision.device) // corners)
    units = layout.rows(decision, front.count).shape[1]
    margins = step.gate.margins(wide, *front.walk.operands(step))
    values = layout.rows(margins, rows).view(front.count, corners, -1)[:n]
    cell, unit = _near(values, centre, radii(front.cells, centre), units)
    neighbours = values.shape[2] // units
    chosen = values.view(n, corners, units, neighbours)[cell, :, unit].transpose(1, 2)  # (E, J, m + 1)
    functions = _functions(chosen.cpu().numpy(), _largest(front.walk, step, layouts))
    cells = cell.cpu().numpy()
    cuts = undecided(front.cells[cells], functions)
    pieces = Pieces(front.cells, np.arange(n), cells[cuts], np.arange(int(cuts.sum())))
    return pieces, functions[cuts]


def _near(values: Tensor, centre: Array, reach: Array, units: int) -> tuple[Tensor, Tensor]:
    """Cells and units (E,) with a margin that may be negative within ``reach`` (n,) of ``centre`` (n, m).

    values: (n, m + 1, units * J) at the points of the window. A margin is never so far from that at the
    centre as ``reach`` times the norm of its slopes.
    """
    count, corners = values.shape[:2]
    weights = np.zeros((count, corners, corners))  # to the value at the centre, and the slopes times reach
    weights[:, 0, 0] = 1 - centre.sum(1)
    weights[:, 0, 1:] = centre
    weights[:, 1:, 0] = -reach[:, None]
    weights[:, np.arange(1, corners), np.arange(1, corners)] = reach[:, None]
    found = torch.from_numpy(weights).to(values) @ values
    height = found[:, 0]
    change = found[:, 1] * found[:, 1]
    for slope in found[:, 2:].unbind(1):
        change.addcmul_(slope, slope)
    near = (height * height.clamp(min=0) < change).view(count, units, -1)  # false for NaN: no such neighbour
    cell, unit = torch.nonzero(near.any(2) if near.shape[2] > 1 else near[..., 0], as_tuple=True)
    return cell, unit


def _largest(walk: Walk, step: Step, layouts: Layouts) -> float:
    """The largest size of a number that the gate reads: what rounding is measured by."""
    leaves = pytree.tree_leaves(map_arg(step.args, lambda node: walk.values[node] if node in layouts else ()))
    numbers = [leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf.is_floating_point()]
    return max((float(torch.stack(torch.aminmax(leaf)).abs().max()) for leaf in numbers), default=1.0)


def _functions(values: Array, scale: float) -> Array:
    """(E, J, m + 1) values at the points of the window -> (E, J + 1, m + 1) functions, the first one zero."""
    scaled = values / scale if scale > 0 else values
    scaled = np.where(
        np.isfinite(scaled), scaled, 4.0
    )  # a neighbour that does not exist is never the smallest
    scaled[..., 1:] -= scaled[..., :1]
    return np.concatenate((np.zeros_like(scaled[:, :1]), scaled), 1)


def passed(
    sources: Sequence[tuple[Front, Indices, Array]], layouts: Layouts, layout: Layout, count: int
) -> Front:
    """The front at the next gate, of cells that this gate no longer cuts.

    ``sources``: fronts at one gate, the parents among their cells, and the (n, V, m) children themselves.
    """
    first, step = sources[0][0], sources[0][0].step
    assert step is not None
    cells = stack([part for _, _, part in sources])
    walk = first.walk.fork(_gather(sources, layouts, count))
    inner = _at(walk, step, layouts, centres(cells), count)
    decision = step.gate.decide(*inner)
    rows = torch.arange(count * first.corners, device=decision.device) // first.corners
    given = step.gate.apply(layout.take(decision, count, rows), *walk.operands(step))
    parents = [front.digests[owner] for front, owners, _ in sources for owner in owners]
    some = layout.take(decision, count, torch.arange(len(cells), device=decision.device))
    digests = grown(parents, decided(layout, some, len(cells)))
    walk.give(step, given)
    return Front(walk, walk.advance(), cells, digests, count)


def _gather(sources: Sequence[tuple[Front, Indices, Array]], layouts: Layouts, count: int) -> Values:
    """The values of the chosen parents, padded with the last of them."""
    corners, total = sources[0][0].corners, sum(len(owners) for _, owners, _ in sources)
    chosen = []
    for k, (_, owners, _) in enumerate(sources):
        padded = (
            np.concatenate((owners, np.repeat(owners[-1:], count - total)))
            if k == len(sources) - 1
            else owners
        )
        chosen.append(torch.from_numpy((padded[:, None] * corners + np.arange(corners)).ravel()))
    fronts = [front for front, _, _ in sources]

    def gather(node: Node) -> Any:
        values = [pytree.tree_flatten(front.walk.values[node]) for front in fronts]
        leaves = []
        for k, layout in enumerate(layouts[node]):
            parts = [flat[k] for flat, _ in values]
            leaves.append(parts[0] if layout is None else _joined(layout, parts, chosen, count * corners))
        return pytree.tree_unflatten(leaves, values[0][1])

    return {node: gather(node) if node in layouts else value for node, value in fronts[0].walk.values.items()}


def _joined(layout: Layout, parts: list[Tensor], chosen: list[Tensor], count: int) -> Tensor:
    taken = [layout.take(part, count, rows.to(part.device)) for part, rows in zip(parts, chosen, strict=True)]
    return taken[0] if len(taken) == 1 else layout.join(taken, [len(rows) for rows in chosen])


def _at(walk: Walk, step: Step, layouts: Layouts, points: Array, count: int) -> tuple[Any, ...]:
    """The operands of the gate at one point (n, m) of each cell."""
    padded = np.concatenate((points, np.repeat(points[-1:], count - len(points), 0)))
    weights = np.concatenate((1 - padded.sum(1, keepdims=True), padded), 1)

    def mix(node: Node) -> Any:
        value = walk.values[node]
        if node not in layouts:
            return value
        leaves, structure = pytree.tree_flatten(value)
        pairs = zip(leaves, layouts[node], strict=True)
        mixed = [
            leaf if layout is None else layout.mixed(leaf, torch.from_numpy(weights))
            for leaf, layout in pairs
        ]
        return pytree.tree_unflatten(mixed, structure)

    return map_arg(step.args, mix)
