"""The tables of the command ``decouple``, as a function of its facts alone."""

from collections.abc import Sequence

from ..whole.facts import Fact
from ..whole.markdown import NONE, digits, percent, pivot
from . import acceleration, detection, exactness, interpretation

_SHARES = {
    "accuracy before", "accuracy", "filters used", "FLOPs left", "time left",
    "own accuracy", "own accuracy cut", "others' accuracy", "others' accuracy cut", "fooled",
}  # fmt: skip
_COUNTS = {"filters", "masks", "images", "mask gates", "other gates"}


def tables(facts: Sequence[Fact]) -> str:
    """All tables in Markdown, those of a network at a rate under its heading. Shares are in percent."""
    text = ["# Decoupled networks\n", "## Acceleration\n"]
    text.append(pivot(facts, acceleration.TABLE, acceleration.METRICS, "network", _subject, show))
    text += ["## Exactness\n", pivot(facts, exactness.TABLE, exactness.METRICS, "network", _subject, show)]
    for subject in dict.fromkeys(_subject(fact) for fact in facts):
        mine = [fact for fact in facts if _subject(fact) == subject]
        attacks = list(dict.fromkeys(f.metric for f in mine if f.table == detection.TABLE))
        text += [f"## {subject}\n", "Paths of the classes:\n"]
        text.append(pivot(mine, interpretation.TABLE, interpretation.METRICS, "class", _item, show))
        text += ["Information of each layer's mask on the class, bits:\n"]
        text.append(pivot(mine, interpretation.LAYERS, interpretation.LAYER_METRICS, "layer", _item, show))
        if attacks:
            text.append("Attacks:\n")
            text.append(pivot(mine, detection.ATTACKED, detection.ATTACKED_METRICS, "attack", _item, show))
            text.append("AUC of telling attacked images from clean ones:\n")
            text.append(pivot(mine, detection.TABLE, attacks, "seen by", _item, show))
    return "\n".join(text)


def show(metric: str, value: float | None) -> str:
    """Percent for shares, whole numbers for counts, powers of ten for what is tiny."""
    if value is None:
        return NONE
    if metric in _SHARES:
        return percent(value)
    if metric in _COUNTS:
        return f"{value:.0f}"
    if value == 0:
        return "0"
    return f"{value:.0e}" if abs(value) < 1e-6 else digits(value)


def _subject(fact: Fact) -> str:
    return f"{fact.network}, {fact.setting}"


def _item(fact: Fact) -> str:
    return fact.item
