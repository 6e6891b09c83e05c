"""``SequenceNetwork``: a captured network for inputs of any length."""

from collections.abc import Sequence

import torch
from torch import Tensor

from openbox.errors import CaptureError, InputError, named, shown
from openbox.geometry.bounds import Bounds
from openbox.geometry.counterfactuals.counterfactual import Counterfactual
from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice
from openbox.geometry.regions.region import Region
from openbox.linearize import LinearPiece
from openbox.module.original import Original
from openbox.network import PiecewiseLinearNetwork
from openbox.progress import OnDistance, OnRegions, OnShare
from openbox.tracing.template import UNFIT, Template


class SequenceNetwork(PiecewiseLinearNetwork):
    """What ``openbox.capture`` returns for a module with recurrent layers: every verb takes any length.

    ``input_shape`` is that of the captured example; the axes in ``free`` may have another size. Each shape
    is a network of its own, ``at(shape)``, which is made when it is first used and compared with the
    module; ``program``, ``outputs`` and the number of gates are those of the example.
    """

    def __init__(self, module: Original, template: Template, device: torch.device) -> None:
        super().__init__(module, template.at(template.example_shape), device, template)
        self.free = template.free
        self._compared: set[tuple[int, ...]] = set()

    def __repr__(self) -> str:
        return super().__repr__().replace(f"{self.input_shape} ->", f"{self._expected} ->", 1)

    def at(self, input_shape: Sequence[int]) -> PiecewiseLinearNetwork:
        """The network for inputs of one shape. Raises ``InputError`` for one that does not fit."""
        with named("at"):
            shape = tuple(input_shape)
            if not self._template.fits(shape):
                raise InputError(f"input_shape is {shown(shape)}, expected {self._expected}")
            return self._at(shape)

    def original(self, x: Tensor) -> Tensor:
        return self._for("original", x).original(x)

    def linearize(self, x: Tensor, classes: Sequence[int] | None = None) -> LinearPiece:
        return self._for("linearize", x).linearize(x, classes)

    def readout(self, x: Tensor, coefficients: Tensor) -> LinearPiece:
        return self._for("readout", x).readout(x, coefficients)

    def segment(self, a: Tensor, b: Tensor, progress: OnShare | None = None) -> Segment:
        return self._for("segment", a, "a").segment(a, b, progress)

    def slice(
        self, origin: Tensor, u: Tensor, v: Tensor, extent: float, limit: int | None = None,
        progress: OnRegions | None = None,
    ) -> Slice:  # fmt: skip
        return self._for("slice", origin, "origin").slice(origin, u, v, extent, limit, progress)

    def region(self, x: Tensor) -> Region:
        return self._for("region", x).region(x)

    def counterfactual(
        self, x: Tensor, target: int | None = None, norm: float = 2, bounds: Bounds = (0, 1), *,
        starts: int = 3, regions: int = 1, progress: OnDistance | None = None,
    ) -> Counterfactual:  # fmt: skip
        net = self._for("counterfactual", x)
        return net.counterfactual(x, target, norm, bounds, starts=starts, regions=regions, progress=progress)

    def _for(self, call: str, x: Tensor, name: str = "x") -> PiecewiseLinearNetwork:
        """The network for the shape of x, with or without a batch axis; it checks the rest."""
        with named(call):
            if not isinstance(x, Tensor):
                raise InputError(f"{name}: got {type(x).__name__}; pass a torch.Tensor")
            batched = x.ndim > len(self.input_shape)
            shape = tuple(x.shape[1:] if batched else x.shape)
            if not self._template.fits(shape):
                raise InputError(f"{name} has shape {tuple(x.shape)}, expected (N, {self._expected[1:]}")
            return self._at(shape)

    def _at(self, shape: tuple[int, ...]) -> PiecewiseLinearNetwork:
        try:
            captured = self._template.at(shape)
        except UNFIT as error:
            reason = str(error).partition("\n")[0]
            raise InputError(f"forward does not take an input of shape {shape} ({reason})") from error
        net = PiecewiseLinearNetwork(self._module, captured, self.device, self._template)
        net.memory_budget = self.memory_budget
        if shape not in self._compared:
            if not net.agrees():  # forward takes another way for this shape than in the trace
                raise CaptureError(
                    f"for an input of shape {shape} forward does something else than for the captured "
                    f"example, of shape {self.input_shape}; capture the module on an example of that shape"
                )
            self._compared.add(shape)
        return net

    @property
    def _expected(self) -> str:
        """The shape of an input in words: ``(any, 128)``."""
        sizes = ("any" if axis in self.free else str(size) for axis, size in enumerate(self.input_shape))
        return f"({', '.join(sizes)})"
