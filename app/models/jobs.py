"""What a worker computes for the page Models: what networks of a study say of a few images or titles."""

import numpy as np
import torch
from text.jobs import Words, reader
from ui import figures
from work.networks import Source, module

from openbox.explainers.create import create
from openbox.text.added import added_by_words, to_decision


def maps(source: Source, x: torch.Tensor) -> tuple[list[int], list[np.ndarray]]:
    """The classes decided on images x (N, C, H, W), and the decision features (H, W) there.

    Raises ``CheckpointError``.
    """
    model = module(source)
    explanation = create("decision_features", model, x[:1]).explain(x)
    with torch.no_grad():
        decided = model(x).argmax(1).tolist()
    return decided, [figures.plane(values, explanation.unit) for values in explanation.values]


def title_maps(source: Source, words: tuple[Words, ...]) -> tuple[list[int], list[list[float]]]:
    """The classes decided on titles, and what each word adds to that, against the other classes."""
    opened = reader(source)
    decided = opened.logits(words).argmax(1).tolist()
    added = added_by_words(opened, words)
    return decided, [to_decision(one, k).tolist() for one, k in zip(added, decided, strict=True)]
