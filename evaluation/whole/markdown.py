"""Tables of facts in Markdown: items down, metrics across."""

from collections.abc import Callable, Sequence

from .facts import Fact

NONE = "-"


def pivot(
    facts: Sequence[Fact], table: str, metrics: Sequence[str], head: str,
    name: Callable[[Fact], str], show: Callable[[str, float | None], str],
) -> str:  # fmt: skip
    """One row for each ``name`` of the facts of ``table``, in their order; a missing one is a dash."""
    chosen = [fact for fact in facts if fact.table == table and fact.metric in metrics]
    rows: dict[str, dict[str, float | None]] = {}
    for fact in chosen:
        rows.setdefault(name(fact), {})[fact.metric] = fact.value
    lines = [f"| {head} | {' | '.join(metrics)} |", "|---" * (len(metrics) + 1) + "|"]
    for row, values in rows.items():
        cells = [show(metric, values.get(metric)) for metric in metrics]
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def percent(value: float | None) -> str:
    """``97.4``; a dash for none."""
    return NONE if value is None else f"{100 * value:.1f}"


def digits(value: float | None, places: int = 3) -> str:
    """So many places; a dash for none."""
    return NONE if value is None else f"{value:.{places}f}"
