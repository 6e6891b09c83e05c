"""The page Models as files: its chart, the rows behind it, and the networks that stand side by side."""

import dataclasses
from collections.abc import Sequence

from export.view import SavedChart, SavedTable, SavedView, SavedWords
from language.catalogue import say

from evaluation.schema import ModelRow
from models import charts, kept, records
from models.compared import ComparedNetworks


def view(
    title: str, said: str, study: str, here: Sequence[ModelRow], taken: ModelRow | None, least: float,
    beside: Sequence[ModelRow], compared: ComparedNetworks,
) -> SavedView:  # fmt: skip
    """``said``: the choice in words; ``here``: the rows of the criterion; ``least``: percent asked for."""
    drawing = SavedChart(charts.scatter(here, taken.network if taken else None), charts.words(here))
    rows = [dataclasses.asdict(row) for row in here]
    brief = [
        {
            say("network"): row.network, say("accuracy"): row.accuracy, say(row.metric): row.value,
            say("on the front"): say("yes") if row.front else "",
        }
        for row in here
    ]  # fmt: skip
    return SavedView(
        "models", title,
        [
            SavedWords(said), drawing, SavedWords(f"{say(here[0].metric)}: {say(here[0].summary)}."),
            SavedTable(brief), *compared.parts,
        ],
        {
            "study": study, "criterion": here[0].criterion, "accuracy_of_at_least": least / 100,
            "to_take": taken.network if taken else None,
            "networks": {row.network: kept.sha256(row.checkpoint) for row in beside} if compared.code else {},
            "rows": rows,
        },
        compared.arrays, rows=rows, drawings=[drawing], code=compared.code, command=records.command(study),
    )  # fmt: skip
