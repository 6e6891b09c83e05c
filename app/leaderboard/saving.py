"""The Leaderboard as files: chart, chosen curves, table, and where the numbers are from."""

import dataclasses
from collections.abc import Mapping, Sequence

from export.view import SavedChart, SavedPart, SavedTable, SavedView, SavedWords

from evaluation.schema import LeaderboardRow, MetricRow
from leaderboard import charts, records, results, sentences


def view(
    study: str, here: Sequence[LeaderboardRow], metrics: Mapping[str, MetricRow], curves: Sequence[SavedPart],
    note: str,
) -> SavedView:  # fmt: skip
    """``here``: the rows of the cell by rank; ``curves``: what was shown; ``note``: the conditions."""
    condition = here[0].condition
    ranking = SavedChart(charts.ranking(here, condition.metric), sentences.chart(here, metrics))
    rows = [dataclasses.asdict(entry) for entry in here]
    warning = sentences.missing_baselines(here)
    return SavedView(
        "leaderboard", sentences.heading(condition, metrics),
        [
            SavedWords(sentences.reading(condition, metrics, records.higher_is_better(here))),
            *([SavedWords(warning)] if warning else []), ranking, *curves,
            SavedTable(sentences.table(here)), SavedWords(note),
        ],
        {"study": study, "condition": dataclasses.asdict(condition), "rows": rows},
        rows=rows, drawings=[ranking, *(part for part in curves if isinstance(part, SavedChart))],
        command=" && ".join(results.commands(study)),
    )  # fmt: skip
