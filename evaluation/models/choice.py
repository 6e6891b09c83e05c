"""``choose``: the network to take, and what it costs."""

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass

from openbox.errors import InputError, UnknownNameError, named

from ..whole.facts import Fact
from .measures import ACCURACY, CRITERIA
from .over_seeds import OverSeeds, over_seeds, paired

_COMPARED = {">=": operator.ge, "<=": operator.le}


@dataclass(frozen=True)
class Requirement:
    """``metric`` has to compare so with ``bound``, in the mean over seeds."""

    name: str
    metric: str
    sign: str
    bound: float

    def __str__(self) -> str:
        return f"{self.name}{self.sign}{self.bound:g}"

    def met(self, value: float) -> bool:
        """Whether a mean is good enough."""
        return bool(_COMPARED[self.sign](value, self.bound))


@dataclass(frozen=True)
class ModelChoice:
    """``name`` is the best by the criterion of those that meet the requirement; ``accuracy`` and ``wanted``
    (the criterion) are its, ``cost`` and ``gain`` their differences to those of ``best``, the most accurate
    network, paired by seeds."""

    name: str
    best: str
    accuracy: OverSeeds
    wanted: OverSeeds
    cost: OverSeeds
    gain: OverSeeds


def read_requirement(text: str) -> Requirement:
    """From a word such as ``accuracy>=0.98``; raises ``InputError`` or ``UnknownNameError``."""
    found = re.fullmatch(r"\s*(\w+)\s*(>=|<=)\s*([\d.eE+-]+)\s*", text)
    try:
        if found is None:
            raise ValueError
        bound = float(found[3])
    except ValueError:
        raise InputError(
            f"models: --require {text!r}; pass a criterion and a bound, such as accuracy>=0.98"
        ) from None
    return Requirement(found[1], metric_of(found[1]), found[2], bound)


def metric_of(name: str) -> str:
    """The metric that a criterion or the accuracy stands for; raises ``UnknownNameError``."""
    if name == ACCURACY:
        return name
    if name not in CRITERIA:
        with named("models"):
            raise UnknownNameError("criterion", name, [ACCURACY, *CRITERIA])
    return CRITERIA[name].metric


def choose(facts: Sequence[Fact], requirements: Sequence[Requirement], prefer: str) -> ModelChoice:
    """Of equals by the criterion the more accurate one.

    Raises ``InputError`` if no network meets the requirements, and says who comes nearest, or if none was
    measured by the criterion.
    """
    metric = metric_of(prefer)
    larger = prefer == ACCURACY or CRITERIA[prefer].larger
    right, wanted = over_seeds(facts, ACCURACY), over_seeds(facts, metric)
    left = [name for name in wanted if name in right]
    if not left:
        raise InputError(f"models: nothing was measured that --prefer {prefer} needs; pass another criterion")
    for number, requirement in enumerate(requirements):
        measured = over_seeds(facts, requirement.metric)
        found = {name: measured[name] for name in left if name in measured}
        kept = [name for name in found if requirement.met(found[name].mean)]
        if not kept:
            pick = max if requirement.sign == ">=" else min
            nearest = pick(found, key=lambda name: found[name].mean) if found else None
            said = f"; the nearest is {nearest} with {found[nearest].mean:.4g}" if nearest else ""
            met = "".join(f" and {one}" for one in requirements[:number])
            raise InputError(f"models: no network has {requirement}{met}{said}; ask for less")
        left = kept
    sign = 1 if larger else -1
    name = max(left, key=lambda one: (sign * wanted[one].mean, right[one].mean))
    best = max(right, key=lambda one: right[one].mean)
    return ModelChoice(
        name, best, right[name], wanted[name],
        paired(facts, ACCURACY, name, best), paired(facts, metric, name, best),
    )  # fmt: skip


def sentence(choice: ModelChoice, requirements: Sequence[Requirement], prefer: str) -> str:
    """The choice in words."""
    asked = f" with {' and '.join(map(str, requirements))}" if requirements else ""
    said = f"{choice.name}{asked}: {prefer} {_shown(choice.wanted)}, accuracy {_shown(choice.accuracy)}"
    if choice.name == choice.best:
        return f"{said}; no network of the study is more accurate"
    return (
        f"{said}; against {choice.best}, the most accurate: accuracy {_shown(choice.cost, plus=True)}, "
        f"{prefer} {_shown(choice.gain, plus=True)}"
    )


def _shown(standing: OverSeeds, plus: bool = False) -> str:
    value = f"{standing.mean:+.4f}" if plus else f"{standing.mean:.4f}"
    return value if standing.half is None else f"{value} +- {standing.half:.4f}"
