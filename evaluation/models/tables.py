"""The tables of the command ``models``, as a function of its facts alone."""

from collections.abc import Sequence

from ..whole.facts import Fact
from ..whole.markdown import NONE, digits, percent, pivot
from .facts import MEASURES, TREE_METRICS, TREES
from .measures import ACCURACY, CRITERIA, MODEL_MEASURES
from .over_seeds import front, over_seeds
from .training import METRICS, TABLE

_COUNTS = {"clusters", "alone clusters"}


def tables(facts: Sequence[Fact]) -> str:
    """All tables in Markdown: the mean over seeds, and half of its 95 % interval."""
    metrics = [ACCURACY, *(metric for one in MODEL_MEASURES for metric in one.metrics)]
    there = {metric: over_seeds(facts, metric) for metric in metrics}
    text = ["# Networks\n", "Mean over seeds +- half of the 95 % interval.\n"]
    text += [f"| network | {' | '.join(metrics)} |", "|---" * (len(metrics) + 1) + "|"]
    for name in dict.fromkeys(fact.network for fact in facts if fact.table == MEASURES):
        cells = []
        for metric in metrics:
            one = there[metric].get(name)
            half = f" +- {one.half:.3f}" if one and one.half is not None else ""
            cells.append(f"{one.mean:.4f}{half}" if one else NONE)
        text.append(f"| {name} | {' | '.join(cells)} |")
    text.append("\n## Fronts\n\nNo other network is better in one of the two and not worse in the other.\n")
    text += ["| criterion | networks, the most accurate first |", "|---|---|"]
    text += [f"| {name}: {one.summary} | {', '.join(front(facts, one))} |" for name, one in CRITERIA.items()]
    seed = next((fact.setting for fact in facts), "")
    some = [fact for fact in facts if fact.setting == seed]
    text.append(f"\n## Trees of regions, {seed}\n")
    text.append(pivot(some, TREES, TREE_METRICS, "network, gate layer", _layer, _show))
    text.append(f"## Training, {seed}\n")
    text.append(pivot(some, TABLE, METRICS, "network, epoch", _layer, _show))
    return "\n".join(text)


def _layer(fact: Fact) -> str:
    return f"{fact.network}, {fact.item}"


def _show(metric: str, value: float | None) -> str:
    if value is None:
        return NONE
    if metric in _COUNTS:
        return f"{value:.0f}"
    return digits(value) if metric in METRICS and "accuracy" not in metric else percent(value)
