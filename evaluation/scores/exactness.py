"""``exactness``: the function that a method takes the score for against the model, at the input and around.

Chu, Hu, Hu, Wang, Pei, KDD 2018, call an explanation exact if it is the model itself; here it is measured
for every method that has such a function, LIME's own surrogate included.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.errors import InputError
from openbox.explainers.explanation import Explanation
from openbox.explainers.surrogate import Surrogate, patch_grid
from openbox.module.precision import exact_math

from ..case import Case, generators
from ..measurement import Measurement, Metric, Score
from .parts.limits import check_count, check_share

Draws = Iterator[Tensor]  # each of them points (n, C, H, W)


@dataclass(frozen=True)
class ExactnessSettings:
    """``draws`` points in each neighbourhood: Gaussian noise with each standard deviation of ``radii``
    (pixels are in [0, 1]), and patches of a grid switched to black, ``patches`` along the shorter side."""

    radii: tuple[float, ...] = (0.01, 0.1)
    patches: int = 7
    draws: int = 10

    def __post_init__(self) -> None:
        if not isinstance(self.radii, list | tuple):
            raise InputError(f"exactness: radii is {self.radii!r}; give a list of numbers")
        object.__setattr__(self, "radii", tuple(self.radii))  # a study file has lists
        for radius in self.radii:
            check_share("exactness", "a radius", radius)
        check_count("exactness", "patches", self.patches)
        check_count("exactness", "draws", self.draws)


def noisy(x: Tensor, radius: float, draws: int, seeds: tuple[int, ...]) -> Draws:
    """``clip(x + radius * N(0, 1), 0, 1)``; the same directions for every radius."""
    own = list(generators(seeds))
    for _ in range(draws):
        noise = torch.stack([torch.randn(x.shape[1:], generator=g) for g in own]).to(x)
        yield (x + radius * noise).clamp(0, 1)


def without_patches(x: Tensor, patches: int, draws: int, seeds: tuple[int, ...]) -> Draws:
    """Each patch is black with probability 1/2: the points that LIME itself asks for."""
    own = list(generators(seeds))
    segments = patch_grid(x.shape, patches).to(x.device)
    for _ in range(draws):
        kept = torch.stack([torch.rand(int(segments.max()) + 1, generator=g) for g in own]) < 0.5
        yield x * kept.to(x)[:, segments][:, None]


def mean_gap(surrogate: Surrogate, score: Callable[[Tensor], Tensor], draws: Draws) -> Tensor:
    """``mean |surrogate(z) - score(z)|`` (n,) over the draws z."""
    return torch.stack([(surrogate(z) - score(z)).abs().double() for z in draws]).mean(0)


def measure(case: Case, settings: ExactnessSettings) -> list[Measurement]:
    """``gap`` in logits; ``relative_gap`` is the same divided by |score| at the input (NaN where that is 0).

    ``fill`` names the neighbourhood, "" is the input itself. A method whose values only add up at the
    input (SHAP) is measured there, by the gap of its receipt; one that claims nothing has no rows. Each
    surrogate is compared with its own score (decision features: against the mean of the other classes).
    Costs one explanation and ``draws`` passes for each neighbourhood.
    """
    parts = [_measure(case, settings, slice(i, i + case.batch)) for i in range(0, len(case.x), case.batch)]
    if not parts[0]:
        return []
    found: list[Measurement] = []
    for fill in parts[0]:
        gap, score = (torch.cat(v) for v in zip(*(part[fill] for part in parts), strict=True))
        relative = gap / score.abs().where(score != 0, torch.nan)
        found.append(Measurement("gap", gap, fill=fill, space="logit"))
        found.append(Measurement("relative_gap", relative, fill=fill, space="logit"))
    return found


def _measure(case: Case, settings: ExactnessSettings, some: slice) -> dict[str, tuple[Tensor, Tensor]]:
    """By neighbourhood: the gap and the score at the input, each (n,) in float64."""
    x, seeds = case.x[some], case.seeds[some]
    explanation: Explanation = case.explain(x, case.target[some])  # stored maps have no surrogate
    surrogate, numbers = explanation.surrogate, explanation.receipt.numbers
    if surrogate is None:
        return {"": (numbers["gap"].abs().double(), numbers["score"].double())} if "gap" in numbers else {}

    def score(points: Tensor) -> Tensor:
        with exact_math():
            return (surrogate.readout * case.logits(points)).sum(1)

    at_input = score(x).double()
    neighbourhoods = {
        "": iter([x]),
        **{f"noise {r:g}": noisy(x, r, settings.draws, seeds) for r in settings.radii},
        "patches": without_patches(x, settings.patches, settings.draws, seeds),
    }
    return {fill: (mean_gap(surrogate, score, draws), at_input) for fill, draws in neighbourhoods.items()}


SCORE = Score(
    "the method's own function against the model", ExactnessSettings, measure,
    {
        "gap": Metric("|surrogate - model|", "lower", "logits"),
        "relative_gap": Metric("|surrogate - model| / |model at the input|", "lower"),
    },
)  # fmt: skip
