"""The leaderboard as Markdown: one compact table for each data set and model, and the verdict on the goal."""

import numpy as np

from ..statistics.board import Board
from ..statistics.standing import Standing
from .headline import CALLS, FLIP, NEIGHBOUR_STUDY, SECONDS, SHIFT, SPACES, TITLES, cells, named
from .verdict_markdown import table, verdicts

LEGEND = (
    "Mean over images with its 95 % bootstrap interval; **bold**: the best, and all that a paired Wilcoxon "
    "test with Holm correction does not tell from it. ABPC: area between the curves of pixel flipping, "
    "higher is better, by the fill of removed pixels."
)


def markdown(board: Board, exact: tuple[str, ...], rivals: tuple[str, ...], missing: int = 0) -> str:
    """All tables; ``exact`` and ``rivals`` name the methods that the verdict is about.

    ``missing``: how many files of the study are not there yet.
    """
    parts = ["# Leaderboard", f"Run `{board.run.run_id}`, target: {board.run.target}.", LEGEND]
    if missing:
        whole = len(board.run.rows)
        parts.insert(1, f"**A part of the study: {missing} of {whole} files are not there yet.**")
    for dataset, model, standings in cells(board):
        for space in [s for s in SPACES if any(t.group.score_space == s for t in named(standings, FLIP))]:
            parts += [f"## {dataset}, {model}: {space}", _scores(standings, space)]
        for name in (*NEIGHBOUR_STUDY, *TITLES):
            if columns := [(_condition(s), s) for s in named(standings, name)]:
                parts += [f"## {dataset}, {model}: `{name}`", _table(standings, columns)]
    parts += verdicts(board, exact, rivals)
    return "\n\n".join(parts) + "\n"


def _scores(standings: list[Standing], space: str) -> str:
    flips = [s for s in named(standings, FLIP) if s.group.score_space == space]
    columns = [(f"ABPC {s.group.fill}", s) for s in flips]
    columns += [("shift cosine", s) for s in named(standings, SHIFT)]
    return _table(standings, columns)


def _condition(standing: Standing) -> str:
    """The heading of a column: what was filled in, and in which space."""
    return ", ".join(part for part in (standing.group.fill, standing.group.score_space) if part) or "value"


def _table(standings: list[Standing], columns: list[tuple[str, Standing]]) -> str:
    """A row for each method; ``columns`` are headed standings."""
    costs = [("s", s) for s in named(standings, SECONDS)] + [("calls", s) for s in named(standings, CALLS)]
    methods = dict.fromkeys(m for _, s in columns + costs for m in s.group.methods)
    places = {
        m: [s.rank[s.group.methods.index(m)] for _, s in columns if m in s.group.methods] for m in methods
    }
    order = sorted(methods, key=lambda m: (-len(places[m]), np.nansum(places[m]), m))
    lines = [["method", *(title for title, _ in columns + costs)]]
    for method in order:
        scores = [_interval(s, method) for _, s in columns]
        lines.append([f"`{method}`", *scores, *(_number(s, method) for _, s in costs)])
    images = sorted({len(s.group.images) for _, s in columns})
    seeds = sorted({s.group.model_seed for _, s in columns})
    note = (
        f"Images: {', '.join(map(str, images))}; model seed: {', '.join(seeds)}. Ordered by the sum of ranks."
    )
    return f"{table(lines)}\n\n{note}"


def _interval(standing: Standing, method: str) -> str:
    i = standing.of(method)
    if i is None:
        return ""
    if np.isnan(standing.value[i]):
        return f"failed ({int(standing.group.failed[i].sum())})" if standing.group.failed[i].any() else "-"
    value = f"{standing.value[i]:.3g}"
    value = f"**{value}**" if standing.tie_group[i] == 1 else value
    if np.isnan(standing.low[i]):
        return value
    return f"{value} ({standing.low[i]:.3g}, {standing.high[i]:.3g})"


def _number(standing: Standing, method: str) -> str:
    i = standing.of(method)
    return "" if i is None or np.isnan(standing.value[i]) else f"{standing.value[i]:.3g}"
