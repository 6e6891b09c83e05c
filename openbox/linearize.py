"""``LinearPiece``: the affine function that a network is around each input, with its certificate."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from openbox.display.table import table
from openbox.errors import InputError, StaleCaptureError, named
from openbox.module.precision import exact_math
from openbox.program.patterns import region_ids
from openbox.program.program import Pattern, Program
from openbox.program.step import Step

_TOO_LATE = (
    "piece.degenerate: a weight of the module changed since the piece was made, so its ties "
    "cannot be counted any more; ask for degenerate before that, or linearize again"
)


@dataclass(frozen=True, eq=False)
class Part:
    """Some of the inputs that were opened together, (n, *input_shape), and the decisions of all gates."""

    x: Tensor
    pattern: Pattern


@dataclass(frozen=True, eq=False)
class Decisions:
    """What the gates decided, ``parts`` of the inputs after each other, and the program that they decided in.

    ``versions``: how often each tensor of the module had been written to by then.
    """

    parts: tuple[Part, ...]
    program: Program
    versions: tuple[int, ...]

    def names(self) -> list[str]:
        """The region of each input."""
        layouts = self.program.layouts
        return [name for part in self.parts for name in region_ids(layouts, part.pattern, len(part.x))]

    def ties(self) -> Tensor:
        """(N,) int64: units whose margin is exactly 0. Costs a forward pass."""
        if _versions(self.program) != self.versions:
            raise StaleCaptureError(_TOO_LATE)
        with exact_math(), torch.inference_mode(False), torch.no_grad():
            return torch.cat([_ties(self.program, part) for part in self.parts])


def _versions(program: Program) -> tuple[int, ...]:
    return tuple(t._version for t in program.tensors.values() if not t.is_inference())


@dataclass(frozen=True, eq=False, repr=False)
class LinearPiece:
    """N affine functions ``weight x + bias``, each exact on the region of its own input.

    Shapes: ``weight`` (N, K, *input_shape), ``bias`` (N, K), ``logits`` (N, K), ``error`` (N,). The
    logits are the original module's own output. The bias is the replay of the gates at the zero
    input, so ``error = max_k |W x + b - f(x)| / max_k |f(x)|`` can be wrong, and says so if it is.
    (Where f(x) is exactly 0, it is relative to the terms that cancel, ``max_k (|W| |x| + |b|)``.)

    Compared by identity. A pickle or a copy holds its numbers, ``region_ids`` and, as long as they can be
    counted, ``degenerate``, which are computed for it, and nothing of the network.
    """

    weight: Tensor
    bias: Tensor
    logits: Tensor
    error: Tensor
    _decisions: Decisions | None

    def __repr__(self) -> str:
        count, classes, *shape = self.weight.shape
        return (
            f"LinearPiece({count} inputs of {tuple(shape)}, {classes} outputs, "
            f"{self.bias.dtype}, error at most {float(self.error.max()):.1e})"
        )

    def _repr_html_(self) -> str:
        units = {
            "weight": "logits per unit of the input, one row an output",
            "bias": "logits",
            "logits": "the module's own output",
            "error": "largest gap to the module, relative to its largest logit",
        }
        return table(self, units)

    @named("piece(points)")
    def __call__(self, points: Tensor) -> Tensor:
        """The n-th affine function at the n-th point: (N, *input_shape) -> (N, K); or ``InputError``."""
        expected = (len(self.weight), *self.weight.shape[2:])
        if not isinstance(points, Tensor) or points.device != self.weight.device:
            found = points.device if isinstance(points, Tensor) else type(points).__name__
            raise InputError(f"points: got {found}; pass a torch.Tensor on {self.weight.device}")
        if points.shape != expected:
            raise InputError(
                f"points have shape {tuple(points.shape)}, expected {expected}: "
                "one point for each of the pieces"
            )
        if not bool(points.isfinite().all()):
            raise InputError("points hold NaN or infinity; pass finite numbers")
        return affine(self.weight, self.bias, points)

    @cached_property
    def region_ids(self) -> list[str]:
        """One hex string per input; equal exactly when all gates agree (128-bit hash of the pattern)."""
        assert self._decisions is not None
        return self._decisions.names()

    @property
    def region_id(self) -> list[str]:
        """The old name of ``region_ids``."""
        warnings.warn("piece.region_id is now piece.region_ids", DeprecationWarning, stacklevel=2)
        return self.region_ids

    @cached_property
    def degenerate(self) -> Tensor:
        """(N,) int64: units that lie exactly on the border of their piece.

        Costs one forward pass when it is first asked for, so ask before a weight of the module changes:
        after that it raises ``StaleCaptureError``.
        """
        if self._decisions is None:
            raise StaleCaptureError(_TOO_LATE)
        return self._decisions.ties()

    def __getstate__(self) -> dict[str, object]:
        known: dict[str, object] = {"region_ids": self.region_ids}
        with suppress(StaleCaptureError):
            known["degenerate"] = self.degenerate
        return {**vars(self), **known, "_decisions": None}


def affine(weight: Tensor, bias: Tensor, x: Tensor) -> Tensor:
    """``weight x + bias`` row by row: (N, K, *input_shape), (N, K), (N, *input_shape) -> (N, K).

    Summed in float64, so that the certificate measures the piece and not the summation.
    """
    sums = torch.stack([_dot(row, x) for row in weight.unbind(1)], 1)
    return (sums + bias).to(x.dtype)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).flatten(1).sum(1, dtype=torch.float64)


def linearize(
    program: Program, folded: Program, original: Callable[[Tensor], Tensor], x: Tensor, readout: Tensor,
    at_once: int, together: bool,
) -> LinearPiece:  # fmt: skip
    """Open ``program`` around each x and read R linear combinations of its K outputs.

    x: (N, *input_shape); ``readout`` (N, R, K) or (1, R, K): row r of the piece is
    ``readout[:, r] @ f``. The gates decide in ``program`` and are replayed in ``folded``, the same
    function in fewer operations. ``original`` is the module itself, for the certificate. No more than
    ``at_once`` inputs are held open at the same time; ``together``: all rows go through one backward
    call, which holds R times as much, and is faster where the calls cost more than the arithmetic.
    Costs one recorded forward pass, one replay at the zero input, which gives the bias, R vector-Jacobian
    products of that replay, which give the weights, and one plain forward pass.
    """
    parts: list[Part] = []
    versions = _versions(program)
    with exact_math(), torch.inference_mode(False):  # whatever mode the caller is in
        x = x.detach().clone(memory_format=torch.contiguous_format)
        readout = readout.to(x).clone().expand(len(x), -1, -1)
        weight = x.new_empty(*readout.shape[:2], *x.shape[1:])
        bias, logits, error = (x.new_empty(shape) for shape in (readout.shape[:2], readout.shape[:2], len(x)))
        constants = program.constants(x.dtype), folded.constants(x.dtype)
        for start in range(0, len(x), at_once):
            some = slice(start, start + at_once)
            rows = readout[some]
            with torch.no_grad():
                pattern = program.record(x[some], constants[0])[1]
            with torch.enable_grad():
                zero = torch.zeros_like(x[some]).requires_grad_()
                outputs = folded.replay(zero, pattern, constants[1])
            sums = _rows(outputs, zero, x[some], rows, together, weight[some])
            with torch.no_grad():
                bias[some] = _combine(rows, outputs)
                f = original(x[some]).reshape(len(rows), -1)
                if not bool(f.isfinite().all()):
                    raise InputError("the module's output is NaN or infinite at this input")
                logits[some] = _combine(rows, f)
                gap = ((sums + bias[some]).to(f.dtype) - logits[some]).abs().amax(1)
                error[some] = _relative(gap, f, weight[some], bias[some], x[some])
            parts.append(Part(x[some], pattern))
    return LinearPiece(weight, bias, logits, error, Decisions(tuple(parts), program, versions))


def _rows(
    outputs: Tensor, zero: Tensor, x: Tensor, readout: Tensor, together: bool, weight: Tensor
) -> Tensor:
    """Fill in weight (n, R, *input_shape) with the gradients of ``readout @ outputs`` at ``zero``.

    Returns weight x (n, R) in float64, summed while each row is in the cache, which takes half the time.
    """
    if not outputs.requires_grad:  # the network is constant
        return weight.zero_().flatten(2).sum(2, dtype=torch.float64)
    if together and weight.shape[1] > 1:
        (rows,) = torch.autograd.grad(
            outputs, zero, readout.transpose(0, 1), retain_graph=True, is_grads_batched=True
        )
        weight.copy_(rows.transpose(0, 1))
        return (weight * x[:, None]).flatten(2).sum(2, dtype=torch.float64)
    sums = []
    for place, row in zip(weight.unbind(1), readout.unbind(1), strict=True):
        with torch.enable_grad():  # a sum, since for given gradients PyTorch imports SymPy, a second long
            score = (outputs * row).sum()
        (gradient,) = torch.autograd.grad(score, zero, retain_graph=True)
        place.copy_(gradient)
        sums.append(_dot(gradient, x))
    return torch.stack(sums, 1)


def _relative(gap: Tensor, f: Tensor, weight: Tensor, bias: Tensor, x: Tensor) -> Tensor:
    scale = f.abs().amax(1)
    nothing = scale == 0
    if bool(nothing.any()):
        terms = affine(weight[nothing].abs(), bias[nothing].abs(), x[nothing].abs())
        scale[nothing] = terms.amax(1)
    return torch.where(gap == 0, gap, gap / scale)  # 0/0 is exact


def _combine(readout: Tensor, outputs: Tensor) -> Tensor:
    return torch.bmm(readout, outputs.unsqueeze(2)).squeeze(2)


def _ties(program: Program, part: Part) -> Tensor:
    counts = torch.zeros(len(part.x), dtype=torch.int64, device=part.x.device)
    given = iter(part.pattern)

    def count(step: Step, args: tuple[Any, ...]) -> Any:
        decision = next(given)
        tied = (step.gate.margins(decision, *args) == 0).any(-1)
        counts.add_(step.layout.rows(tied, len(part.x)).sum(1))
        return step.gate.apply(decision, *args)

    program.run(part.x, count)
    return counts
