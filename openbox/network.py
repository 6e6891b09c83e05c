"""``PiecewiseLinearNetwork``: a captured network and the questions one can ask it."""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from openbox.errors import InputError, StaleCaptureError
from openbox.geometry.bounds import Bounds
from openbox.geometry.counterfactuals.counterfactual import Counterfactual, Progress, counterfactual
from openbox.geometry.partition.segment import Segment, segment
from openbox.geometry.partition.slice import Slice, slice_plane
from openbox.geometry.regions.region import Region, region
from openbox.geometry.view import View
from openbox.linearize import LinearPiece, linearize
from openbox.module.fingerprint import essentials
from openbox.module.head import logits_of
from openbox.module.outputs import OutputKey
from openbox.module.precision import exact_math
from openbox.program.program import Program
from openbox.shapes import check_batch, check_classes, one_input

_BUDGET = {"cpu": 2**27}  # bytes; on a CPU larger batches are slower: their tensors are new memory each time
_FEW = 2_000_000  # numbers in all backward passes: below it, one call for all rows is the faster one


@dataclass(frozen=True)
class Captured:
    """What a capture found out: the program, and which output it computes, up to which final function.

    ``folded`` is the same program with batch normalisation folded into the layers before it, for replays.
    ``outputs`` is the number K of its numbers for one input of ``input_shape``, ``numbers`` how many
    numbers lie between the layers.
    """

    program: Program
    folded: Program
    outputs: int
    numbers: int
    input_shape: tuple[int, ...]
    output: OutputKey
    head: str | None


