"""The per-image table: one row for each image, method and metric; stored as Parquet."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from torch import Tensor

from .measurement import Measurement

SCHEMA = pa.schema(
    [
        ("dataset", pa.string()),
        ("model", pa.string()),
        ("model_seed", pa.int32()),
        ("weights_sha", pa.string()),
        ("test_accuracy", pa.float64()),
        ("method", pa.string()),
        ("params", pa.string()),  # the method's settings as JSON
        ("explainer_seed", pa.int32()),
        ("image", pa.int32()),  # position in the test set
        ("label", pa.int32()),
        ("target", pa.int32()),
        ("score", pa.string()),  # key of SCORES, or "cost"
        ("metric", pa.string()),  # key of that score's metrics; "" in a row that only holds an error
        ("order", pa.string()),
        ("fill", pa.string()),
        ("score_space", pa.string()),
        ("value", pa.float64()),  # null: not defined for this image, or failed
        ("curve", pa.list_(pa.float32())),  # null where there is none
        ("degenerate", pa.bool_()),  # the map is the same everywhere, so its order is that of the ties
        ("error", pa.string()),  # "" or why there is no value
        ("device", pa.string()),
        ("dtype", pa.string()),
        ("torch", pa.string()),
        ("git_sha", pa.string()),
        ("timestamp", pa.string()),
    ]
)
KEYS = [
    "dataset", "model", "model_seed", "method", "explainer_seed", "image", "score", "metric", "order",
    "fill", "score_space",
]  # fmt: skip


class Rows:
    """Collects rows; ``constants`` are the columns that are the same in all of them.

    ``images``: the columns image, label, target and degenerate, a value for each image.
    """

    def __init__(self, constants: dict[str, Any], images: Mapping[str, list[Any]]) -> None:
        self._constants = constants
        self._images = images
        self._rows: list[dict[str, Any]] = []

    def add(self, places: list[int], score: str, measurement: Measurement) -> None:
        """One row for each of the images at ``places``; NaN becomes null."""
        values = measurement.values.tolist()
        curves = [None] * len(places) if measurement.curves is None else _numpy(measurement.curves)
        conditions = {
            "score": score, "metric": measurement.metric, "order": measurement.order,
            "fill": measurement.fill, "score_space": measurement.space, "error": "",
        }  # fmt: skip
        for place, value, curve in zip(places, values, curves, strict=True):
            known = {"value": None if value != value else value, "curve": curve}
            self._rows.append(self._image(place) | conditions | known)

    def fail(self, place: int, score: str, error: str) -> None:
        """The one row of an image for which a score has no number."""
        self._rows.append(self._image(place) | {"score": score, "metric": "", "order": "", "fill": "",
                                                "score_space": "", "error": error})  # fmt: skip

    def table(self) -> pa.Table:
        """All rows in ``SCHEMA``."""
        return pa.Table.from_pylist([self._constants | row for row in self._rows], SCHEMA)

    def _image(self, place: int) -> dict[str, Any]:
        return {name: column[place] for name, column in self._images.items()}


def _numpy(curves: Tensor) -> list[Any]:
    return list(curves.detach().float().cpu().numpy())
