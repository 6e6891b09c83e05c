"""The one table of spaces: how one number is read off the logits of a network."""

from collections.abc import Callable

from torch import Tensor

Space = Callable[[Tensor, Tensor], Tensor]  # logits (n, ..., K), target (n,) -> (n, ...)


def _logit(logits: Tensor, target: Tensor) -> Tensor:
    """The target's logit minus the mean of all: what a softmax can see of it."""
    return _of(logits, target) - logits.mean(-1)


def _probability(logits: Tensor, target: Tensor) -> Tensor:
    return _of(logits.softmax(-1), target)


def _of(values: Tensor, target: Tensor) -> Tensor:
    index = target.reshape(-1, *[1] * (values.ndim - 1)).expand(*values.shape[:-1], 1)
    return values.gather(-1, index)[..., 0]


SPACES: dict[str, Space] = {"logit": _logit, "probability": _probability}
