"""``title_prediction``: the neighbour study: what a method says at a title, tried at a title beside it.

Every method that takes the score for a function is asked what it predicts after one word was changed, beside
the baseline that predicts no change at all. ``fill``: the word is made unknown, or becomes its neighbour,
the nearest word in the network's own embedding.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.text.occlusion import made_unknown
from openbox.text.open_reader import Words
from openbox.zoo.title_reader import UNKNOWN

from ..measurement import Measurement, Metric, Score
from .case import TitleCase, drawn_places

EXACT = 1e-6  # of the largest logit: float32 carries 1e-7


@dataclass(frozen=True)
class TitlePredictionSettings:
    """Nothing to set."""


def measure(case: TitleCase, settings: TitlePredictionSettings) -> list[Measurement]:
    """``error`` = |prediction - score| of the target's logit; ``squared_error``, whose mean has the RMSE for
    its root; ``exact``: 1 where it is below ``EXACT`` of the largest logit. ``constant_error`` and
    ``constant_squared_error`` are those of f(title) itself, the same for every method.

    (With a word deleted there is no prediction to try: a piece is a function of titles of one length.)
    """
    del settings
    if any(one.surrogate is None for one in case.explain(case.titles[:1], case.target[:1])):
        return []
    explanations = case.explain(case.titles, case.target)
    places = drawn_places(case)
    here = _scores(case, case.titles)[0]
    changed: dict[str, list[Words]] = {
        "unknown": [made_unknown(title, place) for title, place in zip(case.titles, places, strict=True)],
        "neighbour": _neighbours(case, places),
    }
    found: list[Measurement] = []
    for fill, titles in changed.items():
        score, scale = _scores(case, titles)
        predicted = []
        for explanation, title, place in zip(explanations, titles, places, strict=True):
            kept = torch.arange(len(title)) != place
            assert explanation.surrogate is not None
            x = case.reader.embed([title]).double()
            predicted.append(explanation.surrogate(x, kept[None].to(x.device))[0])
        error, constant = (torch.stack(predicted) - score).abs(), (here - score).abs()
        for name, values in (
            ("error", error), ("squared_error", error**2), ("exact", (error <= EXACT * scale).double()),
            ("constant_error", constant), ("constant_squared_error", constant**2),
        ):  # fmt: skip
            found.append(Measurement(name, values, fill=fill, space="logit"))
    return found


def _scores(case: TitleCase, titles: list[Words] | list[tuple[str, ...]]) -> tuple[Tensor, Tensor]:
    """The target's logit (n,) and the largest logit (n,), float64."""
    logits = case.logits(titles).double()
    return logits.gather(1, case.target[:, None])[:, 0], logits.abs().amax(1)


def _neighbours(case: TitleCase, places: list[int]) -> list[Words]:
    """Each title with the word at its place replaced by the nearest other one in the embedding."""
    model = case.reader.model
    words = model.embedding.weight
    found: list[Words] = []
    for title, place in zip(case.titles, places, strict=True):
        row = model.vocabulary.rows.get(title[place], UNKNOWN)
        distance = (words - words[row]).norm(dim=1)
        distance[[row, UNKNOWN]] = torch.inf
        nearest = model.vocabulary[int(distance.argmin()) - UNKNOWN - 1]
        found.append([*title[:place], nearest, *title[place + 1 :]])
    return found


SCORE = Score(
    "one word changed: what the method predicts", TitlePredictionSettings, measure,
    {
        "error": Metric("|prediction - score|", "lower", "logits"),
        "squared_error": Metric("its square", "lower", "logits^2"),
        "exact": Metric("share predicted exactly", "higher"),
        "constant_error": Metric("the same for no change at all", "", "logits"),
        "constant_squared_error": Metric("its square", "", "logits^2"),
    },
    of="titles",
)  # fmt: skip
