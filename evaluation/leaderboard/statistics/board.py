"""``Board``: every group of a run, judged; all tables are made of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from ...runner.manifest import Manifest
from ..grouping.columns import columns_of
from ..grouping.facts import Facts, Key, facts_of
from ..grouping.groups import Group, groups
from .bootstrap import RESAMPLES
from .curves import mean_curves
from .directions import direction
from .standing import Better, Standing, judge


@dataclass(frozen=True)
class Board:
    """The standings of all groups in sorted order, the facts of the rows, and the mean curves."""

    run: Manifest
    standings: tuple[Standing, ...]
    facts: dict[Key, Facts]
    curves: tuple[pd.DataFrame, ...]


def build_board(
    table: pa.Table,
    run: Manifest,
    resamples: int = RESAMPLES,
    better: Callable[[str, str], Better] = direction,
    progress: Callable[[Iterable[Group]], Iterable[Group]] = iter,
) -> Board:
    """Judge a consolidated table; a pure function of the rows, the card and the number of resamples.

    ``better(score, metric)`` says which direction is better. Cost: about 100 ms a group of 16 methods
    and 500 images.
    """
    columns = columns_of(table)
    standings, curves = [], []
    for group in progress(groups(columns)):
        curve = mean_curves(group, run.config_sha, resamples)
        curves += [] if curve is None else [curve]
        group = replace(group, curves=None)
        standings.append(judge(group, better(group.score, group.metric), run.config_sha, resamples))
    return Board(run, tuple(standings), facts_of(columns), tuple(curves))
