"""The columns of the per-image table: one row for each image, method and metric; stored as Parquet."""

import pyarrow as pa

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
