"""What a map costs: the metrics of the rows whose score is ``"cost"``."""

from .measurement import Metric

COST = "cost"
COSTS: dict[str, Metric] = {
    "seconds": Metric("time for a map", "lower", "s"),
    "model_calls": Metric("passes through the model for a map", "lower"),
    "peak_memory_mb": Metric("peak memory", "lower", "MB"),
}
