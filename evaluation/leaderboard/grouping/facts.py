"""``Facts``: what a leaderboard row must carry beside its numbers: with what, on what and when."""

from dataclasses import dataclass

import numpy as np

from .columns import Columns, RowIndices
from .groups import ALL

Key = tuple[str, str, str, str, str]  # data set, model, model seed or "all", score, method


@dataclass(frozen=True)
class Facts:
    """Of one method's rows of one score; several values of a column are joined by "+".

    ``test_accuracy`` is the mean over the model seeds, ``timestamp`` the latest.
    """

    git_sha: str
    weights_sha: str
    params: str
    explainer_seed: str
    device: str
    dtype: str
    torch: str
    test_accuracy: float
    timestamp: str


def facts_of(columns: Columns) -> dict[Key, Facts]:
    """The facts of every method of every score, for each model seed and for all of them together."""
    found: dict[Key, Facts] = {}
    for (dataset, model, score, method), rows in columns.split(
        columns.rows, ["dataset", "model", "score", "method"]
    ):
        found[dataset, model, ALL, score, method] = _facts(columns, rows)
        for (seed,), part in columns.split(rows, ["model_seed"]):
            found[dataset, model, seed, score, method] = _facts(columns, part)
    return found


def _facts(columns: Columns, rows: RowIndices) -> Facts:
    names = ("git_sha", "weights_sha", "params", "explainer_seed", "device", "dtype", "torch")
    words = {name: "+".join(columns.text(name, rows)) for name in names}
    accuracies = [
        np.mean(np.unique(columns.values["test_accuracy"][part]))
        for _, part in columns.split(rows, ["model_seed"])
    ]
    accuracy = float(np.mean(accuracies))
    return Facts(**words, test_accuracy=accuracy, timestamp=columns.text("timestamp", rows)[-1])
