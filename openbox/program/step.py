"""``Step``: one operation of a captured network."""

from dataclasses import dataclass

from torch.fx.node import Argument, Node

from openbox.program.gates.gate import Gate
from openbox.program.layout import FIRST_AXIS, Layout
from openbox.program.rules import Operation, Rule


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
    layout: Layout = FIRST_AXIS
    follows_dtype: bool = False

    @property
    def gate(self) -> Gate:
        """The rule of a step that is a gate."""
        assert isinstance(self.rule, Gate)
        return self.rule
