"""The columns of the leaderboard's files: written by the harness, read by the app, named here alone.

The one module of the harness that the app imports; it imports nothing of OpenBox itself. What the columns
mean is explained in ``results/README.md``. A number that does not exist is an empty field, None for a reader.
"""

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """What is compared with what: one network on one data set, one metric under one condition."""

    dataset: str
    model: str
    model_seed: str  # "all": the mean over seeds, image by image
    metric: str
    order: str
    fill: str
    score_space: str


@dataclass(frozen=True)
class LeaderboardRow:
    """One row of ``leaderboard.csv``: a method under its condition."""

    run_id: str
    config_sha: str
    git_sha: str
    dataset: str
    n_images: float | None
    model: str
    model_seed: str
    weights_sha: str
    test_accuracy: float | None
    method: str
    params: str
    explainer_seed: str
    target: str
    score_space: str
    metric: str
    order: str
    fill: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    n_ok: float | None
    n_failed: float | None
    n_degenerate: float | None
    rank: float | None
    tie_group: float | None
    p_vs_best: float | None
    first_share: float | None
    seconds_per_image: float | None
    model_calls_per_image: float | None
    peak_memory_mb: float | None
    device: str
    dtype: str
    torch: str
    timestamp: str

    @property
    def condition(self) -> Condition:
        """What the row is compared under."""
        return Condition(*(getattr(self, name) for name in columns(Condition)))


@dataclass(frozen=True)
class CurvePoint:
    """One row of ``curves.csv``: a point of a method's mean curve with its 95 % interval.

    ``x``: the share of features removed, 0 to 1.
    """

    dataset: str
    model: str
    model_seed: str
    metric: str
    order: str
    fill: str
    score_space: str
    method: str
    x: float
    value: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True)
class MetricRow:
    """One row of ``metrics.csv``: what a metric is, for people; ``summary`` what its score asks."""

    metric: str
    title: str
    better: str
    unit: str
    summary: str


@dataclass(frozen=True)
class ModelRow:
    """One row of ``models.csv``: a network of a study by one criterion; means over ``seeds`` of them, each
    with half of its 95 % interval, None for one seed.

    ``checkpoint``: its first one; ``larger``: a larger ``value`` is easier to read; ``front``: by their means
    no other network is better in accuracy or value, and not worse in the other; ``sure``: so it is, and the
    intervals tell it from every other one.
    """

    data: str
    network: str
    checkpoint: str
    accuracy: float
    accuracy_half: float | None
    criterion: str
    metric: str
    summary: str
    larger: bool
    value: float
    value_half: float | None
    front: bool
    sure: bool
    seeds: int


def columns(record: type) -> list[str]:
    """The names of a record's columns, in the order of its file."""
    return [field.name for field in dataclasses.fields(record)]
