"""``hybrid``: two titles of different classes glued together: ground truth without annotation.

Poerner, Schütze, Roth, ACL 2018, "hybrid documents": the word that speaks most for a class should be of the
title that has the class.
"""

from dataclasses import dataclass

import torch

from ..measurement import Measurement, Metric, Score
from .case import TitleCase, generators


@dataclass(frozen=True)
class HybridSettings:
    """Nothing to set."""


def measure(case: TitleCase, settings: HybridSettings) -> list[Measurement]:
    """``hit``: 1 if the largest value for the predicted class lies in the title with that label.

    ``chance``: the share of words that are in that title, which a blind choice hits. The partner and the
    order are drawn for each title. NaN where the network predicts neither of the two labels.
    """
    del settings
    glued: list[list[str]] = []
    spans: list[tuple[int, int, int, int]] = []  # words of the first part and of both, and their labels
    for title, label, generator in zip(case.titles, case.label.tolist(), generators(case.seeds), strict=True):
        others = (case.pool.labels != label).nonzero()[:, 0]
        partner = int(others[torch.randint(len(others), (), generator=generator)])
        parts = [(title, label), (case.pool.titles[partner], int(case.pool.labels[partner]))]
        if bool(torch.rand((), generator=generator) < 0.5):
            parts.reverse()
        (first, one), (second, other) = parts
        glued.append([*first, *second])
        spans.append((len(first), len(first) + len(second), one, other))
    predicted = case.logits(glued).argmax(1)
    found = case.explain(glued, predicted)
    hits, chances = [], []
    for explanation, (border, end, one, other), target in zip(found, spans, predicted.tolist(), strict=True):
        place = int(explanation.values.argmax())
        inside = place < border if target == one else place >= border
        share = border / end if target == one else 1 - border / end
        known = target in (one, other)
        hits.append(float(inside) if known else torch.nan)
        chances.append(share if known else torch.nan)
    double = torch.float64
    return [Measurement("hit", torch.tensor(hits, dtype=double)),
            Measurement("chance", torch.tensor(chances, dtype=double))]  # fmt: skip


SCORE = Score(
    "the largest word of two titles glued together", HybridSettings, measure,
    {
        "hit": Metric("share in the title of the predicted class", "higher"),
        "chance": Metric("share of words in that title", ""),
    },
    of="titles",
)  # fmt: skip
