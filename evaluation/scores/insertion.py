"""``insertion``: how soon the network sees its class again while pixels come back (Petsiuk et al. 2018)."""

from dataclasses import dataclass

from torch import Tensor

from openbox.errors import InputError

from ..case import Case, forward
from ..fills import blurred
from ..measurement import Measurement, Metric, Score
from .flip import area, curves, removals
from .parts.order import rank
from .parts.spaces import SPACES


@dataclass(frozen=True)
class InsertionSettings:
    """``steps`` L, at most as many as there are features; ``patch`` pixels along a feature's side."""

    steps: int = 16
    patch: int = 1

    def __post_init__(self) -> None:
        if min(self.steps, self.patch) < 1:
            raise InputError(f"insertion: steps {self.steps}, patch {self.patch}; both must be 1 or more")


def measure(case: Case, settings: InsertionSettings) -> list[Measurement]:
    """The area under the probability of the target while the blurred image gets its own pixels back.

    The most relevant ones first: pixel flipping with image and fill exchanged, and so the LeRF curve
    over the blurred image, read backwards.
    """
    order = rank(case.relevance, settings.patch, case.seeds)
    inserted = removals(order.features, settings.steps)

    def logits(x: Tensor) -> Tensor:
        return forward(case.model, x)

    outputs = curves(logits, blurred(case.x), order.ranks, case.x, inserted, case.batch)
    curve = SPACES["probability"](outputs.double(), case.target)
    return [Measurement("insertion", area(curve, inserted), "", "blur", "probability", curve)]


SCORE = Score(
    "how soon the class comes back while a blurred image gets its pixels back in the order of a map",
    InsertionSettings,
    measure,
    {"insertion": Metric("area, most relevant first", "higher")},
)
