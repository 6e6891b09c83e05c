"""What a worker computes for the lesson."""

import copy
import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from work.explaining import References
from work.networks import Source, module, opened

from openbox.explainers.create import create
from openbox.explainers.explanation import Explanation
from openbox.geometry.partition.segment import Segment
from openbox.geometry.partition.slice import Slice
from openbox.module.lock import computing
from openbox.opening import capture
from openbox.zoo.data import load

MOST = 8  # neurons that can be folded by hand
WIDTH = 1.0  # half the window in which they fold
SEED = 4


@dataclass(frozen=True)
class LinearDigits:
    """A linear classifier of digits: ``weights`` (10, 8, 8), ``bias`` (10,), and its share right on test."""

    weights: Tensor
    bias: Tensor
    accuracy: float


@dataclass(frozen=True)
class LinearHere:
    """The network's ``answer`` at a picture; of one class ``weight`` (1, H, W), ``bias``, the module's score,
    the error of the sum, relative to the largest score, and the id of the piece."""

    answer: int
    weight: Tensor
    bias: float
    score: float
    error: float
    region: str


def linear_digits() -> LinearDigits:
    """Logistic regression on the training digits."""
    from sklearn.linear_model import LogisticRegression  # seconds, and nobody else needs it

    train, test = load("digits", train=True), load("digits")
    model = LogisticRegression(max_iter=2000)
    model.fit(train.batch(slice(None)).flatten(1).numpy(), train.labels.numpy())
    right = model.score(test.batch(slice(None)).flatten(1).numpy(), test.labels.numpy())
    weights = torch.from_numpy(model.coef_).view(-1, 8, 8)
    return LinearDigits(weights, torch.from_numpy(model.intercept_), float(right))


def folded(count: int, angle: float, offset: float) -> Slice:
    """The pieces of a network with two inputs, ``count`` neurons and two answers.

    The first neuron folds along a line that is turned by ``angle`` degrees and lies ``offset`` from the
    middle; the others are drawn once.
    """
    first, last = nn.Linear(2, count).double(), nn.Linear(count, 2).double()
    draw = torch.Generator().manual_seed(SEED)
    turns = torch.rand(MOST, generator=draw, dtype=torch.float64) * 2 * math.pi
    moved = (torch.rand(MOST, generator=draw, dtype=torch.float64) - 0.5) * 1.2
    outer = torch.randn(2, MOST, generator=draw, dtype=torch.float64)
    turns[0], moved[0] = math.radians(angle), -offset
    with torch.no_grad():
        first.weight.copy_(torch.stack((turns.cos(), turns.sin()), 1)[:count])
        first.bias.copy_(moved[:count])
        last.weight.copy_(outer[:, :count])
        last.bias.copy_(-(outer[:, :count] * 0.3).sum(1))
    net = capture(nn.Sequential(first, nn.ReLU(), last).eval(), torch.zeros(1, 2, dtype=torch.float64))
    return net.slice(torch.zeros(2), torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), WIDTH)


def here(source: Source, x: Tensor, label: int | None = None) -> LinearHere:
    """The linear classifier around x (1, C, H, W), of class ``label`` (None: of the network's answer)."""
    net = opened(source)
    piece = net.linearize(x.double())
    answer = int(piece.logits[0].argmax())
    shown = answer if label is None else label
    return LinearHere(
        answer, piece.weight[0, shown], float(piece.bias[0, shown]), float(piece.logits[0, shown]),
        float(piece.error[0]), piece.region_ids[0],
    )  # fmt: skip


def walk(source: Source, a: Tensor, b: Tensor) -> Segment:
    """The whole way from one picture to another."""
    return opened(source).segment(a, b)


def of_random_weights(
    source: Source, method: str, references: References, x: Tensor, target: int
) -> Explanation:
    """The map of a network of the same shape that has learned nothing."""
    return create(method, _untrained(source), references.x, SEED).explain(x, target)


@lru_cache(maxsize=2)
def _untrained(source: Source) -> nn.Module:
    model = copy.deepcopy(module(source))
    with computing(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        for part in model.modules():
            if callable(reset := getattr(part, "reset_parameters", None)):
                reset()
    return model
