"""``OverSeeds``: a metric of a network over its seeds, and the front that no other network beats."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import t as student

from ..whole.facts import Fact
from .facts import MEASURES
from .measures import ACCURACY, Criterion

LEVEL = 0.95


@dataclass(frozen=True)
class OverSeeds:
    """``mean`` over seeds; ``half`` of the 95 % interval by Student's t, None for a single seed."""

    mean: float
    half: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> "OverSeeds":
        """Of one value a seed."""
        count = len(values)
        half = None
        if count > 1:
            half = (
                float(student.ppf(0.5 + LEVEL / 2, count - 1)) * statistics.stdev(values) / math.sqrt(count)
            )
        return cls(statistics.fmean(values), half)


Values = dict[str, dict[str, float]]  # by network, by seed


def by_network(facts: Sequence[Fact], metric: str) -> Values:
    """The values of a metric that there are, in the order of the facts."""
    found: Values = {}
    for fact in facts:
        if fact.table == MEASURES and fact.metric == metric and fact.value is not None:
            found.setdefault(fact.network, {})[fact.setting] = fact.value
    return found


def over_seeds(facts: Sequence[Fact], metric: str) -> dict[str, OverSeeds]:
    """Of each network that has the metric."""
    return {name: OverSeeds.of([*values.values()]) for name, values in by_network(facts, metric).items()}


def paired(facts: Sequence[Fact], metric: str, name: str, other: str) -> OverSeeds:
    """A network's value less that of another, seed by seed; NaN where no seed has both."""
    values = by_network(facts, metric)
    mine, theirs = values.get(name, {}), values.get(other, {})
    both = [mine[seed] - theirs[seed] for seed in mine if seed in theirs]
    return OverSeeds.of(both) if both else OverSeeds(float("nan"), None)


def front(facts: Sequence[Fact], criterion: Criterion) -> list[str]:
    """The networks that no other one beats in accuracy without being beaten by the criterion, by their means;
    the most accurate first. Of two that are equal in both, both."""
    right, wanted = over_seeds(facts, ACCURACY), over_seeds(facts, criterion.metric)
    sign = 1 if criterion.larger else -1
    points = {name: (right[name].mean, sign * wanted[name].mean) for name in wanted if name in right}
    kept = [
        name for name, mine in points.items() if not any(_beats(other, mine) for other in points.values())
    ]
    return sorted(kept, key=lambda name: points[name], reverse=True)


def sure(facts: Sequence[Fact], criterion: Criterion, name: str) -> bool | None:
    """Whether the 95 % intervals over paired seeds tell the network, in accuracy or by the criterion, from
    every other one, so that none may be better in both; None for a single seed."""
    sign = 1 if criterion.larger else -1
    for other in by_network(facts, criterion.metric):
        if other == name:
            continue
        right = paired(facts, ACCURACY, name, other)
        wanted = paired(facts, criterion.metric, name, other)
        if right.half is None or wanted.half is None:
            return None
        if right.mean <= right.half and sign * wanted.mean <= wanted.half:
            return False
    return True


def _beats(other: tuple[float, float], mine: tuple[float, float]) -> bool:
    return other != mine and other[0] >= mine[0] and other[1] >= mine[1]
