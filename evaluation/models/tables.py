"""The tables of the command ``models``, as a function of its facts alone."""

import math
from collections.abc import Sequence

from ..whole.facts import Fact
from ..whole.markdown import NONE, digits, percent, pivot
from .facts import MEASURES, TREE_METRICS, TREES
from .measures import ACCURACY, CRITERIA, MODEL_MEASURES
from .over_seeds import OverSeeds, front, over_seeds, paired, sure
from .similar import MERGED, MERGED_METRICS, REGION_METRICS, REGIONS
from .spread import SPREAD
from .training import METRICS, TABLE

_METRICS = (ACCURACY, *(metric for one in MODEL_MEASURES for metric in one.metrics), SPREAD)
_COMPARED = (
    ACCURACY,
    "gini",
    SPREAD,
    "regions on a segment",
    "border distance",
    "neighbour cosine",
    "agreement",
    "NAOPC",
)
_DIFFERENCES = (
    "Of each network from the one that its name begins with, else from the first; the mean over pairs of one "
    "seed, and half of its 95 % interval."
)
_FRONTS = (
    "By their means, no other network is better in one of the two and not worse in the other. With a star: "
    "the 95 % intervals over seeds tell it from every other network in at least one of the two."
)
_PLAIN = {"loss", "borders per length", "error"}
_DECIMALS = {
    ACCURACY: 4, "regions": 4, "regions on a segment": 1, "borders per length of segments": 1,
    "inscribed radius": 4,
}  # fmt: skip
_SMALL = {"border distance": ".2g"}
_COUNTS = {"clusters", "alone clusters", "size", "hyperplanes"}


def tables(facts: Sequence[Fact]) -> str:
    """All tables in Markdown: the mean over seeds, and half of its 95 % interval."""
    found = {metric: over_seeds(facts, metric) for metric in _METRICS}
    there = {metric: values for metric, values in found.items() if values}
    metrics, compared = list(there), [metric for metric in _COMPARED if metric in there]
    text = ["# Networks\n", "Mean over seeds +- half of the 95 % interval.\n"]
    text += [f"| network | {' | '.join(metrics)} |", "|---" * (len(metrics) + 1) + "|"]
    names = [*dict.fromkeys(fact.network for fact in facts if fact.table == MEASURES)]
    for name in names:
        text.append(
            f"| {name} | {' | '.join(_over(metric, there[metric].get(name)) for metric in metrics)} |"
        )
    text.append(f"\n## Differences\n\n{_DIFFERENCES}\n")
    text += [f"| network | {' | '.join(compared)} |", "|---" * (len(compared) + 1) + "|"]
    for name in names[1:]:
        other = name.partition("_")[0]
        other = other if other in names and other != name else names[0]
        cells = [_over(metric, paired(facts, metric, name, other), "+") for metric in compared]
        text.append(f"| {name} from {other} | {' | '.join(cells)} |")
    text.append(f"\n## Fronts\n\n{_FRONTS}\n")
    text += ["| criterion | networks, the most accurate first |", "|---|---|"]
    for name, one in CRITERIA.items():
        if one.metric not in there:
            continue
        members = [f"{member}*" if sure(facts, one, member) else member for member in front(facts, one)]
        text.append(f"| {name}: {one.summary} | {', '.join(members)} |")
    seed = next((fact.setting for fact in facts), "")
    some = [fact for fact in facts if fact.setting == seed]
    if any(fact.table == TREES for fact in some):
        text.append(f"\n## Trees of regions, {seed}\n")
        text.append(pivot(some, TREES, TREE_METRICS, "network, gate layer", _layer, _show))
    text.append(f"## Training, {seed}\n")
    text.append(pivot(some, TABLE, METRICS, "network, epoch", _layer, _show))
    if any(fact.table == MERGED for fact in some):
        text.append(f"## Merged pieces, {seed}\n")
        text.append(pivot(some, MERGED, MERGED_METRICS, "network, in its place", _layer, _show))
        text.append(f"## Representative regions after the last convolution, {seed}\n")
        text.append(pivot(some, REGIONS, REGION_METRICS, "network, class", _layer, _show))
    return "\n".join(text)


def _over(metric: str, one: OverSeeds | None, sign: str = "") -> str:
    if one is None or math.isnan(one.mean):
        return NONE
    form = _SMALL.get(metric) or f".{_DECIMALS.get(metric, 3)}f"
    half = f" +- {one.half:{form}}" if one.half is not None else ""
    return f"{one.mean:{sign}{form}}{half}"


def _layer(fact: Fact) -> str:
    return f"{fact.network}, {fact.item}"


def _show(metric: str, value: float | None) -> str:
    if value is None:
        return NONE
    if metric in _COUNTS:
        return f"{value:.0f}"
    return digits(value) if metric in _PLAIN else percent(value)
