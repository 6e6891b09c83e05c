"""What is known at one input: the exact map, the nearest border, the nearest change of the decision."""

import hashlib
from collections.abc import Callable, Hashable

from torch import Tensor
from ui.kept import kept
from ui.sources import AnyNetwork

from geometry import computing
from openbox.geometry.counterfactuals.counterfactual import Counterfactual
from openbox.geometry.regions.crossing import Crossing, GateUnit, changes
from openbox.module.precision import exact_math

WALKED = (
    1  # regions that the search is polished in: more cost twice the time for a thousandth of the distance
)


def weights(card: AnyNetwork, x: Tensor) -> Tensor:
    """The exact weights (K, C, H, W) float64 of all classes on the region of x (1, C, H, W)."""
    return computing.network(card).linearize(x).weight[0]


def logits(card: AnyNetwork, x: Tensor) -> Tensor:
    """The network's own answer (K,) in float64."""
    return computing.network(card).original(x)[0]


def changed(card: AnyNetwork, before: Tensor, after: Tensor) -> list[GateUnit]:
    """The units that decide otherwise at one input than at the other, both (1, C, H, W)."""
    view = computing.network(card).view()
    with exact_math():
        patterns = [view.record(x)[1] for x in (before, after)]
        return changes(view, patterns[0], patterns[1])


def nearest(
    card: AnyNetwork, x: Tensor, norm: float, key: Hashable, progress: Callable[[int, int], None]
) -> Crossing:
    """The nearest border of the region of x; ``key`` names x and the norm."""
    return kept("nearest", 256).get(
        key, lambda: computing.network(card).region(x).distance(norm, ties=False, progress=progress)
    )


def nearest_is_kept(key: Hashable) -> bool:
    """Whether ``nearest`` has the answer already."""
    return key in kept("nearest", 256)


def counterfactual(
    card: AnyNetwork, x: Tensor, norm: float, progress: Callable[[float], None]
) -> Counterfactual:
    """The nearest change of the decision at x (1, C, H, W), told every distance that it comes down to."""
    return kept("counterfactual", 64).get(
        _counterfactual_key(card, x, norm),
        lambda: computing.network(card).counterfactual(x, norm=norm, regions=WALKED, progress=progress),
    )


def counterfactual_is_kept(card: AnyNetwork, x: Tensor, norm: float) -> bool:
    """Whether it is there already."""
    return _counterfactual_key(card, x, norm) in kept("counterfactual", 64)


def _counterfactual_key(card: AnyNetwork, x: Tensor, norm: float) -> tuple[str, str, float]:
    return card.sha256, hashlib.sha256(x.numpy().tobytes()).hexdigest(), norm
