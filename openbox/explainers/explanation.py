"""What is asked of an explainer (``Contrast``, a class) and what it answers (``Explanation``)."""

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from openbox.errors import InputError, shown
from openbox.explainers.surrogate import Surrogate

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Contrast:
    """The question "why ``preferred`` rather than ``other``?": the score is the difference of two logits."""

    preferred: int
    other: int


Target = Contrast | int | Tensor | None


@dataclass(frozen=True, eq=False)
class Receipt:
    """What a map claims about the model, and the numbers (N,) by which the claim can be checked."""

    claim: str
    numbers: dict[str, Tensor]

    def __repr__(self) -> str:
        return f"Receipt({self.claim!r}, numbers {', '.join(self.numbers) or 'none'})"


@dataclass(frozen=True, eq=False)
class Maps:
    """What a method computes for a batch; ``values`` (N, *input_shape), ``receipt`` for each image.

    ``model_calls`` counts forward and backward passes per image. ``segments`` (N, H, W) are the
    patches of a method that scores patches, ``grid`` (N, h, w) its own coarse map before upsampling.
    ``surrogate`` is the function the method takes the score for, if it has one beyond the images.
    """

    values: Tensor
    receipt: Receipt
    model_calls: float
    segments: Tensor | None = None
    grid: Tensor | None = None
    surrogate: Surrogate | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Maps with their conditions.

    ``values`` (N, *input_shape) in ``unit``; ``signed`` tells whether a negative value opposes the
    target; ``model_calls`` forward and backward passes per image; ``seconds`` for the whole batch.
    ``against_others``: for a class, the map explains its logit minus the mean of the others.
    """

    values: Tensor
    signed: bool
    unit: str
    model_calls: float
    seconds: float
    receipt: Receipt
    segments: Tensor | None = None
    grid: Tensor | None = None
    surrogate: Surrogate | None = None
    against_others: bool = False

    def __repr__(self) -> str:
        return (
            f"Explanation(values {tuple(self.values.shape)} in {self.unit}, {self.model_calls:g} model calls "
            f"per image, {self.seconds:.2g} s, {self.receipt.claim!r})"
        )

    def plot(self) -> "Figure":
        """A matplotlib figure of the first 8 maps with unit and legend; bars where the inputs are no images.

        Needs matplotlib (``pip install openbox-explain[plot]``). It belongs to no window: ``savefig`` keeps
        it, a notebook shows it. Raises ``InputError`` without matplotlib.
        """
        try:
            from openbox.explainers.plot import plot
        except ImportError as error:
            raise InputError(
                f"explanation.plot: matplotlib cannot be imported ({error}); "
                "pip install 'openbox-explain[plot]'"
            ) from error
        return plot(self)

    def _repr_png_(self) -> bytes | None:
        """The figure, for a notebook; None without matplotlib: then it shows the line above."""
        try:
            from openbox.explainers.plot import plot
        except ImportError:
            return None
        return plot(self)._repr_png_()


def coefficients(target: Target, logits: Tensor) -> Tensor:
    """The score as a row over the outputs: ``score = coefficients . logits``, shape (N, K).

    ``target`` is a class for all images, a class for each (N,), a ``Contrast``, or None for the
    predicted class. Raises ``InputError`` for a class that does not exist.
    """
    count = len(logits)
    if isinstance(target, Contrast):
        if not isinstance(target.preferred, Integral) or not isinstance(target.other, Integral):
            raise InputError(f"{_words(target)} is no class against a class; pass two integers")
        if target.preferred == target.other:
            raise InputError(f"{_words(target)} compares a class with itself; choose two classes")
        return _one_hot(target.preferred, logits) - _one_hot(target.other, logits)
    if isinstance(target, Tensor) and (target.shape != (count,) or target.is_floating_point()):
        raise InputError(
            f"target has shape {tuple(target.shape)} and {target.dtype}, expected ({count},) int64"
        )
    if target is None:
        target = logits.argmax(1)
    return _one_hot(target, logits)


def _words(target: Contrast) -> str:
    return f"Contrast({shown(target.preferred)}, {shown(target.other)})"


def _one_hot(target: Integral | int | Tensor, logits: Tensor) -> Tensor:
    count, outputs = logits.shape
    if not isinstance(target, Tensor | Integral):
        raise InputError(
            f"target {shown(target)} is no class; pass a class, a class per image as a tensor "
            f"({count},), a Contrast of two classes, or None for the predicted class"
        )
    index = torch.as_tensor(target, device=logits.device).expand(count)
    wrong = index[(index < 0) | (index >= outputs)]
    if len(wrong):
        raise InputError(f"target {int(wrong[0])} does not exist; the classes are 0 to {outputs - 1}")
    return torch.nn.functional.one_hot(index.long(), outputs).to(logits)
