"""A capture as one file: the program as JSON, and the numbers that no parameter holds."""

import hashlib
import io
import json
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from openbox.errors import CaptureError, StaleCaptureError
from openbox.files import write_by_rename
from openbox.program.ref import Ref
from openbox.serialization.argument import read_argument, spell_argument
from openbox.serialization.programs import read_program, spell_program
from openbox.tracing.template import Template

FORMAT = 1
_DAMAGED = (
    KeyError, IndexError, TypeError, ValueError, AttributeError, RuntimeError, EOFError,
    pickle.UnpicklingError,
)  # fmt: skip


def save_capture(path: Path, template: Template, model: nn.Module) -> None:
    """Write, renamed into place. Raises ``CaptureError`` for what has no form in a file, and ``OSError``."""
    names, constants = _numbers(template, model)
    text = json.dumps(
        {
            "format": FORMAT,
            "structure": structure_of(model),
            "shape": list(template.example_shape),
            "free": list(template.free),
            "dtype": spell_argument(template.dtype, {}),
            "output": spell_argument(template.output, {}),
            "head": template.head,
            "program": spell_program(template.program, names),
            "folded": spell_program(template.folded, names),
        }
    )
    data = {"capture": text, "constants": constants, "sha256": digest_of(text, constants)}
    write_by_rename(path, lambda partial: torch.save(data, partial))


def load_template(path: Path, model: nn.Module, device: torch.device) -> Template:
    """What was captured, around the tensors of ``model``.

    Raises ``CaptureError`` for a file that is missing, damaged or of another version, ``StaleCaptureError``
    for one of a module of another structure.
    """
    try:
        text, constants = read_file(path)
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise CaptureError(f"its format is {found['format']}, this OpenBox reads {FORMAT}")
        _check_structure(found["structure"], structure_of(model))
        tensors = named_tensors(model) | {name: tensor.to(device) for name, tensor in constants.items()}
        return Template(
            read_program(found["program"], tensors, device),
            read_program(found["folded"], tensors, device),
            tuple(found["shape"]),
            tuple(found["free"]),
            read_argument(found["dtype"], [], device),
            device,
            read_argument(found["output"], [], device),
            found["head"],
        )
    except OSError as error:
        raise CaptureError(f"cannot read it ({error})") from error
    except _DAMAGED as error:
        raise CaptureError(f"it is no capture, or a damaged one ({error!r})") from error


def named_tensors(model: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers by their paths, also those that several paths lead to."""
    parameters = model.named_parameters(remove_duplicate=False)
    return {**dict(parameters), **dict(model.named_buffers(remove_duplicate=False))}


def structure_of(model: nn.Module) -> dict[str, list[str]]:
    """What a capture rests on, in words: of each module class, mode, hooks and settings, of each tensor shape
    and dtype."""
    modules = {path: _described(one) for path, one in model.named_modules(remove_duplicate=False)}
    tensors = {
        path: [str(tensor.dtype).removeprefix("torch."), f"of shape {tuple(tensor.shape)}"]
        for path, tensor in named_tensors(model).items()
    }
    return modules | tensors


def _described(module: nn.Module) -> list[str]:
    settings = [
        f"{name}={value!r}"
        for name, value in sorted(vars(module).items())
        if name[0] != "_" and name != "training" and _is_plain(value)
    ]
    hooks = len(module._forward_hooks) + len(module._forward_pre_hooks)
    mode = "in training mode" if module.training else "in eval mode"
    return [type(module).__name__, mode, f"with {hooks} hooks", *settings]


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, bool | int | float | str)


def _check_structure(kept: Mapping[str, list[str]], now: Mapping[str, list[str]]) -> None:
    for path in {**kept, **now}:
        then, is_now = kept.get(path, ["missing"]), now.get(path, ["missing"])
        if then != is_now:
            name = repr(path) if path else "the module itself"
            gone, new = ([word for word in a if word not in b] for a, b in ((then, is_now), (is_now, then)))
            raise StaleCaptureError(
                f"{name} was {', '.join(gone)} when the capture was kept, here it is {', '.join(new)}"
            )


def _numbers(template: Template, model: nn.Module) -> tuple[dict[Ref, str], dict[str, Tensor]]:
    """A name for each tensor that a program reads, and those that are neither parameters nor buffers."""
    paths = {id(tensor): path for path, tensor in reversed(named_tensors(model).items())}
    constants: dict[str, Tensor] = {}
    names: dict[Ref, str] = {}
    for ref, tensor in (template.program.tensors | template.folded.tensors).items():
        if id(tensor) not in paths:
            paths[id(tensor)] = f"constant {len(constants)}"
            constants[paths[id(tensor)]] = tensor.detach().cpu().contiguous().clone()
        names[ref] = paths[id(tensor)]
    return names, constants


def read_file(path: Path) -> tuple[str, dict[str, Tensor]]:
    """What a file holds: a capture as JSON, and its constants."""
    data = io.BytesIO(path.read_bytes())  # not the path: torch reads some names as files of another kind
    found = torch.load(data, "cpu", weights_only=True)  # text and tensors: it runs no code
    if found["sha256"] != digest_of(found["capture"], found["constants"]):
        raise CaptureError("it was damaged: its contents do not fit their sha256")
    return found["capture"], found["constants"]


def digest_of(text: str, constants: dict[str, Tensor]) -> str:
    """The sha256 of what a file holds."""
    digest = hashlib.sha256(text.encode())
    for name, tensor in sorted(constants.items()):
        digest.update(name.encode() + str((tensor.dtype, tuple(tensor.shape))).encode())
        digest.update(tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
