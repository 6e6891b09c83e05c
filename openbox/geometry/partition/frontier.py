"""``Frontier``: cells of a window that are known up to one gate, and how that gate cuts and passes them.

On a cell everything before the gate is affine, so the values at m + 1 points of the window say it all:
``count`` cells travel through the network as ``count (m + 1)`` inputs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils import _pytree as pytree

from openbox.geometry.partition.convex import Array, centres, radii, stack
from openbox.geometry.partition.envelope import Indices, Pieces, undecided
from openbox.geometry.partition.layouts import Layouts
from openbox.program.interpreter import Interpreter, Values
from openbox.program.layout import Layout
from openbox.program.patterns import Digest, decided, grown
from openbox.program.ref import Ref, mapped
from openbox.program.step import Step


@dataclass(frozen=True, eq=False)
class Frontier:
    """``cells`` (n, V, m), n <= ``count``, whose walk is held up at the gate ``step``; None at the end.

    What the walk carries beyond n cells is padding. ``digests`` hash the decisions of each cell so far.
    """

    interpreter: Interpreter
    step: Step | None
    cells: Array
    digests: list[Digest]
    count: int

    @property
    def corners(self) -> int:
        """How many points of the window stand for a cell, m + 1."""
        return self.cells.shape[2] + 1


@dataclass(frozen=True, eq=False)
class DecidedFrontier:
    """A front with what its gate decides at the cells' centres, and who cuts them.

    ``functions`` (units, J + 1, m + 1): 0 for the piece that a unit has at the centre, then its margins to
    the neighbours, as constant and slopes in the window, relative to the largest number the gate reads.
    """

    frontier: Frontier
    decision: Tensor
    functions: Array


@dataclass(frozen=True, eq=False)
class Ready:
    """Cells (n, V, m) that their gate no longer cuts, children of the cells ``owner`` (n,) of a front.

    ``whole``: it never did, so they are their parents.
    """

    opened: DecidedFrontier
    owner: Indices
    cells: Array
    whole: bool


def open_frontier(frontier: Frontier, layouts: Layouts, layout: Layout) -> tuple[DecidedFrontier, Pieces]:
    """Let the gate decide at the centre of each cell, and find the units that decide otherwise elsewhere."""
    n, corners = len(frontier.cells), frontier.corners
    assert frontier.step is not None
    step, rows = frontier.step, frontier.count * corners
    centre = centres(frontier.cells)
    decision = step.gate.decide(*_at(frontier.interpreter, step, layouts, centre, frontier.count))
    wide = layout.take(decision, frontier.count, torch.arange(rows, device=decision.device) // corners)
    units = layout.rows(decision, frontier.count).shape[1]
    margins = step.gate.functions(wide, *frontier.interpreter.operands(step))
    values = layout.rows(margins, rows).view(frontier.count, corners, -1)[:n]
    cell, unit = _near(values, centre, radii(frontier.cells, centre), units)
    neighbours = values.shape[2] // units
    chosen = values.view(n, corners, units, neighbours)[cell, :, unit].transpose(1, 2)  # (E, J, m + 1)
    functions = _functions(chosen.cpu().numpy(), _largest(frontier.interpreter, step, layouts))
    cells = cell.cpu().numpy()
    cuts = undecided(frontier.cells[cells], functions)
    pieces = Pieces(frontier.cells, np.arange(n), cells[cuts], np.arange(int(cuts.sum())))
    return DecidedFrontier(frontier, decision, functions[cuts]), pieces


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


def _largest(interpreter: Interpreter, step: Step, layouts: Layouts) -> float:
    """The largest size of a number that the gate reads: what rounding is measured by."""
    leaves = pytree.tree_leaves(
        mapped(step.args, lambda ref: interpreter.values[ref] if ref in layouts else ())
    )
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


def passed(sources: Sequence[Ready], layouts: Layouts, layout: Layout, count: int) -> Frontier:
    """The front at the next gate, of cells that were held up at one gate."""
    sources = sorted(sources, key=lambda source: not source.whole)
    first = sources[0].opened.frontier
    step, corners = first.step, first.corners
    assert step is not None
    cells = stack([source.cells for source in sources])
    interpreter = first.interpreter.fork(_gather(sources, layouts, count))
    decision = _decisions(sources, interpreter, layouts, layout, cells, count)
    rows = torch.arange(count * corners, device=decision.device) // corners
    given = step.gate.apply(layout.take(decision, count, rows), *interpreter.operands(step))
    parents = [source.opened.frontier.digests[owner] for source in sources for owner in source.owner]
    some = layout.take(decision, count, torch.arange(len(cells), device=decision.device))
    digests = grown(parents, decided(layout, some, len(cells)))
    interpreter.give(step, given)
    return Frontier(interpreter, interpreter.advance(), cells, digests, count)


def _decisions(
    sources: Sequence[Ready],
    interpreter: Interpreter,
    layouts: Layouts,
    layout: Layout,
    cells: Array,
    count: int,
) -> Tensor:
    """What the gate decides on each cell: known where the cell is whole, else decided at its centre."""
    parts, counts = [], []
    for source in sources:
        if source.whole:
            parts.append(_chosen(source.opened.decision, layout, source))
            counts.append(len(source.owner))
    known = sum(counts)
    if known < count:
        step = sources[0].opened.frontier.step
        assert step is not None
        rest = centres(cells[known:]) if known < len(cells) else centres(cells[-1:])
        parts.append(step.gate.decide(*_at(interpreter, step, layouts, rest, count, known)))
        counts.append(count - known)
    return parts[0] if len(parts) == 1 else layout.join(parts, counts)


def _chosen(decision: Tensor, layout: Layout, source: Ready) -> Tensor:
    owner = torch.from_numpy(source.owner).to(decision.device)
    return layout.take(decision, source.opened.frontier.count, owner)


def _gather(sources: Sequence[Ready], layouts: Layouts, count: int) -> Values:
    """The values of the chosen parents, padded with the last of them."""
    corners, total = sources[0].opened.frontier.corners, sum(len(source.owner) for source in sources)
    owners = [source.owner for source in sources]
    owners[-1] = np.concatenate((owners[-1], np.repeat(owners[-1][-1:], count - total)))
    chosen = [torch.from_numpy((owner[:, None] * corners + np.arange(corners)).ravel()) for owner in owners]
    walks = [source.opened.frontier.interpreter for source in sources]

    def gather(ref: Ref) -> Any:
        values = [pytree.tree_flatten(interpreter.values[ref]) for interpreter in walks]
        leaves = []
        for k, layout in enumerate(layouts[ref]):
            parts = [flat[k] for flat, _ in values]
            leaves.append(parts[0] if layout is None else _joined(layout, parts, chosen, count * corners))
        return pytree.tree_unflatten(leaves, values[0][1])

    return {ref: gather(ref) if ref in layouts else value for ref, value in walks[0].values.items()}


def _joined(layout: Layout, parts: list[Tensor], chosen: list[Tensor], count: int) -> Tensor:
    taken = [layout.take(part, count, rows.to(part.device)) for part, rows in zip(parts, chosen, strict=True)]
    return taken[0] if len(taken) == 1 else layout.join(taken, [len(rows) for rows in chosen])


def _at(
    interpreter: Interpreter, step: Step, layouts: Layouts, points: Array, count: int, start: int = 0
) -> tuple[Any, ...]:
    """The operands of the gate at one point (n, m) of each of the cells from ``start`` on; padded."""
    corners = points.shape[1] + 1
    padded = np.concatenate((points, np.repeat(points[-1:], count - start - len(points), 0)))
    weights = torch.from_numpy(np.concatenate((1 - padded.sum(1, keepdims=True), padded), 1))
    rows = torch.arange(start * corners, count * corners)

    def mix(ref: Ref) -> Any:
        value = interpreter.values[ref]
        if ref not in layouts:
            return value
        leaves, structure = pytree.tree_flatten(value)
        mixed = [
            leaf if layout is None else _mixed(layout, leaf, weights, rows, count * corners)
            for leaf, layout in zip(leaves, layouts[ref], strict=True)
        ]
        return pytree.tree_unflatten(mixed, structure)

    return mapped(step.args, mix)


def _mixed(layout: Layout, value: Tensor, weights: Tensor, rows: Tensor, count: int) -> Tensor:
    some = value if len(rows) == count else layout.take(value, count, rows.to(value.device))
    return layout.mixed(some, weights)
