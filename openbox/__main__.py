"""Open your own model and see whether to trust it: what was captured, and W x + b against f(x).

    python -m openbox --model package.module:factory --weights file.safetensors --shape 3,224,224

The module is imported, which runs its code: name only what you trust.
"""

import argparse
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from openbox.errors import InputError, OpenBoxError
from openbox.network import PiecewiseLinearNetwork
from openbox.opening import capture
from openbox.shapes import check_classes
from openbox.zoo.own.devices import find_device
from openbox.zoo.own.inputs import Inputs, random_input, read_inputs
from openbox.zoo.own.models import first_output, float_dtype, load_model
from openbox.zoo.own.opened import FEW, TOP, Opened, explained, open_input, save_opened

DTYPES = {"float64": torch.float64, "float32": torch.float32}


def _integers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}, expected integers such as 3,224,224") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m openbox", description=__doc__, allow_abbrev=False)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--model", required=True, metavar="package.module:factory",
        help="an nn.Module, or a function or class that gives one when called without arguments",
    )  # fmt: skip
    parser.add_argument(
        "--weights", metavar="FILE", help=".safetensors, or .pt, .pth, .bin with a state dict"
    )
    parser.add_argument("--shape", type=_integers, help="of one input, without the batch: 3,224,224")
    parser.add_argument(
        "--input", nargs="+", default=[], metavar="FILE",
        help="pictures, .npy or .safetensors; a batch needs --shape (default: a random input)",
    )  # fmt: skip
    parser.add_argument(
        "--classes", type=_integers,
        help=f"the outputs to explain: 1,5 (default: all up to {FEW}, else the {TOP} largest)",
    )  # fmt: skip
    parser.add_argument("--output", metavar="KEY", help="number or name of one, if forward returns several")
    parser.add_argument("--dtype", choices=list(DTYPES), default="float64", help="default: %(default)s")
    parser.add_argument("--device", default="cpu", help="default: %(default)s")
    parser.add_argument(
        "--save", type=Path, metavar="FILE.npz", help="write weight, bias, logits, x and classes"
    )
    return parser


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


def run(options: argparse.Namespace) -> None:
    """Capture the model, open it at every input, print, and save; raises ``OpenBoxError``."""
    _check_save(options.save)
    device = find_device("python -m openbox", options.device)
    found = _read(options)
    model = load_model(options.model, options.weights).to(device)
    example = found[0].x[:1].to(device, float_dtype(model, DTYPES[options.dtype]))
    net = _capture(model, example, options.output)
    if options.classes is not None:
        check_classes("--classes", options.classes, net.outputs)
    print(net)
    print(f"weights: {options.weights or 'those that the factory gave'}")
    print(f"outputs explained: {explained(net.outputs, options.classes)}")
    rows: list[Opened] = []
    for inputs in found:
        print(f"\n{inputs.words}")
        for number, x in enumerate(inputs.x.to(device, DTYPES[options.dtype]).split(1)):
            opened = open_input(net, x, options.classes)
            if len(inputs.x) > 1:
                print(f"  input {number}")
            print("\n".join(f"  {line}" for line in opened.lines()), flush=True)
            if options.save:
                rows.append(opened)
    if options.save:
        print(f"\n{options.save}: {save_opened(options.save, rows)}")


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    try:
        run(_parser().parse_args(arguments))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except OpenBoxError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
