"""``Gate``: a piecewise-linear operation as four functions of its operands.

Convention at a kink, never left to autograd: a threshold is passed only by ``z > t``; a clamp holds at
both its borders; a maximum or minimum belongs to its lowest index; a comparison is what it says.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from openbox.program.gates.naming import Naming


def other(decision: Tensor, *_: Any) -> Tensor:
    """``beyond`` of a gate of two pieces."""
    return (~decision).to(torch.int64).unsqueeze(-1)


@dataclass(frozen=True)
class Gate:
    """One piecewise-linear operation, given the operation's own arguments ``*args``, defaults included.

    ``decide(*args)`` is in which piece each unit is, a bool or integer tensor of the shape of the units;
    ``apply(decision, *args)`` the affine action with that decision frozen; ``margins(decision, *args)``
    the signed distances to the neighbouring pieces, in units of the operand, with one more axis for the
    neighbours: positive strictly inside the piece, affine in the operands, +inf for no such neighbour;
    ``beyond(decision, *args)`` the decision behind each of these margins, int64 of their shape, without
    meaning where there is no neighbour.
    Only the arguments at the positions ``operands`` may depend on x; those at ``off`` are flags that
    must be false: they ask for random numbers.

    ``envelope(decision, *args)``, for gates whose pieces lie in a row so that there is another beyond a
    neighbour, has an affine function for each other piece: a unit is in the piece whose function is the
    smallest, in its own where none is negative. Without it the margins are such functions.

    ``native(*args)``, where it is given, is the pair (output, decision) by PyTorch's own kernel, which is
    faster. Its derivative is never asked for. ``naming`` is what people are told of its units.
    """

    kind: str
    decide: Callable[..., Tensor]
    apply: Callable[..., Any]
    margins: Callable[..., Tensor]
    beyond: Callable[..., Tensor]
    naming: Naming
    operands: tuple[int, ...] = (0,)
    off: tuple[int, ...] = ()
    native: Callable[..., tuple[Any, Tensor]] | None = None
    envelope: Callable[..., Tensor] | None = None

    def refusal(self, args: Sequence[object], dependent: Collection[int]) -> str | None:
        """Why the operation is no gate if the arguments ``dependent`` depend on x, or None."""
        if any(args[position] for position in self.off if position < len(args)):
            return "it draws random numbers"
        if any(position not in self.operands for position in dependent):
            return "an operand that must be constant depends on the input"
        return None

    def functions(self, decision: Tensor, *args: Any) -> Tensor:
        """The envelope's functions: like margins, but for all other pieces, adjacent or not."""
        return (self.envelope or self.margins)(decision, *args)

    def record(self, *args: Any) -> tuple[Any, Tensor]:
        """The output, and the decision that was taken."""
        if self.native is not None:
            return self.native(*args)
        decision = self.decide(*args)
        return self.apply(decision, *args), decision
