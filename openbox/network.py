"""``PiecewiseLinearNetwork``: a captured network and the questions one can ask it."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from openbox.errors import InputError, StaleCaptureError
from openbox.graph import Program
from openbox.linearize import LinearPiece, linearize
from openbox.shapes import check_batch, check_classes


class PiecewiseLinearNetwork:
    """What ``openbox.capture`` returns. It reads the module's weights and never changes the module.

    Safe to share between threads. ``input_shape`` is that of one input, ``outputs`` the number K of
    classes (an output of more axes is flattened).
    """

    def __init__(self, model: nn.Module, program: Program, input_shape: tuple[int, ...],
                 outputs: int, device: torch.device) -> None:  # fmt: skip
        self.input_shape = input_shape
        self.outputs = outputs
        self.device = device
        self.program = program
        self._model = model
        self._fingerprint = _fingerprint(model)
        self._dtype = next((t.dtype for t in _tensors(model) if t.is_floating_point()), None)

    def __repr__(self) -> str:
        return (
            f"PiecewiseLinearNetwork({type(self._model).__name__}: {self.input_shape} -> "
            f"{self.outputs}, {len(self.program.steps)} operations, {len(self.program.gates)} gate layers)"
        )

    def original(self, x: Tensor) -> Tensor:
        """The original module's output (N, K) at x (N, *input_shape), in the precision of x."""
        if _fingerprint(self._model) != self._fingerprint:
            raise StaleCaptureError(
                f"{self!r}: after the capture a submodule was switched between train() and eval(), or a "
                "parameter was replaced, cast or moved, so the certificate would compare two functions; "
                "undo it or capture again"
            )
        with torch.inference_mode(False), torch.no_grad():
            # a clone: the module may write into its input
            return self._in_precision(x.dtype)(x.clone()).reshape(len(x), -1)

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
        rows = coefficients if coefficients.ndim == 3 else coefficients[None]
        if rows.ndim != 3 or rows.shape[2] != self.outputs or len(rows) not in (1, len(x)):
            raise InputError(
                f"readout: coefficients have shape {tuple(coefficients.shape)}, expected (R, K) or "
                f"(N, R, K) with N = {len(x)} inputs and K = {self.outputs} outputs"
            )
        return self._linearize("readout", x, rows)

    def _linearize(self, call: str, x: Tensor, readout: Tensor) -> LinearPiece:
        check_batch(call, x, self.input_shape, self.device)
        return linearize(self.program, self.original, x, readout)

    def _in_precision(self, dtype: torch.dtype) -> nn.Module:
        """The module itself, or a copy in another precision: a new one each time, never out of date."""
        return self._model if self._dtype in (dtype, None) else copy.deepcopy(self._model).to(dtype)


def _tensors(model: nn.Module) -> tuple[Tensor, ...]:
    return (*model.parameters(), *model.buffers())


def _fingerprint(model: nn.Module) -> tuple[object, ...]:
    """What must stay as it was captured. Values may change: the steps read them where they lie."""
    modes = [module.training for module in model.modules()]
    return (modes, [(id(t), t.dtype, t.device) for t in _tensors(model)])