class PiecewiseLinearNetwork:
    """What ``openbox.capture`` returns. It reads the module's weights and never changes the module.

    Safe to share between threads. ``input_shape`` is that of one input, ``outputs`` the number K of
    classes (an output of more axes is flattened). ``head`` names the softmax, log_softmax or sigmoid
    that the module ends in: what is opened, explained and certified are the logits before it.
    ``memory_budget`` is the number of bytes that the open inputs of a batch may hold between the
    layers; larger batches are split.
    """

    def __init__(self, model: nn.Module, captured: Captured, device: torch.device) -> None:
        self.program = captured.program
        self.folded = captured.folded
        self.input_shape = captured.input_shape
        self.outputs = captured.outputs
        self.head = captured.head
        self.device = device
        self.memory_budget = _BUDGET.get(device.type, 2**32)
        self._numbers = captured.numbers
        self._output = captured.output
        self._model = model
        self._essentials = essentials(model)
        self._dtype = next((t.dtype for t in _tensors(model) if t.is_floating_point()), None)

    def __repr__(self) -> str:
        return (
            f"PiecewiseLinearNetwork({type(self._model).__name__}: {self.input_shape} -> "
            f"{self.outputs}{f' before its final {self.head}' if self.head else ''}, "
            f"{len(self.program.steps)} operations, {len(self.program.gates)} gate layers)"
        )

    def original(self, x: Tensor) -> Tensor:
        """The original module's output (N, K) at x (N, *input_shape), in the precision of x.

        Where the module ends in ``head``, what its own run fed to it.
        """
        with exact_math():
            return self._original_in(x.dtype)(x)

    def linearize(self, x: Tensor, classes: Sequence[int] | None = None) -> LinearPiece:
        """Open the network around each input.

        x: (N, *input_shape), float32 or float64, which is then the precision of everything.
        ``classes``: which outputs to read, None for all K. Raises ``InputError``.
        Costs one forward pass and one backward pass for each class, and two forward passes more.
        """
        if classes is not None:
            check_classes("linearize", classes, self.outputs)
        chosen = torch.tensor(range(self.outputs) if classes is None else classes, device=self.device)
        return self._linearize("linearize", x, one_hot(chosen, self.outputs)[None])

    def readout(self, x: Tensor, coefficients: Tensor) -> LinearPiece:
        """Open R linear combinations ``coefficients @ f`` of the outputs, for one backward pass each.

        x: (N, *input_shape); coefficients: (N, R, K), or (R, K) for all inputs alike. A contrast
        A - B is the row with +1 at A and -1 at B. ``weight`` of the result is (N, R, *input_shape).
        """
        if not isinstance(coefficients, Tensor) or not isinstance(x, Tensor):
            found = f"{type(x).__name__} and {type(coefficients).__name__}"
            raise InputError(f"readout: got {found}; pass two torch.Tensors, x and coefficients")
        rows = coefficients if coefficients.ndim == 3 else coefficients[None]
        if rows.ndim != 3 or rows.shape[2] != self.outputs or len(rows) not in (1, len(x)):
            raise InputError(
                f"readout: coefficients have shape {tuple(coefficients.shape)}, expected (R, K) or "
                f"(N, R, K) with N = {len(x)} inputs and K = {self.outputs} outputs"
            )
        return self._linearize("readout", x, rows)

    def segment(self, a: Tensor, b: Tensor, progress: Callable[[float], None] | None = None) -> Segment:
        """The network along the straight line from a to b: every breakpoint, in float64.

        a, b: one input each, with or without batch axis. ``progress`` is told the share that is done.
        Raises ``InputError``.
        """
        with self._geometry("segment"):
            ends = [self._one_input(f"segment: {name}", x) for name, x in (("a", a), ("b", b))]
            return segment(self.view(), ends[0], ends[1], progress)

    def slice(
        self,
        origin: Tensor,
        u: Tensor,
        v: Tensor,
        extent: float,
        limit: int | None = None,
        progress: Callable[[int, float], None] | None = None,
    ) -> Slice:
        """The exact partition of the window |s|, |t| <= ``extent`` of origin + s u + t v, in float64.

        origin, u, v: one input each, with or without batch axis. ``limit``: only so many regions, those
        nearest to the origin; ``Slice.covered`` says how much of the window they are. ``progress`` is told
        the number of regions and the share that is covered. Raises ``InputError``.
        """
        with self._geometry("slice"):
            plane = [self._one_input(f"slice: {n}", x) for n, x in (("origin", origin), ("u", u), ("v", v))]
        for name, direction in zip(("u", "v"), plane[1:], strict=True):
            if not bool(direction.any()):
                raise InputError(
                    f"slice: {name} is zero; pass a direction, such as another input minus origin"
                )
        if not isinstance(extent, float | int) or not 0 < extent < float("inf"):
            raise InputError(
                f"slice: extent is {extent!r}; pass a positive number: the window is |s|, |t| <= extent"
            )
        if limit is not None and (not hasattr(limit, "__index__") or limit < 1):
            raise InputError(f"slice: limit is {limit!r}; pass a number of regions, or None for all")
        with self._geometry("slice"):
            return slice_plane(self.view(), plane[0], plane[1], plane[2], float(extent), limit, progress)

    def view(self) -> View:
        """The network in float64 with the weights it has now, for the geometry. Raises ``InputError``."""
        dtype = torch.float64
        with torch.inference_mode(False):
            constants = {
                node: value.clone() if isinstance(value, Tensor) else value
                for node, value in self.program.constants(dtype).items()
            }
            return View(
                self.program, constants, self._original_in(dtype),
                self.input_shape, self.outputs, self.inputs_at_once(dtype),
            )  # fmt: skip

    def region(self, x: Tensor) -> Region:
        """The region of one input, (*input_shape) or (1, *input_shape), in float64. Raises ``InputError``."""
        with self._geometry("region"):
            point = self._one_input("region", x)
            return region(self.view(), point)

    def counterfactual(
        self, x: Tensor, target: int | None = None, norm: float = 2, bounds: Bounds = (0, 1), *,
        starts: int = 3, regions: int = 1, progress: Progress | None = None,
    ) -> Counterfactual:  # fmt: skip
        """The nearest input that can be found with another class than x, or with class ``target``.

        x: one input, (*input_shape) or (1, *input_shape), within ``bounds`` (numbers or tensors; None:
        everywhere); everything is computed in float64. ``norm``: 2 or inf. The search projects x onto the
        exact affine pieces, from the ``starts`` most promising classes; then it solves a quadratic or linear
        programme over the region reached, and walks over its facets, through ``regions`` regions at most,
        as long as the point comes nearer; on images each further region takes about as long as the first
        and brings some tenths of a percent. ``progress(distance)`` is called when it comes nearer.
        The class is checked on the module itself, in float64, where the point lies just across the border:
        cast to float32 it may fall back. A nearer input may exist: see ``Counterfactual.certified``.
        Raises ``InputError``, and ``CounterfactualNotFoundError`` where no other class is found.
        """
        if target is not None:
            check_classes("counterfactual", [target], self.outputs)
        with self._geometry("counterfactual"):
            point = self._one_input("counterfactual", x)
            return counterfactual(self.view(), point, target, norm, bounds, starts, regions, progress)

    def inputs_at_once(self, dtype: torch.dtype) -> int:
        """How many inputs are open at the same time: those whose numbers fit ``memory_budget``, or one."""
        return max(1, self.memory_budget // (self._numbers * dtype.itemsize))

    @contextmanager
    def _geometry(self, call: str) -> Iterator[None]:
        """Geometry is exact in float64, and needs no gradients but those it asks for."""
        with self._casting(call, torch.float64), exact_math(), torch.inference_mode(False), torch.no_grad():
            yield

    def _one_input(self, call: str, x: Tensor) -> Tensor:
        return one_input(call, x, self.input_shape, self.device)

    def _linearize(self, call: str, x: Tensor, readout: Tensor) -> LinearPiece:
        check_batch(call, x, self.input_shape, self.device)
        with self._casting(call, x.dtype):
            return self._opened(x, readout)

    @contextmanager
    def _casting(self, call: str, dtype: torch.dtype) -> Iterator[None]:
        """Say it clearly if the module has no version in ``dtype``."""
        try:
            yield
        except RuntimeError as error:
            if dtype == self._dtype or self._runs_in(dtype):  # not the dtype: memory, or a callback's own
                raise
            raise InputError(
                f"{call}: {type(self._model).__name__} does not run in {dtype}: its forward makes or casts "
                f"numbers of another dtype ({str(error).splitlines()[0]}); pass that, or capture a module "
                "that was cast as a whole"
            ) from error

    def _runs_in(self, dtype: torch.dtype) -> bool:
        some = torch.zeros((1, *self.input_shape), dtype=dtype, device=self.device)
        try:
            self._original_in(dtype)(some)
            self.program.record(some)
        except (RuntimeError, InputError):
            return False
        return True

    def _opened(self, x: Tensor, readout: Tensor) -> LinearPiece:
        at_once = self.inputs_at_once(x.dtype)
        together = self._numbers * len(x) * readout.shape[1] <= _FEW
        return linearize(self.program, self.folded, self._original_in(x.dtype), x, readout, at_once, together)

    def _original_in(self, dtype: torch.dtype) -> Callable[[Tensor], Tensor]:
        """The module as a function in one precision.

        In another than its own it is a copy: a new one each time, so it is never out of date.
        """
        if essentials(self._model) != self._essentials:
            raise StaleCaptureError(
                f"{self!r}: after the capture a submodule was replaced or switched between train() and "
                "eval(), or a parameter was replaced, cast or moved, so the certificate would compare two "
                "functions; undo it or capture again"
            )
        model = self._model if self._dtype in (dtype, None) else _copy(self._model).to(dtype)

        def run(x: Tensor) -> Tensor:
            with torch.inference_mode(False), torch.no_grad():
                # a clone: the module may write into its input
                f = logits_of(model, x.clone(), self.head, self._output).reshape(len(x), -1)
            if f.dtype != dtype:
                raise InputError(
                    f"{self!r}: the module returns {f.dtype} for an input in {dtype}: its forward casts, so "
                    f"it has no version in {dtype}; pass {f.dtype}"
                )
            return f

        return run


def _copy(model: nn.Module) -> nn.Module:
    """A deep copy, also of a module that keeps an activation, which PyTorch refuses to copy."""
    kept = [value for module in model.modules() for value in vars(module).values()]
    return copy.deepcopy(model, {id(t): t.detach().clone() for t in kept if isinstance(t, Tensor)})


def _tensors(model: nn.Module) -> tuple[Tensor, ...]:
    return (*model.parameters(), *model.buffers())
