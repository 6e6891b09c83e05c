"""``View``: a captured network in float64 as the geometry sees it: gates, margins, the module itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from openbox.program.interpreter import Values
from openbox.program.program import Pattern, Program
from openbox.program.step import Step


@dataclass(frozen=True, eq=False)
class View:
    """One network, at the weights that it had when the view was made.

    ``original`` is the module itself, (N, *input_shape) -> (N, K); no more than ``at_once`` inputs go
    through the network together. All is read in ``program``, whose arithmetic is the module's own, and not
    in the folded one: what ties but for rounding must round the same way in both.
    """

    program: Program
    constants: Values
    original: Callable[[Tensor], Tensor]
    input_shape: tuple[int, ...]
    outputs: int
    at_once: int

    def record(self, x: Tensor) -> tuple[Tensor, Pattern]:
        """Output (N, K) and decisions of all gates at x (N, *input_shape)."""
        return self.program.record(x, self.constants)

    def replay(self, x: Tensor, pattern: Pattern) -> Tensor:
        """The affine functions that ``pattern`` names, one for each x: (N, *input_shape) -> (N, K)."""
        return self.program.replay(x, pattern, self.constants)

    def margins(self, x: Tensor, pattern: Pattern) -> tuple[list[Tensor], Tensor]:
        """The margins of all gates under ``pattern``, (N, units, neighbours) for each gate, and the output.

        Both are affine in x, and a margin is positive where its gate keeps its decision. Differentiable.
        """
        found: list[Tensor] = []
        given = iter(pattern)

        def note(step: Step, args: tuple[Any, ...]) -> Any:
            decision, layout = next(given), step.layout
            units = layout.rows(decision, len(x)).shape[1]
            margins = layout.rows(step.gate.margins(decision, *args), len(x))
            found.append(margins.unflatten(1, (units, -1)))
            return step.gate.apply(decision, *args)

        return found, self.program.run(x, note, self.constants)

    def take(self, pattern: Pattern, count: int, inputs: Tensor) -> Pattern:
        """The decisions of the ``inputs`` (M,) among the ``count`` that ``pattern`` holds, in that order."""
        pairs = zip(self.program.gates, pattern, strict=True)
        return tuple(step.layout.take(decision, count, inputs) for step, decision in pairs)

    def repeat(self, pattern: Pattern, times: int) -> Pattern:
        """The decisions of one input, for a batch of ``times``."""
        one = pattern[0].device if pattern else torch.device("cpu")
        return self.take(pattern, 1, torch.zeros(times, dtype=torch.int64, device=one))
