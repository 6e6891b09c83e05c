"""``word_flip``: the words with the largest values are taken away; how much does the network lose?

AOPC of Samek et al. 2017, for the first one, two and three words: most of a title is five.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.text.open_reader import NOTHING

from ..measurement import Measurement, Metric, Score
from .case import TitleCase

FILLS = ("delete", "unknown", "mean")
MOST = 3


@dataclass(frozen=True)
class WordFlipSettings:
    """Nothing to set."""


def measure(case: TitleCase, settings: WordFlipSettings) -> list[Measurement]:
    """``aopc_k`` = mean over j = 1..k of f(title) - f(title without its first j words), f of the target.

    ``fill``: the words are deleted, made unknown, or get the mean of the embeddings of all known words. A
    title of fewer than k words has no ``aopc_k``; one of k words ends as one unknown word when deleted.
    """
    del settings
    found: list[Measurement] = []
    steps = [min(MOST, len(title)) for title in case.titles]
    for fill in FILLS:
        logits = _ask(case, fill, steps)
        for space, scores in _spaces(logits, case.target, steps):
            curves = torch.stack([_padded(one) for one in scores])
            losses = curves[:, :1] - curves[:, 1:]
            for k in range(1, MOST + 1):
                found.append(Measurement(f"aopc_{k}", losses[:, :k].mean(1), "morf", fill, space))
    return found


def _ask(case: TitleCase, fill: str, steps: list[int]) -> Tensor:
    """(M, K): for each title its own logits, then those with one, two, three words taken away."""
    orders = case.orders()
    if fill == "mean":
        mean = case.reader.model.mean_word()
        points: list[Tensor] = []
        for title, order, count in zip(case.titles, orders, steps, strict=True):
            x = case.reader.embed([title])[0]
            points.append(x)
            for k in range(1, count + 1):
                x = x.index_copy(0, torch.tensor(order[k - 1 : k], device=x.device), mean[None])
                points.append(x)
        return case.logits_at(points)
    titles: list[list[str]] = []
    for title, order, count in zip(case.titles, orders, steps, strict=True):
        for k in range(count + 1):
            gone = set(order[:k])
            kept = [NOTHING if place in gone else word for place, word in enumerate(title)]
            titles.append(kept if fill == "unknown" else [w for i, w in enumerate(title) if i not in gone])
    return case.logits(titles)


def _spaces(logits: Tensor, target: Tensor, steps: list[int]) -> list[tuple[str, list[Tensor]]]:
    """For each space the scores (1 + steps,) of each title, float64."""
    sizes = [count + 1 for count in steps]
    own = target.repeat_interleave(torch.tensor(sizes, device=target.device))
    spaces = {"logit": logits.double(), "probability": logits.double().softmax(1)}
    return [
        (space, list(values.gather(1, own[:, None])[:, 0].split(sizes))) for space, values in spaces.items()
    ]


def _padded(scores: Tensor) -> Tensor:
    """(MOST + 1,), NaN behind the end."""
    return torch.nn.functional.pad(scores, (0, MOST + 1 - len(scores)), value=torch.nan)


SCORE = Score(
    "the words with the largest values are taken away", WordFlipSettings, measure,
    {
        f"aopc_{k}": Metric(f"mean loss over the first {k} word{'s' * (k > 1)}", "higher")
        for k in range(1, MOST + 1)
    },
    of="titles",
)  # fmt: skip
