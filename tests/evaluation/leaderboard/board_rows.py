"""Per-image rows made by hand, for the leaderboard's tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from evaluation.rows import SCHEMA
from evaluation.runner.manifest import Manifest

RUN = Manifest("tiny-1", "sha", "predicted", ())
ROW: dict[str, Any] = {
    "dataset": "digits", "model": "cnn", "model_seed": 0, "weights_sha": "w0", "test_accuracy": 0.5,
    "params": "{}", "explainer_seed": 0, "label": 1, "target": 1, "score": "flip", "metric": "abpc",
    "order": "", "fill": "zero", "score_space": "logit", "curve": None, "degenerate": False, "error": "",
    "device": "cpu", "dtype": "float32", "torch": "2", "git_sha": "a", "timestamp": "2026-01-01",
}  # fmt: skip


def values(method: str, numbers: Sequence[float | None], **more: object) -> list[dict[str, Any]]:
    """One row for each image 0, 1, .. of a method."""
    return [ROW | {"method": method, "image": i, "value": v} | more for i, v in enumerate(numbers)]


def failures(method: str, images: Sequence[int], **more: object) -> list[dict[str, Any]]:
    """Rows with an error only, as the runner writes them."""
    empty = {"metric": "", "order": "", "fill": "", "score_space": "", "value": None, "error": "broke"}
    return [ROW | {"method": method, "image": i} | empty | more for i in images]


def table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as a shard holds them."""
    return pa.Table.from_pylist(list(rows), SCHEMA)
