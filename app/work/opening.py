"""The job that opens the user's own model for the first time, and checks that it fits the data set."""

import hashlib
import tempfile
from dataclasses import dataclass

import torch
from torch import nn

from openbox.errors import ModelError
from openbox.opening import capture
from openbox.zoo.networks import Shape
from openbox.zoo.own.models import first_output, float_dtype, load_model


@dataclass(frozen=True)
class OpenedOwn:
    """``sha256`` of its numbers; ``state``: the file that holds them where no file of weights does."""

    sha256: str
    state: str | None


def open_own(
    factory: str, weights: str | None, changed: int | None, data: str, shape: Shape, classes: int
) -> OpenedOwn:
    """Raises ``ModelError`` or what ``capture`` raises. ``changed``: when the weights were written."""
    model = load_model(factory, weights).cpu()
    _check(model, factory, data, shape, classes)
    digest = _digest(model, changed)
    if weights is not None:
        return OpenedOwn(digest, None)
    with tempfile.NamedTemporaryFile(prefix="openbox-app-", suffix=".pt", delete=False) as state:
        torch.save(model.state_dict(), state)
    return OpenedOwn(digest, state.name)


def _check(model: nn.Module, factory: str, data: str, shape: Shape, classes: int) -> None:
    dtype = float_dtype(model, torch.float32)
    if dtype != torch.float32:
        raise ModelError(f"{factory} is {dtype}, the app works in float32: let it return model.float()")
    example = torch.zeros(2, *shape)
    first_output(model, example, f"pictures of {data} have shape {shape}; is it for another --data?")
    outputs = capture(model, example).outputs
    if outputs != classes:
        raise ModelError(
            f"{factory} has {outputs} outputs, but {data} has {classes} classes; is it for another --data?"
        )


def _digest(model: nn.Module, changed: int | None) -> str:
    digest = hashlib.sha256(str(changed).encode())
    for name, tensor in model.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
