"""The job that opens the user's own model for the first time, and checks that it fits the data set."""

import hashlib
import tempfile
from dataclasses import dataclass

import torch
from torch import nn

from openbox.errors import CaptureError, ModelError, NotPiecewiseLinearError
from openbox.opening import capture
from openbox.zoo.networks import Shape
from openbox.zoo.own.models import first_output, float_dtype, load_model

OPTION = "--data, --shape or --classes"


@dataclass(frozen=True)
class OpenedOwn:
    """``sha256`` of its numbers; ``state``: the file that holds them where no file of weights does;
    ``refused``: why it cannot be opened, though it answers."""

    sha256: str
    state: str | None
    refused: str


def open_own(
    factory: str, weights: str | None, changed: int | None, data: str, shape: Shape, classes: int
) -> OpenedOwn:
    """Raises ``ModelError``. ``changed``: when the weights were written."""
    model = load_model(factory, weights).cpu()
    refused = _check(model, factory, data, shape, classes)
    digest = _digest(model, changed)
    if weights is not None:
        return OpenedOwn(digest, None, refused)
    with tempfile.NamedTemporaryFile(prefix="openbox-app-", suffix=".pt", delete=False) as state:
        torch.save(model.state_dict(), state)
    return OpenedOwn(digest, state.name, refused)


def _check(model: nn.Module, factory: str, data: str, shape: Shape, classes: int) -> str:
    """Why it cannot be opened, if it cannot. Raises ``ModelError``, if it does not fit."""
    dtype = float_dtype(model, torch.float32)
    if dtype != torch.float32:
        raise ModelError(f"{factory} is {dtype}, the app works in float32: let it return model.float()")
    example = torch.zeros(2, *shape)
    found = first_output(
        model, example, f"pictures of {data} have shape {shape}; is it for another {OPTION}?"
    )
    if not isinstance(found, torch.Tensor) or found.ndim < 2 or len(found) != 2:
        seen = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        raise ModelError(f"{factory} returns {seen} for two pictures, expected logits (2, {classes})")
    outputs = found[0].numel()
    if outputs != classes:
        raise ModelError(
            f"{factory} has {outputs} outputs, but {data} has {classes} classes; is it for another {OPTION}?"
        )
    try:
        capture(model, example)
    except (CaptureError, NotPiecewiseLinearError) as error:
        return str(error)
    return ""


def _digest(model: nn.Module, changed: int | None) -> str:
    digest = hashlib.sha256(str(changed).encode())
    for name, tensor in model.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
