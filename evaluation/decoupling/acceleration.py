"""Acceleration: accuracy against the operations and the time that paths save, counted and measured."""

import statistics
import time

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from openbox.decoupling.sliced import sliced

from ..whole.facts import Fact
from ..whole.images import logits, pixels
from .subject import DecoupledSubject, path_vectors

TABLE = "acceleration"
METRICS = ("accuracy before", "accuracy", "filters used", "FLOPs left", "time left", "ms before")
COUNTED = 100  # images whose operations are counted
TIMED, ROUNDS = 20, 7  # images a round, in turn with the network before


def acceleration(subject: DecoupledSubject) -> list[Fact]:
    """FLOPs are those of PyTorch's counter over the network that skips what a path leaves out, controllers
    included, as a share of the network's before; the time is the median of rounds, one image at a time.
    """
    x, labels = pixels(subject.test), subject.test.labels
    faster = sliced(subject.network)
    before, after = timed(subject.original, faster, x[:TIMED])
    flops = sum(count_flops(faster, one) for one in x[:COUNTED].split(1)) / min(COUNTED, len(x))
    numbers = {
        "accuracy before": share_right(subject.original, x, labels),
        "accuracy": share_right(subject.network, x, labels),
        "filters used": float(path_vectors(subject.network, x).double().mean()),
        "FLOPs left": flops / count_flops(subject.original, x[:1]),
        "time left": after / before,
        "ms before": 1000 * before,
    }
    return subject.row(TABLE, "", numbers, numbers.values())


@torch.no_grad()
def count_flops(model: nn.Module, x: Tensor) -> int:
    """Two for each multiply-add of convolutions and linear layers, by PyTorch's own counter."""
    with FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops()


def share_right(model: nn.Module, x: Tensor, labels: Tensor) -> float:
    """The accuracy."""
    return float((logits(model, x).argmax(1) == labels).double().mean())


@torch.no_grad()
def timed(before: nn.Module, after: nn.Module, x: Tensor) -> tuple[float, float]:
    """Median seconds for one image, of both networks in turn; the first round only warms up."""
    seconds: dict[nn.Module, list[float]] = {before: [], after: []}
    for _ in range(ROUNDS + 1):
        for model, found in seconds.items():
            start = time.perf_counter()
            for one in x.split(1):
                model(one)
            found.append((time.perf_counter() - start) / len(x))
    return statistics.median(seconds[before][1:]), statistics.median(seconds[after][1:])
