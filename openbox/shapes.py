"""Checks of what a user passes in: one clear message instead of an error from deep inside."""

from collections.abc import Sequence

import torch
from torch import Tensor

from openbox.errors import InputError

DTYPES = (torch.float32, torch.float64)


def check_batch(call: str, x: Tensor, input_shape: tuple[int, ...], device: torch.device) -> None:
    """Raise ``InputError`` unless x is a finite float batch (N, *input_shape), N >= 1, on ``device``."""
    expected = "(N, " + ", ".join(str(size) for size in input_shape) + ")"
    if not isinstance(x, Tensor):
        raise InputError(f"{call}: got {type(x).__name__}; pass a torch.Tensor of shape {expected}")
    if tuple(x.shape[1:]) != input_shape or len(x) == 0:
        found = tuple(x.shape)
        hint = "add a batch axis with x[None]" if found == input_shape else "see the captured example"
        raise InputError(f"{call}: x has shape {found}, expected {expected} with N >= 1; {hint}")
    if x.dtype not in DTYPES:
        raise InputError(f"{call}: x is {x.dtype}; exactness is defined for float32 and float64")
    if x.device != device:
        raise InputError(f"{call}: x is on {x.device}, the network on {device}; move x there")
    if not bool(torch.stack(torch.aminmax(x)).isfinite().all()):
        raise InputError(f"{call}: x holds NaN or infinity; no affine function is defined there")


def one_input(call: str, x: Tensor, input_shape: tuple[int, ...], device: torch.device) -> Tensor:
    """One input, with or without the batch axis, as (1, *input_shape) float64. Raises ``InputError``."""
    if isinstance(x, Tensor) and tuple(x.shape) == input_shape:
        x = x[None]
    check_batch(call, x, input_shape, device)
    if len(x) != 1:
        raise InputError(f"{call}: got {len(x)} inputs; pass one, for instance x[:1]")
    return x.detach().to(torch.float64, copy=True, memory_format=torch.contiguous_format)


def check_classes(call: str, classes: Sequence[int], outputs: int) -> None:
    """Raise ``InputError`` unless ``classes`` are one or more indices below ``outputs``."""
    if not isinstance(classes, Sequence) or not all(hasattr(index, "__index__") for index in classes):
        raise InputError(
            f"{call}: classes is {classes!r}; pass a list of integers, or None for all {outputs}"
        )
    if len(classes) == 0:
        raise InputError(f"{call}: classes is empty; pass None for all {outputs}")
    for index in classes:
        if not 0 <= index < outputs:
            raise InputError(f"{call}: class {index} does not exist; the network has 0 to {outputs - 1}")


def check_readout(call: str, x: Tensor, coefficients: Tensor, outputs: int) -> None:
    """Raise ``InputError`` unless ``coefficients`` are (R, K), or (N, R, K) for the N inputs x."""
    if not isinstance(coefficients, Tensor) or not isinstance(x, Tensor):
        found = f"{type(x).__name__} and {type(coefficients).__name__}"
        raise InputError(f"{call}: got {found}; pass two torch.Tensors, x and coefficients")
    shape = tuple(coefficients.shape)
    if len(shape) not in (2, 3) or shape[-1] != outputs or (len(shape) == 3 and shape[0] not in (1, len(x))):
        raise InputError(
            f"{call}: coefficients have shape {shape}, expected (R, K) or (N, R, K) with "
            f"N = {len(x)} inputs and K = {outputs} outputs"
        )
