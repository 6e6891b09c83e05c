"""``Settings`` of a benchmark of networks, and the command-line options that they are read from."""

import argparse
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from openbox.errors import InputError, UnknownNameError, named

from .networks import NETWORKS

DEVICES = ("cpu", "cuda")
_COMMITTED = Path(__file__).parents[2] / "benchmarks"
FOLDER = _COMMITTED if _COMMITTED.is_dir() else Path("benchmarks")  # a wheel has none, and is not written to
_BUDGET = "per cell; lowers the repetitions, to 1"


@dataclass(frozen=True)
class Defaults:
    """What differs between benchmarks: names of all methods, and what an option is when it is not given.

    ``batches_help`` and ``chunk_help`` say what the two numbers of inputs mean there.
    """

    methods: tuple[str, ...]
    networks: tuple[str, ...]
    batches: str
    budget: float
    batches_help: str
    chunk_help: str


@dataclass(frozen=True)
class Settings:
    """``budget``: seconds for the timed rounds of one cell; ``threads`` 0 and ``chunk`` 0: the default."""

    networks: tuple[str, ...]
    batches: tuple[int, ...]
    methods: tuple[str, ...]
    devices: tuple[str, ...]
    repeats: int
    budget: float
    threads: int
    chunk: int
    out: Path


def declare_settings(parser: argparse.ArgumentParser, defaults: Defaults) -> None:
    """Declare the options; lists are separated by commas."""
    add = parser.add_argument
    add("--networks", default=",".join(defaults.networks), metavar="LIST", help="which networks")
    add("--batches", default=defaults.batches, metavar="LIST", help=defaults.batches_help)
    add(
        "--methods", default=",".join(defaults.methods), metavar="LIST", help="the floor is always among them"
    )
    add("--chunk", type=int, default=0, help=defaults.chunk_help)
    declare_conduct(parser, defaults.budget)


def declare_conduct(parser: argparse.ArgumentParser, budget: float) -> None:
    """Declare the options of every benchmark: where it runs, how long, and where the table goes."""
    add = parser.add_argument
    available = ",".join(DEVICES) if torch.cuda.is_available() else "cpu"
    add("--device", default=available, metavar="LIST", help="cpu, cuda or both")
    add("--repeats", type=int, default=7, help="timed repetitions of each method")
    add("--budget", type=float, default=budget, metavar="SECONDS", help=_BUDGET)
    add("--threads", type=int, default=0, help="CPU threads; 0: as many as PyTorch takes")
    add("--out", type=Path, default=FOLDER, metavar="FOLDER", help="where the CSV goes")


def read_settings(call: str, options: argparse.Namespace, methods: Iterable[str]) -> Settings:
    """The options, checked; raises ``InputError`` or ``UnknownNameError``."""
    settings = replace(
        read_conduct(call, options),
        networks=read_names(call, "network", "--networks", options.networks, NETWORKS),
        batches=read_counts(call, "--batches", options.batches),
        methods=read_names(call, "method", "--methods", options.methods, methods),
        chunk=options.chunk,
    )
    if settings.chunk < 0:
        raise InputError(f"{call}: --chunk {settings.chunk}; it may not be negative")
    return settings


def read_conduct(call: str, options: argparse.Namespace) -> Settings:
    """The options of ``declare_conduct``; networks, batches and methods are the benchmark's own business."""
    devices = read_names(call, "device", "--device", options.device, DEVICES)
    settings = Settings((), (), (), devices, options.repeats, options.budget, options.threads, 0, options.out)
    if "cuda" in settings.devices and not torch.cuda.is_available():
        raise InputError(f"{call}: PyTorch finds no CUDA device here; use --device cpu")
    if settings.repeats < 1 or not settings.budget > 0:
        raise InputError(
            f"{call}: --repeats {settings.repeats} --budget {settings.budget:g}; both must be positive"
        )
    if not 0 <= settings.threads <= (os.cpu_count() or 1):
        raise InputError(
            f"{call}: --threads {settings.threads}; it may not be negative, and there are "
            f"{os.cpu_count()} processors"
        )
    return settings


def _words(call: str, option: str, text: str) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    if len(set(words)) != len(words) or "" in words:
        raise InputError(f"{call}: {option} {text!r}; pass different values, separated by commas")
    return words


def read_names(call: str, kind: str, option: str, text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Some of the ``known`` names, separated by commas; raises ``InputError`` or ``UnknownNameError``."""
    names = _words(call, option, text)
    for name in names:
        if name not in known:
            with named(call):
                raise UnknownNameError(kind, name, known)
    return tuple(names)


def read_counts(call: str, option: str, text: str) -> tuple[int, ...]:
    """Positive integers, separated by commas; raises ``InputError``."""
    words = _words(call, option, text)
    for word in words:
        if not word.isdecimal() or int(word) < 1:
            raise InputError(f"{call}: {option} has {word!r}; pass positive integers, separated by commas")
    return tuple(map(int, words))
