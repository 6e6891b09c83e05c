"""``eraser``: comprehensiveness and sufficiency as ERASER defines them (DeYoung et al., ACL 2020, 4.2)."""

import math
from dataclasses import dataclass

from torch import Tensor

from openbox.errors import InputError

from ..measurement import Measurement, Metric, Score
from .case import TitleCase


@dataclass(frozen=True)
class EraserSettings:
    """``shares`` of a title's words, rounded up to whole words: of most titles 1 % and 5 % are one word."""

    shares: tuple[float, ...] = (0.01, 0.05, 0.1, 0.2, 0.5)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", tuple(self.shares))  # a study file has lists
        if not self.shares or not all(0 < share < 1 for share in self.shares):
            raise InputError(f"eraser: shares = {self.shares!r}; give numbers between 0 and 1")


def measure(case: TitleCase, settings: EraserSettings) -> list[Measurement]:
    """``p(title) - p(title without the words)`` and ``p(title) - p(the words alone)``, p of the target.

    The mean over all shares; the words are those with the largest values, and words are deleted.
    """
    titles: list[list[str]] = []
    for title, order in zip(case.titles, case.orders(), strict=True):
        titles.append(list(title))
        for share in settings.shares:
            chosen = set(order[: math.ceil(share * len(title))])
            titles.append([word for place, word in enumerate(title) if place not in chosen])
            titles.append([word for place, word in enumerate(title) if place in chosen])
    shape = (len(case.titles), 1 + 2 * len(settings.shares), -1)
    probabilities = case.logits(titles).double().softmax(1).view(shape)
    own = case.target.view(-1, 1, 1).expand(-1, shape[1], 1)
    of_target: Tensor = probabilities.gather(2, own)[:, :, 0]
    losses = of_target[:, :1] - of_target[:, 1:]
    parts = {"comprehensiveness": losses[:, 0::2], "sufficiency": losses[:, 1::2]}
    return [Measurement(name, part.mean(1), space="probability") for name, part in parts.items()]


SCORE = Score(
    "the most important words deleted, and left alone", EraserSettings, measure,
    {
        "comprehensiveness": Metric("loss without the most important words", "higher"),
        "sufficiency": Metric("loss with the most important words alone", "lower"),
    },
    of="titles",
)  # fmt: skip
