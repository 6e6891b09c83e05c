"""Paths of classes: the filters that a class uses more often than the others do."""

import torch
from torch import Tensor

SHARE = 0.05  # of all gated filters: those whose use tells a class from the others best are its path


def class_contrast(used: Tensor, labels: Tensor) -> Tensor:
    """(classes, filters): how much more often a class uses a filter than the others do on average."""
    rates = torch.stack([used[labels == k].double().mean(0) for k in range(int(labels.max()) + 1)])
    others = (rates.sum(0) - rates) / (len(rates) - 1)
    return rates - others


def strongest(contrast: Tensor, share: float) -> Tensor:
    """bool (filters,): the share of them with the largest contrast, as far as it is above 0."""
    count = max(1, round(share * len(contrast)))
    chosen = torch.zeros_like(contrast, dtype=torch.bool)
    chosen[contrast.argsort(descending=True, stable=True)[:count]] = True
    return chosen & (contrast > 0)
