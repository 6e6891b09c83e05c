"""Jobs about one picture: the network's answer, its map by a method, what that will cost."""

import dataclasses
import statistics
import time
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor

from openbox.explainers.create import Explainer, Score, create
from openbox.explainers.exact.integrated_gradients import integrated_maps
from openbox.explainers.explanation import Contrast, Explanation
from openbox.module.headless import Headless, before_head
from openbox.module.lock import computing
from work.networks import Source, module, opened, outputs

SEED = 0
PROBES = (0.1, 0.5, 0.9)  # shares of the way from black to the picture where its pieces are counted
SHORT, LONG = 1e-4, 0.05  # how long such a part is, as a share, and becomes at most
ENOUGH = 15  # pieces that tell how many there are


@dataclass(frozen=True)
class References:
    """Pictures (R, C, H, W) that SHAP compares with, a key for the caches, and where they come from."""

    x: Tensor = field(compare=False)
    key: str
    words: str = field(compare=False)


@dataclass(frozen=True)
class Setup:
    """How a method is set up: the seed of its random numbers, its settings (None: its own defaults), and on
    which side of a final softmax or sigmoid the score lies."""

    seed: int = SEED
    settings: object = None
    score: Score = "logits"


@dataclass(frozen=True)
class NetworkAnswer:
    """``logits`` (K,) before the ``head`` (softmax, log_softmax, sigmoid) that the network may end in."""

    logits: Tensor
    head: str | None


def answer(source: Source, x: Tensor) -> NetworkAnswer:
    """What the network says of x (1, C, H, W)."""
    with computing():
        bare = before_head(module(source), x)
    return NetworkAnswer(outputs(source, x)[0], bare.head if isinstance(bare, Headless) else None)


def explain(
    source: Source, method: str, references: References, x: Tensor, target: Contrast | int, setup: Setup
) -> Explanation:
    """Raises what the explainer raises."""
    found = _explainer(method, source, references, setup).explain(x, target)
    return dataclasses.replace(found, surrogate=None)  # as large as a map, and no page tries it


@lru_cache(maxsize=40)
def _explainer(method: str, source: Source, references: References, setup: Setup) -> Explainer:
    return create(method, module(source), references.x, setup.seed, setup.settings, setup.score)


def forward_seconds(source: Source) -> float:
    """The median of a few forward passes of one input, after one that does not count."""
    model, x = module(source), torch.zeros(1, *source.shape)
    taken: list[float] = []
    with computing(), torch.no_grad():
        for _ in range(6):
            started = time.perf_counter()
            model(x)
            taken.append(time.perf_counter() - started)
    return statistics.median(taken[1:])


def way_price(source: Source, x: Tensor) -> tuple[int, float]:
    """About how many pieces lie on the way from black to x (1, C, H, W), and how many seconds integrated
    gradients take for them: counted, and timed, on three short parts of it."""
    net, part = opened(source), SHORT
    row = torch.ones(1, net.outputs)
    while True:
        started, pieces = time.perf_counter(), 0.0
        for share in PROBES:
            found = integrated_maps(net, x[0] * (share - part / 2), x * (share + part / 2), row)
            pieces += float(found.receipt.numbers["intervals"][0]) - 1
        seconds = time.perf_counter() - started
        if pieces >= ENOUGH or part > LONG:
            whole = 1 / (part * len(PROBES))
            return round(pieces * whole) + 1, seconds * whole
        part *= 4


def warm(source: Source) -> None:
    """Have the network opened before anybody asks."""
    opened(source)
