"""What ``python -m openbox`` does: capture the model, open it at every input, print, and save."""

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from openbox.errors import InputError, named
from openbox.network import PiecewiseLinearNetwork
from openbox.opening import capture
from openbox.shapes import check_classes
from openbox.zoo.own.devices import find_device
from openbox.zoo.own.inputs import Inputs, random_input, read_inputs
from openbox.zoo.own.models import first_output, float_dtype, load_model
from openbox.zoo.own.opened import OpenedInput, explained, open_input, save_opened


def _read(options: argparse.Namespace) -> list[Inputs]:
    """The inputs, all of one shape."""
    if options.shape is not None and min(options.shape) < 1:
        raise InputError(f"--shape {options.shape}: sizes are 1 or more, and the batch is left out")
    if not options.input:
        if options.shape is None:
            raise InputError(
                "--shape or --input is needed: what does the model read? Such as --shape 3,224,224"
            )
        return [random_input(options.shape)]
    found = [read_inputs(path, options.shape) for path in options.input]
    shapes = {tuple(inputs.x.shape[1:]) for inputs in found}
    if len(shapes) > 1:
        raise InputError(f"--input: the files have different shapes {sorted(shapes)}; choose one by --shape")
    return found


def _capture(model: nn.Module, example: Tensor, output: str | None) -> PiecewiseLinearNetwork:
    # its own words for a wrong shape are clearer than those of the export
    first_output(model, example, "--shape is that of one input, without the batch: --shape 3,224,224")
    return capture(model, example, int(output) if output and output.isdecimal() else output)


def _check_save(path: Path | None) -> None:
    """Before the work, not after it."""
    if path is not None and (path.suffix != ".npz" or not path.parent.is_dir() or path.is_dir()):
        raise InputError(
            f"--save {str(path)!r}: expected a file name that ends in .npz, in a folder that exists"
        )


def _dtype(options: argparse.Namespace) -> torch.dtype:
    return getattr(torch, options.dtype)


def run(options: argparse.Namespace) -> int:
    """Capture, open, print and save; returns the exit code, raises ``OpenBoxError``."""
    _check_save(options.save)
    with named("python -m openbox"):
        device = find_device(options.device)
    found = _read(options)
    model = load_model(options.model, options.weights).to(device)
    example = found[0].x[:1].to(device, float_dtype(model, _dtype(options)))
    net = _capture(model, example, options.output)
    if options.classes is not None:
        with named("--classes"):
            check_classes(options.classes, net.outputs)
    print(net)
    print(f"weights: {options.weights or 'those that the factory gave'}")
    print(f"outputs explained: {explained(net.outputs, options.classes)}")
    rows: list[OpenedInput] = []
    for inputs in found:
        print(f"\n{inputs.words}")
        for number, x in enumerate(inputs.x.to(device, _dtype(options)).split(1)):
            opened = open_input(net, x, options.classes)
            if len(inputs.x) > 1:
                print(f"  input {number}")
            print("\n".join(f"  {line}" for line in opened.lines()), flush=True)
            if options.save:
                rows.append(opened)
    if options.save:
        print(f"\n{options.save}: {save_opened(options.save, rows)}")
    return 0
