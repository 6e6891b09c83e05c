"""``Program``: a captured network as a list of steps, and the interpreter that records and replays it.

*Record* lets every gate decide and keeps the decisions; *replay* takes the decisions as given, which
makes the network the affine function of one region, defined everywhere.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.fx.node import Argument, Node, map_arg

from openbox.affine import Affine
from openbox.gates import Gate
from openbox.rules import Operation, Rule

Pattern = tuple[Tensor, ...]  # one decision (N, *units) for each gate, in the order of the steps
Constants = tuple[tuple[int, ...], dict[Node, Argument]]  # versions of the tensors, values of the nodes
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
    that depend on them alone and are evaluated once per dtype, and again after a change of a weight.
    """

    input: Node
    output: Node
    tensors: dict[Node, Tensor]
    fixed: tuple[Step, ...]
    steps: tuple[Step, ...]
    _constants: dict[torch.dtype, Constants] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

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
        values: dict[Node, Argument] = dict(self._constants_as(x.dtype))
        values[self.input] = x
        for step in self.steps:
            args = map_arg(step.args, values.__getitem__)
            if isinstance(step.rule, Gate):
                values[step.node] = on_gate(step, args)
            else:
                values[step.node] = _evaluate(step, args, map_arg(step.kwargs, values.__getitem__), x.dtype)
            for node in step.last_use:
                del values[node]
        output = values[self.output]
        assert isinstance(output, Tensor)
        return output.reshape(len(x), -1)

    def _constants_as(self, dtype: torch.dtype) -> dict[Node, Argument]:
        with self._lock:
            now = versions(self.tensors.values())
            if dtype not in self._constants or self._constants[dtype][0] != now:
                values: dict[Node, Argument] = {
                    node: _as(tensor.detach(), dtype) for node, tensor in self.tensors.items()
                }
                for step in self.fixed:
                    args = map_arg(step.args, values.__getitem__)
                    kwargs = map_arg(step.kwargs, values.__getitem__)
                    values[step.node] = _evaluate(step, args, kwargs, dtype)
                self._constants[dtype] = (now, values)
            return self._constants[dtype][1]


def versions(tensors: Iterable[Tensor]) -> tuple[int, ...]:
    """How often each tensor was written to in place, by PyTorch's own count."""
    return tuple(-1 if tensor.is_inference() else tensor._version for tensor in tensors)


def _gate(step: Step) -> Gate:
    assert isinstance(step.rule, Gate)
    return step.rule


def _as(value: Argument, dtype: torch.dtype) -> Argument:
    """Floating-point tensors in the precision of the run, everything else as it is."""
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.to(dtype)
    return value


def _evaluate(
    step: Step, args: tuple[Argument, ...], kwargs: Mapping[str, Argument], dtype: torch.dtype
) -> Argument:
    apply = step.rule.apply if isinstance(step.rule, Affine) and step.rule.apply else step.operation
    value = apply(*args, **kwargs)
    return value if step.rule else _as(value, dtype)
