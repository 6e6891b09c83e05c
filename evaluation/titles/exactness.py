"""``title_exactness``: do the values and the bias add up to the score of the network?"""

from dataclasses import dataclass

import torch

from ..measurement import Measurement, Metric, Score
from .case import TitleCase


@dataclass(frozen=True)
class TitleExactnessSettings:
    """Nothing to set."""


def measure(case: TitleCase, settings: TitleExactnessSettings) -> list[Measurement]:
    """|sum of the values + bias - score|, relative to the largest logit. A method without sum has no rows."""
    del settings
    return [] if bool(torch.isnan(case.error).all()) else [Measurement("error", case.error)]


SCORE = Score(
    "the sum of the values against the network", TitleExactnessSettings, measure,
    {"error": Metric("|sum + bias - score| / largest |logit|", "lower")},
    of="titles",
)  # fmt: skip
