"""The options of ``python -m openbox``."""

import argparse
from pathlib import Path

DTYPES = ("float64", "float32")
FEW = 10  # up to so many outputs, all of them are explained
TOP = 5  # else the largest ones of each input


def _integers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}, expected integers such as 3,224,224") from None


def make_parser(summary: str | None) -> argparse.ArgumentParser:
    """The parser of ``python -m openbox``; it imports no torch, so that ``--help`` is there at once."""
    parser = argparse.ArgumentParser(prog="python -m openbox", description=summary, allow_abbrev=False)
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
    parser.add_argument("--dtype", choices=DTYPES, default="float64", help="default: %(default)s")
    parser.add_argument("--device", default="cpu", help="default: %(default)s")
    parser.add_argument(
        "--save", type=Path, metavar="FILE.npz", help="write weight, bias, logits, x and classes"
    )
    return parser
