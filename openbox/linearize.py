"""``LinearPiece``: the affine function that a network is around each input, with its certificate."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from openbox.errors import InputError
from openbox.gates import Gate
from openbox.graph import Pattern, Program, Step
from openbox.precision import exact_math


@dataclass(frozen=True, repr=False)
class LinearPiece:
    """N affine functions ``weight x + bias``, each exact on the region of its own input.

    Shapes: ``weight`` (N, K, *input_shape), ``bias`` (N, K), ``logits`` (N, K), ``error`` (N,). The
    logits are the original module's own output. The bias is the replay of the gates at the zero
    input, so ``error = max_k |W x + b - f(x)| / max_k |f(x)|`` can be wrong, and says so if it is.
    """

    weight: Tensor
    bias: Tensor
    logits: Tensor
    error: Tensor
    _x: Tensor = field(repr=False)
    _pattern: Pattern = field(repr=False)
    _program: Program = field(repr=False)

    def __repr__(self) -> str:
        count, classes = self.bias.shape
        return (
            f"LinearPiece({count} inputs of {tuple(self._x.shape[1:])}, {classes} outputs, "
            f"{self.bias.dtype}, error at most {float(self.error.max()):.1e})"
        )

    def __call__(self, points: Tensor) -> Tensor:
        """The n-th affine function at the n-th point: (N, *input_shape) -> (N, K); or ``InputError``."""
        if points.shape != self._x.shape:
            raise InputError(
                f"piece(points): points have shape {tuple(points.shape)}, expected {tuple(self._x.shape)}: "
                "one point for each of the pieces"
            )
        return affine(self.weight, self.bias, points)

    @cached_property
    def region_id(self) -> list[str]:
        """One hex string per input; equal exactly when all gates agree (128-bit hash of the pattern)."""
        hashes = [hashlib.blake2b(digest_size=16) for _ in range(len(self._x))]
        for decision in self._pattern:
            rows = decision.flatten(1).cpu().numpy()
            rows = np.packbits(rows, axis=1) if rows.dtype == np.bool_ else rows.astype(np.int32)
            for digest, row in zip(hashes, rows, strict=True):
                digest.update(row.tobytes())
        return [digest.hexdigest() for digest in hashes]

    @cached_property
    def degenerate(self) -> Tensor:
        """(N,) int64: units that lie exactly on the border of their piece.

        Costs one forward pass when it is first asked for, so ask before a weight of the module changes.
        """
        counts = torch.zeros(len(self._x), dtype=torch.int64, device=self._x.device)
        given = iter(self._pattern)

        def count(step: Step, args: tuple[object, ...]) -> Tensor:
            assert isinstance(step.rule, Gate)
            decision = next(given)
            margins = step.rule.margins(decision, *args)
            counts.add_((margins == 0).any(-1).flatten(1).sum(1))
            return step.rule.apply(decision, *args)

        with exact_math(), torch.inference_mode(False), torch.no_grad():
            self._program.run(self._x, count)
        return counts


def affine(weight: Tensor, bias: Tensor, x: Tensor) -> Tensor:
    """``weight x + bias`` row by row: (N, K, *input_shape), (N, K), (N, *input_shape) -> (N, K).

    Summed in float64, so that the certificate measures the piece and not the summation.
    """
    wide = x.flatten(1).double()
    products = [(row.flatten(1) * wide).sum(1) for row in weight.unbind(1)]
    return (torch.stack(products, 1) + bias).to(x.dtype)


def linearize(
    program: Program, original: Callable[[Tensor], Tensor], x: Tensor, readout: Tensor
) -> LinearPiece:
    """Open ``program`` around each x and read R linear combinations of its K outputs.

    x: (N, *input_shape); ``readout`` (N, R, K) or (1, R, K): row r of the piece is
    ``readout[:, r] @ f``. ``original`` is the module itself, for the certificate.
    Costs one recorded forward pass, R vector-Jacobian products, one replay and one plain forward pass.
    """
    x = x.detach().clone(memory_format=torch.contiguous_format)
    readout = readout.to(x).expand(len(x), -1, -1)
    with exact_math(), torch.inference_mode(False):  # whatever mode the caller is in
        with torch.enable_grad():
            tracked = x.clone().requires_grad_()
            outputs, pattern = program.record(tracked)
        rows = [_vjp(outputs, tracked, row) for row in readout.unbind(1)]
        weight = torch.stack(rows, 1)  # (N, R, *input_shape)
        with torch.no_grad():
            bias = _combine(readout, program.replay(torch.zeros_like(x), pattern))
            f = original(x).reshape(len(x), -1)
            logits = _combine(readout, f)
            gap = (affine(weight, bias, x) - logits).abs().amax(1)
            error = torch.where(gap == 0, gap, gap / f.abs().amax(1))  # 0/0 is exact, not unknown
    return LinearPiece(weight, bias, logits, error, x, pattern, program)


def _vjp(outputs: Tensor, x: Tensor, row: Tensor) -> Tensor:
    if not outputs.requires_grad:  # the network is constant
        return torch.zeros_like(x)
    (gradient,) = torch.autograd.grad(outputs, x, row, retain_graph=True)
    return gradient


def _combine(readout: Tensor, outputs: Tensor) -> Tensor:
    return torch.bmm(readout, outputs.unsqueeze(2)).squeeze(2)
