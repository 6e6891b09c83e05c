"""The tables of the command ``cnn-inte``, as a function of its facts alone."""

from collections.abc import Sequence

from ..whole.facts import Fact
from ..whole.markdown import NONE, percent, pivot
from .measures import METRICS, REGION_METRICS, REGIONS, RIVALS, TABLE

_COUNTS = {"leaves", "images", "clusters"}


def tables(facts: Sequence[Fact]) -> str:
    """All tables in Markdown. Shares are in percent of the test images."""
    name = facts[0]
    text = [f"# CNN-INTE: {name.network}, layer {name.setting}\n"]
    for table, metrics in ((TABLE, METRICS), (RIVALS, METRICS), (REGIONS, REGION_METRICS)):
        text += [f"## {table}\n", pivot(facts, table, metrics, table, lambda fact: fact.item, show)]
    return "\n".join(text)


def show(metric: str, value: float | None) -> str:
    """Whole numbers for counts, percent for the rest."""
    if value is None:
        return NONE
    return f"{value:.0f}" if metric in _COUNTS else percent(value)
