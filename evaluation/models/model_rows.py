"""``models.csv``: every network by every criterion, which is what the app shows."""

import csv
import dataclasses
import io
from collections.abc import Sequence

from ..schema import ModelRow, columns
from ..whole.facts import Fact
from .measures import ACCURACY, CRITERIA
from .over_seeds import by_network, front, over_seeds, sure


def model_rows(data: str, facts: Sequence[Fact]) -> list[ModelRow]:
    """A row for each network and criterion that has a value, as a function of the facts."""
    right, seeds = over_seeds(facts, ACCURACY), by_network(facts, ACCURACY)
    rows = []
    for name, criterion in CRITERIA.items():
        best = front(facts, criterion)
        for network, found in over_seeds(facts, criterion.metric).items():
            first = next(iter(seeds[network])).replace(" ", "")
            rows.append(
                ModelRow(
                    data, network, f"{data}-{network}-{first}", right[network].mean, right[network].half,
                    name, criterion.metric, criterion.summary, criterion.larger, found.mean, found.half,
                    network in best, network in best and sure(facts, criterion, network) is True,
                    len(seeds[network]),
                )
            )  # fmt: skip
    return rows


def to_models_csv(data: str, facts: Sequence[Fact]) -> str:
    """The rows with their header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns(ModelRow), lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(row) for row in model_rows(data, facts))
    return out.getvalue()
