"""``Choice``: which cells ``bench geometry`` measures, and the table of its parts."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openbox.errors import InputError, UnknownNameError, named

from ..conduct.networks import NETWORKS
from ..conduct.settings import read_names
from .counterfactuals import NORMS, counterfactual_task
from .exits import exit_task
from .norms import norms_task
from .segments import segment_task
from .slices import slice_task
from .task import DATA, EMBEDDED, Task, inputs, subject

WINDOWS = {  # extents in which there are about 1,000, 4,000 and 16,000 regions
    "embedded": (0.0042, 0.0085, 0.018),
    "mnist": (0.0004, 0.002, 0.0095),
    "random": (0.0025, 0.005, 0.01),
}
Make = Callable[[str], Task]  # of a device


@dataclass(frozen=True)
class Choice:
    """``windows`` are extents of slices, ``samples`` products of the loop that are timed, ``inputs`` how many
    counterfactuals; ``data`` what the MNIST networks are given where ties matter."""

    parts: tuple[str, ...]
    windows: tuple[float, ...]
    samples: int
    inputs: int
    data: str

    def cells(self) -> list[Make]:
        """All cells, in the order of the parts."""
        return [make for part in self.parts for make in PARTS[part](self)]


def _exits(_: Choice) -> list[Make]:
    return [lambda device: exit_task(subject("resnet18", device), "random")]


def _norms(choice: Choice) -> list[Make]:
    return [lambda device: norms_task(subject("cnn28", device), "random", choice.samples)]


def _slices(choice: Choice) -> list[Make]:
    def make(extent: float) -> Make:
        rival = extent == min(choice.windows)  # one by one, thousands of regions would take minutes
        return lambda device: slice_task(subject("cnn28", device), choice.data, extent, rival)

    return [make(extent) for extent in choice.windows]


def _segments(choice: Choice) -> list[Make]:
    def make(name: str) -> Make:
        return lambda device: segment_task(subject(name, device), choice.data)

    return [make(name) for name in ("mlp", "cnn28")]


def _counterfactuals(choice: Choice) -> list[Make]:
    def make(name: str, data: str, norm: str) -> Make:
        return lambda device: counterfactual_task(subject(name, device), data, norm, choice.inputs)

    kinds = (("digits", "embedded"), ("cnn28", choice.data))
    return [make(name, data, norm) for name, data in kinds for norm in NORMS]


PARTS: dict[str, Callable[[Choice], Sequence[Make]]] = {
    "exit": _exits,
    "norms": _norms,
    "slice": _slices,
    "segment": _segments,
    "counterfactual": _counterfactuals,
}


def declare_choice(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add = parser.add_argument
    add("--only", default=",".join(PARTS), metavar="LIST", help="which parts")
    words = "extents of the slices; without: such that there are about 1,000, 4,000 and 16,000 regions"
    add("--windows", default=None, metavar="LIST", help=words)
    add("--samples", type=int, default=100, help="products of the loop of norms that are timed")
    add("--inputs", type=int, default=20, help=f"how many counterfactuals, at most {EMBEDDED}")
    add("--data", default="embedded", help=f"pictures for the MNIST networks: {', '.join(DATA)}")


def read_choice(call: str, options: argparse.Namespace) -> Choice:
    """The options, checked; raises ``OpenBoxError``, also where the data is not there."""
    parts = read_names(call, "part", "--only", options.only, PARTS)
    if options.data not in DATA:
        with named(call):
            raise UnknownNameError("data", options.data, DATA)
    if options.samples < 1 or not 1 <= options.inputs <= EMBEDDED:
        raise InputError(
            f"{call}: --samples {options.samples} --inputs {options.inputs}; both must be positive, and "
            f"there are {EMBEDDED} embedded digits"
        )
    windows = WINDOWS[options.data] if options.windows is None else _extents(call, options.windows)
    choice = Choice(parts, windows, options.samples, options.inputs, options.data)
    inputs(options.data, 1, NETWORKS["mlp"])  # complains before the work, not after it
    return choice


def _extents(call: str, text: str) -> tuple[float, ...]:
    try:
        found = tuple(map(float, text.split(",")))
    except ValueError:
        found = ()
    if not found or len(set(found)) != len(found) or not all(0 < extent < float("inf") for extent in found):
        raise InputError(f"{call}: --windows {text!r}; pass different positive numbers, separated by commas")
    return found
