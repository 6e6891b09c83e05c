"""Ties at one input: their directions, and the way into the region that the convention names, if any."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from cases import CASES
from opened import batch, opened
from scipy.optimize import linprog
from torch import Tensor
from torch.fx.node import Argument

from openbox.program.program import Program
from openbox.program.step import Step

ROUNDING = 1e-12  # a Jacobian below it, relative to the largest, is that of a margin that is zero everywhere

INTERIOR = 1e-9  # of the room that a way leaves: 6e-3 is the smallest one found, 1e-15 the largest rounding
AT_ONCE = 128  # rows of a Jacobian; all two thousand of a network take twice the time


@dataclass(frozen=True)
class Way:
    """``direction`` (d,) raises every tied margin, however it is disturbed by up to ``room`` in each
    coordinate; largest coordinate 1. ``room`` 0: there is none, and ``weights`` (T,) >= 0 with sum 1 prove
    it: they combine the rows of the Jacobian (each of 1-norm 1) to ``remainder`` (d,) = 0 (Gordan)."""

    direction: np.ndarray
    room: float
    weights: np.ndarray
    remainder: np.ndarray


def jacobian(program: Program, x: Tensor) -> np.ndarray:
    """The different rows (T, d) by which the tied margins at x (1, *shape) change on its own piece, each of
    1-norm 1; without those that do not change."""
    _, pattern = program.record(x)
    given = iter(pattern)
    tied: list[Tensor] = []

    def note(step: Step, args: tuple[Argument, ...]) -> Tensor:
        decision = next(given)
        margins = step.gate.margins(decision, *args).flatten()
        tied.append(margins[margins.detach() == 0])
        return step.gate.apply(decision, *args)

    point = x.clone().requires_grad_()
    program.run(point, note)
    margins = torch.cat(tied) if tied else x.new_zeros(0)
    if not margins.requires_grad or len(margins) == 0:
        return np.zeros((0, x.numel()))
    rows = torch.cat([
        torch.autograd.grad(margins, point, unit, retain_graph=True, is_grads_batched=True)[0].flatten(1)
        for unit in torch.eye(len(margins), dtype=x.dtype).split(AT_ONCE)
    ])  # fmt: skip
    sizes = rows.abs().sum(1)
    rows = rows[sizes > ROUNDING * sizes.max()]
    rows = rows / rows.abs().sum(1, keepdim=True)
    return np.unique(rows.numpy().round(14), axis=0)


def way_in(rows: np.ndarray) -> Way:
    """The direction d with the largest min_i (rows d)_i within |d| <= 1, by linear programming."""
    count, inputs = rows.shape
    if count == 0:
        return Way(np.zeros(inputs), 1.0, np.zeros(0), np.zeros(inputs))
    cost = np.r_[np.zeros(inputs), -1.0]  # maximise the last variable, s <= rows d
    borders = np.hstack((-rows, np.ones((count, 1))))
    found = linprog(cost, borders, np.zeros(count), bounds=[(-1, 1)] * inputs + [(0, 1)], method="highs")
    assert found.status == 0, found.message
    weights = -found.ineqlin.marginals
    return Way(found.x[:-1], float(found.x[-1]), weights, weights @ rows)


@cache
def ways(name: str) -> dict[str, Way]:
    """The way into the region at each tied input of the case; black is left out, as it is negative zero."""
    _, net = opened(name)
    x = batch(name, torch.float64)
    tied = net.linearize(x, [0]).degenerate
    return {
        which: way_in(jacobian(net.program, x[row : row + 1]))
        for row, which in enumerate(CASES[name].inputs())
        if tied[row] > 0 and which != "black"
    }
