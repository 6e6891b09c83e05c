"""Pixel flipping that networks can be compared by: between the best and the worst order of each image.

Areas depend on the network (Edin et al., ACL 2025: normalised AOPC); both limits are found by beam search.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from openbox.explainers.create import create

from ..case import relevance
from ..scores.parts.order import rank
from .regions import Numbers
from .subject import ModelSubject

Answers = Callable[[Tensor], Tensor]  # which features are removed, bool (M, F) -> what is left, (M,)


def normalised(subject: ModelSubject) -> Numbers:
    """The mean of (AOPC - worst) / (best - worst) of ``openbox``: 1 if no order lowers the probability of
    the class sooner, 0 if none does later; images that no order tells apart are left out. Removed patches
    become the mean of the test pixels."""
    settings = subject.sampling
    x = subject.x(settings.flips)
    if not len(x):
        return {"NAOPC": None}
    target = subject.logits(x).argmax(1)
    maps = relevance(create("openbox", subject.model, x).explain(x, target))
    order = rank(maps, settings.patch, tuple(range(len(x))))
    fill = subject.images.batch(slice(0, 2000)).mean((0, 2, 3), keepdim=True)
    found = []
    for number, one in enumerate(x):
        answers = _answers(subject, one[None], int(target[number]), fill, order.ranks[number].flatten())
        own = total_of(answers, torch.arange(order.features))
        best, worst = (search(answers, order.features, settings.beam, sign) for sign in (1, -1))
        # the search may miss what the map found; the limits are then the map's own
        best, worst = min(best, own), max(worst, own)
        if worst - best > 1e-9:
            found.append((worst - own) / (worst - best))
    return {"NAOPC": sum(found) / len(found) if found else None}


def search(answers: Answers, features: int, beam: int, sign: int) -> float:
    """The least (``sign`` 1) or largest (-1) sum of answers while ``features`` are removed one by one.

    Of all sets of a size the ``beam`` best are gone on from, one order for each set.
    """
    removed, sums = torch.zeros(1, features, dtype=torch.bool), torch.zeros(1, dtype=torch.float64)
    one = torch.eye(features, dtype=torch.bool)
    for _ in range(features):
        more = (removed[:, None] | one).flatten(0, 1)
        new = ~(removed[:, None] & one).any(2).flatten()
        before = sums.repeat_interleave(features)[new]
        more = more[new]
        totals = before + sign * answers(more).double()
        order = totals.argsort(stable=True)
        _, sets = torch.unique(more[order], dim=0, return_inverse=True)
        first = torch.full((int(sets.max()) + 1,), len(sets)).scatter_reduce_(
            0, sets, torch.arange(len(sets)), "amin"
        )
        kept = order[first.sort().values[:beam]]
        removed, sums = more[kept], totals[kept]
    return sign * float(sums.min())


def total_of(answers: Answers, order: Tensor) -> float:
    """The sum of answers while the features are removed in ``order`` (F,)."""
    steps = torch.arange(len(order))
    ranks = torch.empty_like(order).scatter_(0, order, steps)
    return float(answers(ranks[None] <= steps[:, None]).double().sum())


def _answers(subject: ModelSubject, x: Tensor, target: int, fill: Tensor, ranks: Tensor) -> Answers:
    """The probability of ``target`` for x (1, C, H, W); features bear the rank (H W,) of their pixels."""

    def answers(removed: Tensor) -> Tensor:
        found = []
        for some in removed.split(2000):
            images = torch.where(some[:, ranks].view(-1, 1, *x.shape[2:]), fill, x)
            found.append(subject.logits(images).softmax(1)[:, target])
        return torch.cat(found)

    return answers
