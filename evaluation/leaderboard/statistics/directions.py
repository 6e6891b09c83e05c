"""What a metric is and which way it is better, read from the one table of scores."""

import pandas as pd

from openbox.errors import InputError

from ...cost import COST, COSTS
from ...schema import MetricRow, columns
from ...scores.table import SCORES
from .standing import Better


def direction(score: str, metric: str) -> Better:
    """Of a score's metric; "" where all of it failed. Raises ``InputError`` for one of another version."""
    if not metric:
        return ""
    metrics = COSTS if score == COST else SCORES[score].metrics if score in SCORES else None
    if metrics is None:
        raise InputError(
            f"leaderboard: the rows hold the score {score!r}, which this version does not know: "
            f"{', '.join([*SCORES, COST])}; use the version that wrote them"
        )
    if metric not in metrics:
        raise InputError(
            f"leaderboard: the rows hold {score}.{metric}, of {score} this version knows: "
            f"{', '.join(metrics)}; use the version that wrote them"
        )
    return metrics[metric].better


def metrics() -> pd.DataFrame:
    """Every metric by its name in the leaderboard, with its title, direction and unit, and what is asked."""
    about = {name: (score.summary, score.metrics) for name, score in SCORES.items()}
    about[COST] = ("what a map costs", COSTS)
    rows = [
        (f"{score}.{name}", metric.title, metric.better, metric.unit, summary)
        for score, (summary, known) in about.items()
        for name, metric in known.items()
    ]
    return pd.DataFrame(rows, columns=pd.Index(columns(MetricRow)))
