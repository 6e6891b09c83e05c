"""``capture``: the one line that opens a user's own module."""

import math

import torch
from torch import Tensor, nn

from openbox.errors import InputError
from openbox.export import export_program
from openbox.network import PiecewiseLinearNetwork
from openbox.turns import tracing


def capture(model: nn.Module, example: Tensor) -> PiecewiseLinearNetwork:
    """Trace an unmodified module once and check that every operation is affine or a known gate.

    ``example``: a batch (B >= 1, *input_shape) on the module's device and in its dtype; its values do
    not matter. The module is traced in the mode it is in and is not changed; call ``model.eval()``
    first if it has dropout or batch normalisation. Takes seconds, once per model and input shape.

    Raises ``NotPiecewiseLinearError`` (which operation, where, what to do) or ``CaptureError``.
    Reference: Chu, Hu, Hu, Wang, Pei: Exact and consistent interpretation for piecewise linear neural
    networks (OpenBox), KDD 2018.
    """
    call = f"openbox.capture({type(model).__name__})"
    if not isinstance(model, nn.Module):
        raise InputError(f"{call}: expected a torch.nn.Module")
    if not isinstance(example, Tensor) or example.ndim < 2 or len(example) == 0:
        found = tuple(example.shape) if isinstance(example, Tensor) else type(example).__name__
        raise InputError(f"{call}: example is {found}, expected a batch (B >= 1, *input_shape)")
    if not example.is_floating_point():
        raise InputError(
            f"{call}: example is {example.dtype}; a network over integers (an embedding) is opened "
            "from its embedded sequence: wrap the module to take that"
        )
    with tracing():
        program = export_program(model, example.detach(), call)
    shape = program.output.meta["val"].shape
    if len(shape) == 0 or not isinstance(shape[0], torch.SymInt):
        raise InputError(f"{call}: the output has shape {tuple(shape)}, expected (N, K) or (N, ...)")
    outputs = math.prod(int(size) for size in shape[1:])
    return PiecewiseLinearNetwork(model, program, tuple(example.shape[1:]), outputs, example.device)
