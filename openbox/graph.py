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

from openbox.gates.gate import Gate
from openbox.rules import Operation, Rule

Pattern = tuple[Tensor, ...]  # one decision for each gate, in the order of the steps
Values = dict[Node, Any]
GateHandler = Callable[["Step", tuple[Any, ...]], Any]


@dataclass(frozen=True)
class Layout:
    """Where the inputs of a batch lie in a value: axis ``axis`` is (``outer``, N, the rest), flattened."""

    axis: int = 0
    outer: int = 1

    def rows(self, value: Tensor, count: int) -> Tensor:
        """One row for each of the ``count`` inputs: (N, units)."""
        split = value.unflatten(self.axis, (self.outer, count, -1))
        return split.movedim(self.axis + 1, 0).reshape(count, -1)


@dataclass(frozen=True)
class Step:
    """One operation. ``rule`` is None where the value is constant on a region.

    ``args`` and ``kwargs`` hold graph nodes where values of earlier steps go; ``module`` is the path
    of the submodule that the operation came from; ``last_use`` are the nodes not needed afterwards.
    ``follows_dtype``: it was asked for the dtype of the input, which a run may change.
    """

    node: Node
    operation: Operation
    args: tuple[Argument, ...]
    kwargs: dict[str, Argument]
    rule: Rule | None
    module: str
    last_use: tuple[Node, ...] = ()
    layout: Layout = Layout()
    follows_dtype: bool = False

    @property
    def gate(self) -> Gate:
        """The rule of a step that is a gate."""
        assert isinstance(self.rule, Gate)
        return self.rule


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

    def constants(self, dtype: torch.dtype) -> Values:
        """Parameters and buffers in the precision of a run, and what the fixed steps make of them.

        What stems from no parameter keeps its own dtype, as in the module itself.
        """
        values: Values = {}
        for node, tensor in self.tensors.items():
            values[node] = tensor.detach().to(dtype) if tensor.is_floating_point() else tensor
        with torch.no_grad():
            for step in self.fixed:
                values[step.node] = step.operation(
                    *_resolve(step.args, values), **_kwargs(step, values, dtype)
                )
        return values

    def record(self, x: Tensor, constants: Values | None = None) -> tuple[Tensor, Pattern]:
        """Run on x (N, *input_shape); returns the output (N, K) and the decisions of all gates.

        ``constants``: this program's, in the precision of x, to share them between runs.
        """
        decisions: list[Tensor] = []

        def decide(step: Step, args: tuple[Any, ...]) -> Any:
            output, decision = step.gate.record(*args)
            decisions.append(decision)
            return output

        with torch.no_grad():  # the kernels' own derivatives are not ours at a tie
            output = self.run(x, decide, constants)
        return output, tuple(decisions)

    def replay(self, x: Tensor, pattern: Pattern, constants: Values | None = None) -> Tensor:
        """The affine function of the region that ``pattern`` names, at x (N, *input_shape): (N, K)."""
        given = iter(pattern)
        return self.run(x, lambda step, args: step.gate.apply(next(given), *args), constants)

    def run(self, x: Tensor, on_gate: GateHandler, constants: Values | None = None) -> Tensor:
        """Walk the steps once; ``on_gate(step, args)`` gives the value of each gate. Returns (N, K)."""
        values = dict(self.constants(x.dtype) if constants is None else constants)
        values[self.input] = x
        for step in self.steps:
            args = _resolve(step.args, values)
            rule = step.rule
            if isinstance(rule, Gate):
                values[step.node] = on_gate(step, args)
            else:
                apply = (rule.apply if rule else None) or step.operation
                values[step.node] = apply(*args, **_kwargs(step, values, x.dtype))
            for node in step.last_use:
                del values[node]
        output = values[self.output]
        assert isinstance(output, Tensor)
        return output.reshape(len(x), -1)


def _kwargs(step: Step, values: Values, dtype: torch.dtype) -> dict[str, Any]:
    if not step.kwargs:
        return {}
    kwargs = _resolve(step.kwargs, values)
    return {**kwargs, "dtype": dtype} if step.follows_dtype else kwargs


def _resolve(arguments: Any, values: Values) -> Any:
    return map_arg(arguments, values.__getitem__)
