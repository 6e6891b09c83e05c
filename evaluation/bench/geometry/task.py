"""``Task``: one cell of ``bench geometry``: its methods as calls, and what is to be said of their answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

import openbox
from openbox.network import PiecewiseLinearNetwork
from openbox.zoo import load
from openbox.zoo.data.pictures import embedded

from ..conduct.contest import Contest
from ..conduct.networks import DIGITS, NETWORKS, TimedNetwork, random_inputs

OURS = "openbox"
DATA = ("embedded", "mnist", "random")
EMBEDDED = 50  # how many embedded digits there are


@dataclass(frozen=True)
class Counts:
    """What was counted of one method; None where the part does not count it.

    ``count``: gates, margins, regions, breakpoints or inputs; the clock saw ``measured`` of them.
    ``passes``: forward passes by operations. ``farther``: the method's distance over openbox's, where it
    has one; ``not_nearer`` and ``success``: shares of all inputs.
    """

    count: int
    measured: int
    passes: float | None = None
    farther: Sequence[float] = ()
    not_nearer: float | None = None
    success: float | None = None
    note: str = ""


@dataclass(frozen=True)
class PreparedNetwork:
    """A network in both forms: the module in float64, which rivals get, and captured, as it was built."""

    name: str
    entry: TimedNetwork
    module: nn.Module
    net: PiecewiseLinearNetwork

    @property
    def device(self) -> torch.device:
        """Where both are."""
        return self.net.device


@dataclass(frozen=True)
class Task:
    """One part of the benchmark on one network and one kind of input.

    ``base``: the method by whose time those of the same round are divided. ``facts`` is asked after the
    clock has stopped, of methods that were timed.
    """

    part: str
    subject: PreparedNetwork
    data: str
    setting: str
    contest: Contest
    base: str
    facts: Callable[[str], Counts]


def subject(name: str, device: str) -> PreparedNetwork:
    """Build and capture a network of the table."""
    entry = {**NETWORKS, "digits": DIGITS}[name]
    net = openbox.capture(entry.build().to(device), random_inputs(2, entry.shape).to(device))
    return PreparedNetwork(name, entry, entry.build().double().to(device), net)


def inputs(data: str, count: int, network: TimedNetwork) -> Tensor:
    """(count, C, H, W) float64 in [0, 1]; raises ``DataNotFoundError``.

    ``embedded``: scikit-learn's digits in the network's layout, in an order that mixes the classes;
    ``mnist``: the first test images; ``random``: uniform.
    """
    if data == "random":
        found = random_inputs(count, network.shape)
    elif data == "mnist":
        found = load("mnist").batch(slice(count))
    else:
        every = embedded(network.shape)
        order = torch.randperm(len(every.names), generator=torch.Generator().manual_seed(0))
        found = every.batch(order[:count])
    return found.double()
