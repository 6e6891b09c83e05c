"""``PiecewiseLinearNetwork``: a captured network and the questions one can ask it."""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from openbox.errors import named
from openbox.geometry.bounds import Bounds
from openbox.geometry.counterfactuals.counterfactual import Counterfactual, counterfactual
from openbox.geometry.partition.segment import Segment, segment
from openbox.geometry.partition.slice import Slice, check_window, slice_plane
from openbox.geometry.regions.region import Region, region
from openbox.geometry.view import View
from openbox.linearize import LinearPiece, linearize
from openbox.module.original import Original
from openbox.module.precision import exact_math
from openbox.program.captured import Captured
from openbox.program.layout import CLOSE, some_inputs
from openbox.progress import OnDistance, OnRegions, OnShare
from openbox.serialization.captures import save_capture
from openbox.shapes import check_batch, check_classes, check_count, check_readout, one_input
from openbox.tracing.template import Template

_BUDGET = {"cpu": 2**27}  # bytes; on a CPU larger batches are slower: their tensors are new memory each time
_FEW = 2_000_000  # numbers in all backward passes: below it, one call for all rows is the faster one


class PiecewiseLinearNetwork:
    """What ``openbox.capture`` returns. It reads the module's weights and never changes the module.

    Safe to share between threads. ``input_shape`` is that of one input, ``outputs`` the number K of
    classes (an output of more axes is flattened). ``head`` names the softmax, log_softmax or sigmoid
    that the module ends in: what is opened, explained and certified are the logits before it.
    ``memory_budget`` is the number of bytes that the open inputs of a batch may hold between the
    layers; larger batches are split.
    """

    def __init__(
        self, module: Original, captured: Captured, device: torch.device, template: Template
    ) -> None:
        self.program = captured.program
        self.folded = captured.folded
        self.input_shape = captured.input_shape
        self.outputs = captured.outputs
        self.head = captured.head
        self.device = device
        self.memory_budget = _BUDGET.get(device.type, 2**32)
        self._numbers = captured.numbers
        self._module = module
        self._template = template

    def __repr__(self) -> str:
        return (
            f"PiecewiseLinearNetwork({self._module.name}: {self.input_shape} -> "
            f"{self.outputs}{f' before its final {self.head}' if self.head else ''}, "
            f"{len(self.program.steps)} operations, {len(self.program.gates)} gate layers)"
        )

    def original(self, x: Tensor) -> Tensor:
        """The original module's output (N, K) at x (N, *input_shape), in the precision of x.

        Where the module ends in ``head``, what its own run fed to it. Raises ``InputError``.
        """
        with named("original"), exact_math():
            check_batch(x, self.input_shape, self.device)
            return self._module.at(x.dtype)(x)

    def save(self, path: str | Path) -> None:
        """Keep the capture as a file, for ``openbox.load_capture``, which needs no trace.

        It holds the operations, and of the module's numbers only those that are neither parameters nor
        buffers; no code. Raises ``CaptureError`` for what a file cannot hold, ``OSError``.
        """
        with named("save"):
            template = dataclasses.replace(self._template, example_shape=self.input_shape)
            save_capture(Path(path), template, self._module.model)

    def agrees(self, scales: Sequence[float] = (1.0,)) -> bool:
        """Whether the program, and its replay, give what the module gives, in the module's dtype: at three
        random inputs in [0, 1], times each of ``scales``."""
        dtype = self._module.dtype or torch.float32
        some = some_inputs(self.input_shape, self.device).to(dtype)
        with exact_math(), torch.inference_mode(False), torch.no_grad():
            return all(self._agrees(some * scale) for scale in scales)

    def _agrees(self, x: Tensor) -> bool:
        theirs = self._module.at(x.dtype)(x)
        ours, pattern = self.program.record(x)
        close = CLOSE[x.dtype] * theirs.abs().max()
        both = (ours, self.folded.replay(x, pattern))
        return all(one.shape == theirs.shape and bool((one - theirs).abs().max() <= close) for one in both)

    @named("linearize")
    def linearize(self, x: Tensor, classes: Sequence[int] | None = None) -> LinearPiece:
        """Open the network around each input.

        x: (N, *input_shape), float32 or float64, which is then the precision of everything.
        ``classes``: which outputs to read, None for all K. Raises ``InputError``.
        Costs one forward pass and one backward pass for each class, and two forward passes more.
        """
        chosen = range(self.outputs) if classes is None else check_classes(classes, self.outputs)
        check_batch(x, self.input_shape, self.device)
        return self.open_rows(x, one_hot(torch.tensor(chosen, device=self.device), self.outputs)[None])

    @named("readout")
    def readout(self, x: Tensor, coefficients: Tensor) -> LinearPiece:
        """Open R linear combinations ``coefficients @ f`` of the outputs, for one backward pass each.

        x: (N, *input_shape); coefficients: (N, R, K), or (R, K) for all inputs alike. A contrast
        A - B is the row with +1 at A and -1 at B. ``weight`` of the result is (N, R, *input_shape).
        """
        check_batch(x, self.input_shape, self.device)
        check_readout(coefficients, len(x), self.outputs)
        return self.open_rows(x, coefficients.reshape(-1, *coefficients.shape[-2:]))

    def segment(self, a: Tensor, b: Tensor, progress: OnShare | None = None) -> Segment:
        """The network along the straight line from a to b: every breakpoint, in float64.

        a, b: one input each, with or without batch axis. ``progress`` is told the share that is done.
        Raises ``InputError``.
        """
        with self._geometry("segment"):
            return segment(self.view(), self._one_input(a, "a"), self._one_input(b, "b"), progress)

    def slice(
        self, origin: Tensor, u: Tensor, v: Tensor, extent: float, limit: int | None = None,
        progress: OnRegions | None = None,
    ) -> Slice:  # fmt: skip
        """The exact partition of the window |s|, |t| <= ``extent`` of origin + s u + t v, in float64.

        origin, u, v: one input each, with or without batch axis. ``limit``: only so many regions, those
        nearest to the origin; ``Slice.covered`` says how much of the window they are. ``progress`` is told
        the number of regions and the share that is covered. Raises ``InputError``.
        """
        with self._geometry("slice"):
            plane = [self._one_input(x, name) for name, x in (("origin", origin), ("u", u), ("v", v))]
            check_window(plane[1], plane[2], extent, limit)
            return slice_plane(self.view(), plane[0], plane[1], plane[2], float(extent), limit, progress)

    def view(self) -> View:
        """The network in float64 with the weights it has now, for the geometry. Raises ``InputError``."""
        dtype = torch.float64
        with torch.inference_mode(False):
            constants = {
                ref: value.clone() if isinstance(value, Tensor) else value
                for ref, value in self.program.constants(dtype).items()
            }
            bare = dataclasses.replace(self.program, tensors={}, fixed=())  # the constants are all there is
            return View(
                bare, constants, self._module.at(dtype),
                self.input_shape, self.outputs, self.inputs_at_once(dtype),
            )  # fmt: skip

    def region(self, x: Tensor) -> Region:
        """The region of one input, (*input_shape) or (1, *input_shape), in float64. Raises ``InputError``."""
        with self._geometry("region"):
            return region(self.view(), self._one_input(x))

    def counterfactual(
        self, x: Tensor, target: int | None = None, norm: float = 2, bounds: Bounds = (0, 1), *,
        starts: int = 3, regions: int = 1, progress: OnDistance | None = None,
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
        with self._geometry("counterfactual"):
            point = self._one_input(x)
            return counterfactual(self.view(), point, target, norm, bounds, starts, regions, progress)

    def inputs_at_once(self, dtype: torch.dtype) -> int:
        """How many inputs are open at the same time: those whose numbers fit ``memory_budget``, or one."""
        return max(1, check_count("memory_budget", self.memory_budget, 0) // (self._numbers * dtype.itemsize))

    @contextmanager
    def _geometry(self, call: str) -> Iterator[None]:
        """Geometry is exact in float64, and needs no gradients but those it asks for."""
        cast = self._module.cast(torch.float64, self._try)
        with named(call), cast, exact_math(), torch.inference_mode(False), torch.no_grad():
            yield

    def _one_input(self, x: Tensor, name: str = "x") -> Tensor:
        return one_input(x, self.input_shape, self.device, name)

    def open_rows(self, x: Tensor, readout: Tensor) -> LinearPiece:
        """``readout`` of rows (N or 1, R, K) for verbs that check x and put their own name on errors."""
        together = self._numbers * len(x) * readout.shape[1] <= _FEW
        with self._module.cast(x.dtype, self._try):
            original, at_once = self._module.at(x.dtype), self.inputs_at_once(x.dtype)
            return linearize(self.program, self.folded, original, x, readout, at_once, together)

    def _try(self, dtype: torch.dtype) -> None:
        """Run everything once in ``dtype``, on a black input."""
        some = torch.zeros((1, *self.input_shape), dtype=dtype, device=self.device)
        self._module.at(dtype)(some)
        self.program.record(some)
