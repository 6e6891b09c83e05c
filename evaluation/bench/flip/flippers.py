"""The one table of methods of ``bench flip``: the floor, this library, and Quantus, on the same maps.

Each takes a ``Flipping`` and returns the probability of the target (n, 2, L) after each step, MoRF and LeRF,
black fill; the floor returns its last outputs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.explainers.explanation import Explanation, Receipt

from ...case import Case, Context, Explain, forward
from ...scores import flip
from ...scores.flip import FlipSettings

FLOOR, OURS = "floor", "openbox"


@dataclass(frozen=True)
class Flipping:
    """Images with maps, in L = ``steps`` steps; the floor is a pass for each of ``altered`` images."""

    case: Case
    steps: int

    @property
    def altered(self) -> int:
        """L for each image in each of two orders; f(x) and the all-removed image are passed once for both."""
        return 2 * self.steps * len(self.case.x)


def flipping(model: nn.Module, x: Tensor, relevance: Tensor, steps: int, batch: int) -> Flipping:
    """Bind maps (n, H, W) to their images (n, C, H, W); the predicted class is explained."""
    target = torch.cat([forward(model, part) for part in x.split(batch)]).argmax(1)
    explanation = Explanation(relevance[:, None], True, "logits", 0, 0.0, Receipt("knows nothing", {}))
    context = Context(x.new_zeros(x.shape[1]), torch.zeros(0, *x.shape[1:], dtype=torch.uint8), x[:0])
    return Flipping(
        Case(
            model, x, target, target, torch.arange(len(x)), explanation,
            _explain, _rebuild, context, tuple(range(len(x))), batch,
        ),
        steps,
    )  # fmt: skip


def _explain(x: Tensor, target: Tensor) -> Explanation:
    raise AssertionError(f"pixel flipping explains nothing again: {x.shape}, {target}")


def _rebuild(model: nn.Module, offset: int) -> Explain:
    raise AssertionError(f"pixel flipping binds nothing again: {type(model)}, {offset}")


Function = Callable[[Flipping], Tensor]


@dataclass(frozen=True)
class Flipper:
    """One line of the table."""

    function: Function
    summary: str


def _floor(work: Flipping) -> Tensor:
    """Forward passes and nothing else, in batches of the same size and memory format."""
    case, rest = work.case, work.altered
    full = torch.empty_like(case.x[:1].expand(case.batch, -1, -1, -1), memory_format=_format(case.x))
    full.copy_(case.x[torch.arange(case.batch) % len(case.x)])
    outputs = full
    while rest > 0:
        outputs = forward(case.model, full[:rest])
        rest -= case.batch
    return outputs


def _format(x: Tensor) -> torch.memory_format:
    last = x.is_contiguous(memory_format=torch.channels_last)
    return torch.channels_last if last else torch.contiguous_format


def _openbox(work: Flipping) -> Tensor:
    """The score that ``python -m evaluation run`` computes, with all its areas."""
    settings = FlipSettings(work.steps, fills=("zero",), spaces=("probability",))
    found = {m.metric: m.curves for m in flip.measure(work.case, settings)}
    both = [curve[:, 1:] for curve in (found["morf"], found["lerf"]) if curve is not None]
    return torch.stack(both, 1)


def _quantus(work: Flipping) -> Tensor:
    from .quantus_rival import pixel_flipping

    case = work.case
    both = [
        pixel_flipping(case.model, case.x, case.target, relevance, work.steps, case.batch)
        for relevance in (case.relevance, -case.relevance)
    ]
    return torch.stack(both, 1).to(case.x.device)


FLIPPERS: dict[str, Flipper] = {
    FLOOR: Flipper(_floor, "a bare loop of forward passes over as many images"),
    OURS: Flipper(_openbox, "evaluation.scores.flip.measure"),
    "quantus": Flipper(_quantus, "Quantus 0.6, PixelFlipping with the map and with its negative"),
}
