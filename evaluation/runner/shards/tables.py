"""The rows of a shard, of images or of titles: its costs, and one score; what failed is a row as well."""

from collections.abc import Callable, Sequence

import pyarrow as pa
from torch import Tensor

from ...cost import COST, COSTS
from ...measurement import Measurement
from ...rows import Rows
from ...scores.table import SCORES
from ..plan.shard import Shard, images_of
from .scoring import measure

Table = tuple[pa.Table, int]  # and how many of its rows are failures


def cost_table(rows: Rows, errors: Sequence[str], costs: Tensor) -> Table:
    """``errors``: "" or why there is no explanation; ``costs`` (n, 3) in the order of ``COSTS``."""
    good = [place for place, error in enumerate(errors) if not error]
    for place, error in enumerate(errors):
        if error:
            rows.fail(place, COST, error)
    for column, name in enumerate(COSTS):
        rows.add(good, COST, Measurement(name, costs[good, column]))
    return rows.table(), len(errors) - len(good)


def score_table(
    rows: Rows, shard: Shard, name: str, errors: Sequence[str], case: Callable[[Tensor], object]
) -> Table:
    """``case`` makes what the score is given, for the places of those that have an explanation."""
    chosen = next(one for one in shard.scores if one.name == name)
    asked = errors[: images_of(shard, chosen)]
    good = [place for place, error in enumerate(asked) if not error]
    broken = len(asked) - len(good)
    for place, error in enumerate(asked):
        if error:
            rows.fail(place, name, error)
    for part in measure(SCORES[name], chosen.settings, case, good):
        for one in part.measurements:
            rows.add(part.places, name, one)
        if part.error:
            rows.fail(part.places[0], name, part.error)
            broken += 1
    return rows.table(), broken
