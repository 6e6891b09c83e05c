"""``Settings`` of a benchmark of networks, and the command-line options that they are read from."""

import argparse
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from evaluation.bench.networks import NETWORKS
from evaluation.bench.rivals import method_names
from openbox.errors import InputError, UnknownNameError

CALL = "bench linearize"
DEVICES = ("cpu", "cuda")
FOLDER = Path(__file__).parents[1] / "benchmarks"


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


def declare_settings(parser: argparse.ArgumentParser) -> None:
    """Declare the options; lists are separated by commas."""
    add = parser.add_argument
    add("--networks", default=",".join(NETWORKS), metavar="LIST", help="which networks")
    add("--batches", default="1,16,256", metavar="LIST", help="how many inputs at once")
    add("--methods", default=",".join(method_names()), metavar="LIST", help="the floor is always among them")
    available = ",".join(DEVICES) if torch.cuda.is_available() else "cpu"
    add("--device", default=available, metavar="LIST", help="cpu, cuda or both")
    add("--repeats", type=int, default=7, help="timed repetitions of each method")
    add("--budget", type=float, default=60, metavar="SECONDS", help="per cell; lowers the repetitions, to 1")
    add("--threads", type=int, default=0, help="CPU threads; 0: as many as PyTorch takes")
    add("--chunk", type=int, default=0, help="inputs at a time, for all but openbox; 0: the floor's best")
    add("--out", type=Path, default=FOLDER, metavar="FOLDER", help="where the CSV goes")


def read_settings(options: argparse.Namespace) -> Settings:
    """The options, checked; raises ``InputError`` or ``UnknownNameError``."""
    settings = Settings(
        _names("network", options.networks, NETWORKS),
        tuple(_count("--batches", word) for word in _words("--batches", options.batches)),
        _names("method", options.methods, method_names()),
        _names("device", options.device, DEVICES),
        options.repeats, options.budget, options.threads, options.chunk, options.out,
    )  # fmt: skip
    if "cuda" in settings.devices and not torch.cuda.is_available():
        raise InputError(f"{CALL}: PyTorch finds no CUDA device here; use --device cpu")
    if settings.repeats < 1 or not settings.budget > 0:
        raise InputError(
            f"{CALL}: --repeats {settings.repeats} --budget {settings.budget:g}; both must be positive"
        )
    if settings.chunk < 0 or not 0 <= settings.threads <= (os.cpu_count() or 1):
        raise InputError(
            f"{CALL}: --threads {settings.threads} --chunk {settings.chunk}; neither may be negative, and "
            f"there are {os.cpu_count()} processors"
        )
    return settings


def _words(option: str, text: str) -> list[str]:
    words = [word.strip() for word in text.split(",")]
    if len(set(words)) != len(words) or "" in words:
        raise InputError(f"{CALL}: {option} {text!r}; pass different values, separated by commas")
    return words


def _names(kind: str, text: str, known: Iterable[str]) -> tuple[str, ...]:
    names = _words(f"--{kind}s" if kind != "device" else "--device", text)
    for name in names:
        if name not in known:
            raise UnknownNameError(CALL, kind, name, known)
    return tuple(names)


def _count(option: str, word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise InputError(f"{CALL}: {option} has {word!r}; pass positive integers, separated by commas")
    return int(word)
