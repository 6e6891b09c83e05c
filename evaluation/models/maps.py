"""Measures of the maps: how few pixels they need, how alike they are where images are, who agrees."""

from itertools import combinations

import torch
from torch import Tensor

from openbox.explainers.create import create

from ..case import relevance
from ..scores.parts.agreement import cosine, spearman
from ..scores.sparsity import gini
from .regions import Numbers
from .subject import ModelSubject

ENOUGH = 0.9
EXPLAINED_BY = ("openbox", "integrated_gradients", "occlusion", "shap_partition")


def sparsity(subject: ModelSubject) -> Numbers:
    """Of decision features: the Gini index of ``|w|``, and how many coordinates hold 90 % of it, a share."""
    features, _ = subject.features
    return {
        "gini": float(gini(features).nanmean()),
        "coordinates for 90 %": float(needed(features).nanmean()),
    }


def needed(features: Tensor) -> Tensor:
    """The least share (n,) of coordinates of rows (n, D) whose ``|w|`` sum to 90 %; NaN for zeros."""
    size = features.abs().double().sort(1, descending=True).values
    total = size.sum(1, keepdim=True)
    count = (size.cumsum(1) < ENOUGH * total * (1 - 1e-12)).sum(1) + 1
    return torch.where(total[:, 0] > 0, count / features.shape[1], torch.nan)


def neighbours(subject: ModelSubject) -> Numbers:
    """The cosine of decision features of an image and of its nearest neighbour, both so decided."""
    features, decided = subject.features
    pixels = subject.x(subject.sampling.maps).flatten(1).double()
    apart = torch.cdist(pixels, pixels)
    apart[decided[:, None] != decided] = torch.inf
    apart.fill_diagonal_(torch.inf)
    known = apart.isfinite().any(1)
    alike = cosine(features[known], features[apart.argmin(1)[known]])
    return {"neighbour cosine": float(alike.nanmean()) if bool(known.any()) else None}


def agreement(subject: ModelSubject) -> Numbers:
    """Spearman's rank correlation of maps for the predicted class, the mean over pairs of methods."""
    x = subject.x(subject.sampling.agreement)
    if not len(x):
        return {"agreement": None}
    references = subject.images.batch(slice(len(subject.images) - 16, None))
    target = subject.logits(x).argmax(1)
    maps = [
        relevance(create(name, subject.model, references).explain(x, target)).flatten(1)
        for name in EXPLAINED_BY
    ]
    pairs = [spearman(a, b).nanmean() for a, b in combinations(maps, 2)]
    return {"agreement": float(torch.stack(pairs).mean())}
