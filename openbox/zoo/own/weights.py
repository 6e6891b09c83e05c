"""A weight file into a module: safetensors or ``torch.save``, read without running any code of the file."""

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from openbox.errors import ModelError, named
from openbox.zoo.own.files import check_file

TORCH_SUFFIXES = (".pt", ".pth", ".bin")
NESTED = ("state_dict", "model_state_dict", "model")  # where training scripts put the weights
PREFIXES = ("module.", "_orig_mod.")  # of nn.DataParallel and torch.compile
_SHOWN = 4  # keys listed in a message


def load_weights(model: nn.Module, path: str | Path) -> None:
    """Fill every parameter and buffer of ``model`` from a file; nothing may be missing or left over.

    ``path``: ``.safetensors``, or ``.pt``, ``.pth``, ``.bin`` with a state dict or a dict that holds one
    under a name of ``NESTED``, read with ``weights_only``. A prefix of ``PREFIXES`` on all keys is taken
    off. Values go into the dtypes that the module has. Raises ``ModelError``.
    """
    path = Path(path)
    with named(f"weights {str(path)!r}"):
        _load(model, path)


def _load(model: nn.Module, path: Path) -> None:
    check_file(path, ModelError)
    if path.suffix == ".safetensors":
        state = _read_safetensors(path)
    elif path.suffix in TORCH_SUFFIXES:
        state = _state_dict(_read_torch(path))
    else:
        raise ModelError(f"the suffix is {path.suffix!r}, expected .safetensors, {', '.join(TORCH_SUFFIXES)}")
    own = model.state_dict()
    state = _without_prefix(state, own)
    lost = [key for key, value in state.items() if value.is_floating_point() and bool(value.isnan().any())]
    if lost:
        raise ModelError(f"{_names(lost)} hold NaN; that training diverged, take an earlier file")
    _fill(model, state, own)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"not a readable safetensors file ({error}); save it again") from error


def _read_torch(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged pickle raises nearly anything
        said = str(error)
        way_out = "save torch.save(model.state_dict(), ...) instead"
        if "TorchScript" in said:
            raise ModelError(f"a TorchScript archive, not weights; {way_out}") from error
        refused = re.search(r"GLOBAL ([\w.]+)", said)
        if refused:
            raise ModelError(
                f"refused, because the file holds the Python object {refused[1]} and not only "
                f"weights, and loading it could run any code; {way_out}"
            ) from error
        first = said.splitlines()[0] if said else "no message"
        raise ModelError(f"damaged, or not a file of torch.save ({type(error).__name__}: {first})") from error


def _state_dict(found: object) -> dict[str, Tensor]:
    if not isinstance(found, Mapping):
        raise ModelError(f"holds a {type(found).__name__}, expected a state dict")
    inner = next((found[name] for name in NESTED if isinstance(found.get(name), Mapping)), found)
    other = [str(key) for key, value in inner.items() if not isinstance(value, Tensor)]
    if other:
        raise ModelError(
            f"{_names(other)} are no tensors; expected a state dict, or one under {', '.join(NESTED)}"
        )
    return {str(key): value for key, value in inner.items()}


def _without_prefix(state: dict[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Take a common prefix off, again and again, unless the model's own keys have it too."""
    for prefix in PREFIXES * 2:  # either may be outside
        wrapped = state and all(key.startswith(prefix) for key in state)
        if wrapped and not all(key.startswith(prefix) for key in own):
            state = {key.removeprefix(prefix): value for key, value in state.items()}
    return state


def _fill(model: nn.Module, state: dict[str, Tensor], own: Mapping[str, Tensor]) -> None:
    shapes = [
        f"{key} {tuple(state[key].shape)} for {tuple(own[key].shape)}"
        for key in state
        if key in own and not is_lazy(own[key]) and state[key].shape != own[key].shape
    ]
    missing, unexpected = [key for key in own if key not in state], [key for key in state if key not in own]
    reason = ""
    if not shapes:
        try:  # the module's own word counts: it may fill in what old files lack
            missing, unexpected = model.load_state_dict(state, strict=False)
        except RuntimeError as error:
            reason = f": {error}"
    if shapes or missing or unexpected or reason:
        lists = {"missing": missing, "unexpected": unexpected, "of another shape": shapes}
        found = [f"{len(keys)} {kind} ({_names(keys)})" for kind, keys in lists.items() if keys]
        raise ModelError(
            f"does not fit {type(model).__name__}{reason}: {'; '.join(found)}; "
            "is it from the same code and the same settings?"
        )


def _names(keys: list[str]) -> str:
    return ", ".join(keys[:_SHOWN]) + (", ..." if len(keys) > _SHOWN else "")
