"""``leaderboard``: one row for each group and method; the columns are explained in ``results/README.md``."""

import numpy as np
import pandas as pd

from ...cost import COST
from ...schema import LeaderboardRow, columns
from ..statistics.board import Board
from ..statistics.standing import Standing

COST_COLUMNS = {
    "seconds": "seconds_per_image",
    "model_calls": "model_calls_per_image",
    "peak_memory_mb": "peak_memory_mb",
}


def leaderboard(board: Board) -> pd.DataFrame:
    """The groups in order, within each the methods by rank, those without a rank last by name."""
    costs = {
        (*s.group.key[:3], method, COST_COLUMNS[s.group.metric]): value
        for s in board.standings
        if s.group.score == COST and s.group.metric in COST_COLUMNS
        for method, value in zip(s.group.methods, s.value, strict=True)
    }
    rows = []
    for standing in board.standings:
        group = standing.group
        for i in np.argsort(standing.rank, kind="stable"):  # NaN comes last
            method = group.methods[i]
            where = (group.dataset, group.model, group.model_seed)
            costs_here = {c: costs.get((*where, method, c), np.nan) for c in COST_COLUMNS.values()}
            rows.append(
                {
                    "run_id": board.run.run_id,
                    "config_sha": board.run.config_sha,
                    "target": board.run.target,
                    **vars(board.facts[(*where, group.score, method)]),
                    **costs_here,
                    **_numbers(standing, int(i)),
                }
            )
    frame = pd.DataFrame(rows, columns=pd.Index(columns(LeaderboardRow)))
    return frame.astype({"rank": "Int64", "tie_group": "Int64"})


def _numbers(standing: Standing, i: int) -> dict[str, object]:
    group = standing.group
    return {
        "dataset": group.dataset,
        "n_images": len(group.images),
        "model": group.model,
        "model_seed": group.model_seed,
        "method": group.methods[i],
        "score_space": group.score_space,
        "metric": group.name,
        "order": group.order,
        "fill": group.fill,
        "value": standing.value[i],
        "ci_low": standing.low[i],
        "ci_high": standing.high[i],
        "n_ok": int(np.count_nonzero(~np.isnan(group.values[i]))),
        "n_failed": int(group.failed[i].sum()),
        "n_degenerate": int(group.degenerate[i].sum()),
        "rank": standing.rank[i],
        "tie_group": standing.tie_group[i],
        "p_vs_best": standing.p_vs_best[i],
        "first_share": standing.first_share[i],
    }
