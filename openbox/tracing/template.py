"""``Template``: what a trace found out about a module, for inputs of any shape that its forward allows."""

import threading
from dataclasses import dataclass, field

import torch

from openbox.errors import CaptureError
from openbox.module.outputs import OutputKey
from openbox.program.captured import Captured
from openbox.program.layout import some_inputs
from openbox.program.memory import numbers_per_input
from openbox.program.program import Program
from openbox.tracing.probe import probe
from openbox.tracing.unroll import unroll

_KEPT = 64  # programs of different lengths; one of 200 steps is some megabytes

Shape = tuple[int, ...]
UNFIT = (RuntimeError, IndexError, ValueError)  # what PyTorch raises where a size does not fit


@dataclass(frozen=True, eq=False)
class Template:
    """The program as it was traced on inputs of ``example_shape``, and the same with batch norms folded.

    ``free`` are the axes of an input that may have another size. It holds no module. Safe to share between
    threads.
    """

    program: Program
    folded: Program
    example_shape: Shape
    free: tuple[int, ...]
    dtype: torch.dtype
    device: torch.device
    output: OutputKey
    head: str | None
    _known: dict[Shape, Captured] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fits(self, shape: Shape) -> bool:
        """Whether inputs of that shape differ from the example's at free axes only."""
        if len(shape) != len(self.example_shape) or 0 in shape:
            return False
        return all(
            axis in self.free or size == known
            for axis, (size, known) in enumerate(zip(shape, self.example_shape, strict=True))
        )

    def at(self, shape: Shape) -> Captured:
        """The capture for inputs of that shape, which fits. Raises ``CaptureError``."""
        with self._lock:
            found = self._known.pop(shape, None) or self._made(shape)
            self._known[shape] = found  # the latest one stands last
            if len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
        return found

    def _made(self, shape: Shape) -> Captured:
        program, folded = self.program, self.folded
        some = some_inputs(shape, self.device).to(self.dtype)
        if program.of_any_length:
            program, folded = unroll(program, some), unroll(folded, some)
        probed = probe(program, some)
        if probed is None:
            raise CaptureError(
                "the output for one input depends on the others of the batch, so there is no function "
                "of one input to open; keep operations on the batch axis out of forward"
            )
        complete, outputs = probed
        numbers = numbers_per_input(complete)
        return Captured(complete, folded, outputs, numbers, shape, self.output, self.head)


def free_axes(program: Program, shape: Shape, dtype: torch.dtype, device: torch.device) -> tuple[int, ...]:
    """The axes of an input that forward leaves free: what has no number in the trace and may grow.

    (A trace does not look into a recurrent layer, which fixes its features.)
    """

    def grows(axis: int) -> bool:
        larger = tuple(size + (place == axis) for place, size in enumerate(shape))
        try:
            unroll(program, some_inputs(larger, device).to(dtype))
        except UNFIT:
            return False
        return True

    named = [axis for axis, size in enumerate(program.input.shape[1:]) if not isinstance(size, int)]
    return tuple(axis for axis in named if grows(axis))
