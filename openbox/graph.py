"""``Program``: a captured network as a list of steps, and the interpreter that records and replays it.

*Record* lets every gate decide and keeps the decisions; *replay* takes the decisions as given, which
makes the network the affine function of one region, defined everywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.fx.node import Argument, Node, map_arg

from openbox.gates import Gate
from openbox.rules import Operation, Rule

Pattern = tuple[Tensor, ...]  # one decision (N, *units) for each gate, in the order of the steps
GateHandler = Callable[["Step", tuple[Argument, ...]], Tensor]


@dataclass(frozen=True)
class Step:
    """One operation. ``rule`` is None where the value does not depend on the input.

    ``args`` and ``kwargs`` hold graph nodes where values of earlier steps go; ``module`` is the path
    of the submodule that the operation came from; ``last_use`` are the nodes not needed afterwards.
    """

    node: Node
    operation: Operation
    args: tuple[Argument, ...]
    kwargs: dict[str, Argument]
    rule: Rule | None
    module: str
    last_use: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Program:
    """The steps from ``input`` to ``output``.

    ``tensors`` are the module's own parameters and buffers, shared, not copied; ``fixed`` the steps
    that do not depend on the input; both are read anew at each run, so a weight may change in between.
    """

    input: Node
    output: Node
    tensors: dict[Node, Tensor]
    fixed: tuple[Step, ...]
    steps: tuple[Step, ...]

    @property
    def gates(self) -> tuple[Step, ...]:
        """The steps that are gates, in the order of a pattern."""
        return tuple(step for step in self.steps if isinstance(step.rule, Gate))

    def record(self, x: Tensor) -> tuple[Tensor, Pattern]:
        """Run on x (N, *input_shape); returns the output (N, K) and the decisions of all gates."""
        decisions: list[Tensor] = []

        def decide(step: Step, args: tuple[Argument, ...]) -> Tensor:
            gate = _gate(step)
            with torch.no_grad():
                decisions.append(gate.decide(*args))
            return gate.apply(decisions[-1], *args)

        return self.run(x, decide), tuple(decisions)

    def replay(self, x: Tensor, pattern: Pattern) -> Tensor:
        """The affine function of the region that ``pattern`` names, at x (N, *input_shape): (N, K)."""
        given = iter(pattern)
        return self.run(x, lambda step, args: _gate(step).apply(next(given), *args))

    def run(self, x: Tensor, on_gate: GateHandler) -> Tensor:
        """Walk the steps once; ``on_gate(step, args)`` gives the value of each gate. Returns (N, K)."""
        values = self._constants(x.dtype)
        values[self.input] = x
        for step in self.steps:
            args = _resolve(step.args, values)
            if isinstance(step.rule, Gate):
                values[step.node] = on_gate(step, args)
            else:
                apply = (step.rule.apply if step.rule else None) or step.operation
                values[step.node] = apply(*args, **_resolve(step.kwargs, values))
            for node in step.last_use:
                del values[node]
        output = values[self.output]
        assert isinstance(output, Tensor)
        return output.reshape(len(x), -1)

    def _constants(self, dtype: torch.dtype) -> dict[Node, Argument]:
        """Parameters and buffers in the precision of the run, and what the fixed steps make of them.

        What stems from no parameter keeps its own dtype, as in the module itself.
        """
        values: dict[Node, Argument] = {}
        for node, tensor in self.tensors.items():
            values[node] = tensor.detach().to(dtype) if tensor.is_floating_point() else tensor
        for step in self.fixed:
            values[step.node] = step.operation(*_resolve(step.args, values), **_resolve(step.kwargs, values))
        return values


def _gate(step: Step) -> Gate:
    assert isinstance(step.rule, Gate)
    return step.rule


def _resolve(arguments: Any, values: dict[Node, Argument]) -> Any:
    return map_arg(arguments, values.__getitem__)
