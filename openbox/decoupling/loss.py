"""What a decoupled network is trained for besides its task: paths that tell classes, are short, and fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, kl_div

from openbox.decoupling.gated import Signals


@dataclass(frozen=True)
class Prices:
    """What each part of the loss costs beside the cross-entropy of the task.

    ``information`` of what the masks say about the class, ``alignment`` of masks with outputs, ``sparsity``
    of each filter more or less than the share ``rate`` of a layer, on average. The defaults are for a few
    epochs; the authors' code has .01, 1 and .00015 for ResNet-56 and 200 epochs, and there ``rate`` is 0,
    which makes ``sparsity`` a price and no target.
    """

    information: float = 0.1
    alignment: float = 0.1
    sparsity: float = 0.05
    rate: float = 0.5


@dataclass(frozen=True)
class Parts:
    """The parts of the loss, each a scalar without its price."""

    task: Tensor
    information: Tensor
    alignment: Tensor
    sparsity: Tensor

    def total(self, prices: Prices) -> Tensor:
        return (
            self.task
            + prices.information * self.information
            + prices.alignment * self.alignment
            + prices.sparsity * self.sparsity
        )


def loss_parts(
    logits: Tensor, labels: Tensor, signals: Sequence[Signals], readers: Sequence[nn.Module], rate: float
) -> Parts:
    """The parts for logits (N, K), labels (N,) and the signals of each layer.

    *Information*: the cross-entropy of a linear ``reader`` of each mask; the entropy of the classes less it
    is a lower bound of the mutual information of mask and class, for each layer (Barber and Agakov 2003).
    *Alignment*: ``KL(softmax(level) || softmax(mask))``, in nats, for each input. *Sparsity*:
    ``|mean of the number of filters that are used - rate * filters|``. All are sums over the layers.
    """
    zero = logits.new_zeros(())
    information, alignment, sparsity = zero, zero, zero
    for one, reader in zip(signals, readers, strict=True):
        information = information + cross_entropy(reader(one.mask), labels)
        aligned = kl_div(
            one.mask.log_softmax(1), one.level.log_softmax(1), reduction="batchmean", log_target=True
        )
        alignment = alignment + aligned
        sparsity = sparsity + (one.mask.sum(1).mean() - rate * one.mask.shape[1]).abs()
    return Parts(cross_entropy(logits, labels), information, alignment, sparsity)


def fresh_readers(filters: Sequence[int], classes: int, seed: int) -> nn.ModuleList:
    """A linear reader of the mask of each layer."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.ModuleList(nn.Linear(count, classes) for count in filters)
