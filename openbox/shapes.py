"""Checks of what a user passes in: one clear message instead of an error from deep inside."""

import operator
from collections.abc import Sequence

import torch
from torch import Tensor

from openbox.errors import InputError, shown

DTYPES = (torch.float32, torch.float64)
SEEDS = 2**64 - 1  # the largest seed of torch.Generator


def check_batch(x: Tensor, input_shape: tuple[int, ...], device: torch.device, name: str = "x") -> None:
    """Raise ``InputError`` unless x is a finite float batch (N, *input_shape), N >= 1, on ``device``.

    ``name``: what the user calls it.
    """
    expected = "(N, " + ", ".join(str(size) for size in input_shape) + ")"
    if not isinstance(x, Tensor):
        raise InputError(f"{name}: got {type(x).__name__}; pass a torch.Tensor of shape {expected}")
    if tuple(x.shape[1:]) != input_shape or len(x) == 0:
        found = tuple(x.shape)
        hint = f"add a batch axis with {name}[None]" if found == input_shape else "see the captured example"
        raise InputError(f"{name} has shape {found}, expected {expected} with N >= 1; {hint}")
    if x.dtype not in DTYPES:
        raise InputError(f"{name} is {x.dtype}; exactness is defined for float32 and float64")
    if x.device != device:
        raise InputError(f"{name} is on {x.device}, the network on {device}; move {name} there")
    if not bool(torch.stack(torch.aminmax(x)).isfinite().all()):
        raise InputError(f"{name} holds NaN or infinity; pass finite numbers")


def one_input(x: Tensor, input_shape: tuple[int, ...], device: torch.device, name: str = "x") -> Tensor:
    """One input, with or without the batch axis, as (1, *input_shape) float64. Raises ``InputError``."""
    if isinstance(x, Tensor):
        if tuple(x.shape) == input_shape:
            x = x[None]
        elif tuple(x.shape[1:]) != input_shape:
            raise InputError(f"{name} has shape {tuple(x.shape)}; pass one input, {input_shape}")
    check_batch(x, input_shape, device, name)
    if len(x) != 1:
        raise InputError(f"{name}: got {len(x)} inputs; pass one, for instance {name}[:1]")
    return x.detach().to(torch.float64, copy=True, memory_format=torch.contiguous_format)


def check_count(name: str, value: object, least: int, most: int | None = None) -> int:
    """The value as an int; raises ``InputError`` unless it is a whole number, ``least`` to ``most``."""
    found = whole(value)
    if found is None or found < least or (most is not None and found > most):
        last = "on" if most is None else f"to {most}"
        raise InputError(f"{name} is {shown(value)}; pass a whole number from {least} {last}")
    return found


def whole(value: object) -> int | None:
    """The value as an int (of a tensor: of one whole number); None if it is no number or a truth value."""
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, RuntimeError):
        return None


def check_classes(classes: Sequence[int], outputs: int) -> list[int]:
    """The classes as ints; raises ``InputError`` unless they are one or more indices below ``outputs``."""
    indices = [whole(index) for index in classes] if isinstance(classes, Sequence) else [None]
    if None in indices:
        raise InputError(f"classes is {shown(classes)}; pass a list of integers, or None for all {outputs}")
    if not indices:
        raise InputError(f"classes is empty; pass None for all {outputs}")
    return [check_class(index, outputs) for index in indices]


def check_class(index: object, outputs: int) -> int:
    """The class as an int; raises ``InputError`` unless it is an index below ``outputs``."""
    found = whole(index)
    if found is None or not 0 <= found < outputs:
        raise InputError(f"class {shown(index)} does not exist; the network has 0 to {outputs - 1}")
    return found


def check_readout(coefficients: Tensor, count: int, outputs: int) -> None:
    """Raise ``InputError`` unless ``coefficients`` are finite, (R, K), or (N, R, K) for ``count`` inputs."""
    expected = f"(R, K) or (N, R, K) with N = {count} inputs and K = {outputs} outputs"
    if not isinstance(coefficients, Tensor):
        raise InputError(f"coefficients: got {type(coefficients).__name__}; pass a torch.Tensor {expected}")
    shape = tuple(coefficients.shape)
    if len(shape) not in (2, 3) or shape[-1] != outputs or (len(shape) == 3 and shape[0] not in (1, count)):
        raise InputError(f"coefficients have shape {shape}, expected {expected}")
    if not bool(coefficients.isfinite().all()):
        raise InputError("coefficients hold NaN or infinity; pass finite numbers")
