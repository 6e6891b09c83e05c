"""How often each method calls the network for one image, as the committed study ``families`` counted."""

import csv
from functools import lru_cache
from pathlib import Path

MEASURED = Path(__file__).parents[2] / "evaluation" / "results" / "families" / "leaderboard.csv"
MANY = 50  # calls; a method that makes more waits in the slow line


@lru_cache
def counted() -> dict[str, float]:
    """The most calls of any of the study's networks."""
    most: dict[str, float] = {}
    with MEASURED.open(newline="") as file:
        for row in csv.DictReader(file):
            number = row["model_calls_per_image"]
            if number:
                most[row["method"]] = max(most.get(row["method"], 0.0), float(number))
    return most


def slow(method: str) -> bool:
    """Whether it waits in the slow line; what was never counted does."""
    return counted().get(method, MANY + 1) > MANY
