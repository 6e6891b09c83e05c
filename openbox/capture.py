"""``capture``: the one line that opens a user's own module."""

import math

import torch
from torch import Tensor, nn

from openbox.errors import CaptureError, InputError
from openbox.export import export_program
from openbox.graph import Program
from openbox.network import PiecewiseLinearNetwork
from openbox.precision import exact_math
from openbox.shapes import DTYPES
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
    if example.dtype not in DTYPES:
        raise InputError(
            f"{call}: example is {example.dtype}; exactness is defined for float32 and float64: "
            "pass model.float() and example.float()"
        )
    with tracing():
        program = export_program(model, example.detach(), call)
    shape, batch = program.output.meta["val"].shape, program.input.meta["val"].shape[0]
    if len(shape) == 0 or str(shape[0]) != str(batch):
        raise CaptureError(
            f"{call}: the output has shape {tuple(shape)} for {batch} inputs, expected ({batch}, ...)"
        )
    if _mixes_inputs(program, example):
        raise CaptureError(
            f"{call}: the output for one input depends on the others of the batch, so there is no function "
            "of one input to open; keep operations on the batch axis out of forward"
        )
    outputs = math.prod(int(size) for size in shape[1:])
    return PiecewiseLinearNetwork(model, program, tuple(example.shape[1:]), outputs, example.device)


def _mixes_inputs(program: Program, example: Tensor) -> bool:
    """Whether a random input gives another output alone than beside a second one."""
    generator = torch.Generator().manual_seed(0)
    pair = torch.rand((2, *example.shape[1:]), generator=generator, dtype=example.dtype).to(example.device)
    with exact_math(), torch.inference_mode(False), torch.no_grad():
        together, alone = program.record(pair)[0][:1], program.record(pair[:1])[0]
    return bool((together - alone).abs().max() > 1e-3 * alone.abs().max().clamp(min=1e-30))
