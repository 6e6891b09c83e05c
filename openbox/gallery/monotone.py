"""A model that may only rise with some features: what the constraint guarantees, and what it costs."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split

RISING = ("bmi", "bp")  # the disease is said to progress with both
STEPS = 40  # values of a feature that are tried for each patient


@dataclass(frozen=True, eq=False)
class MonotoneComparison:
    """A free model and one that must rise with ``RISING``, on patients that neither saw.

    ``r2``: (free, constrained). ``violations``: by feature the share of pairs of neighbouring values at which
    the prediction for a patient falls, (free, constrained). ``curves``: by feature the tried values (STEPS,)
    in the data's own scaled units, and each model's predictions (P, STEPS).
    """

    r2: tuple[float, float]
    violations: dict[str, tuple[float, float]]
    curves: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


@cache
def compare_models(seed: int = 0) -> MonotoneComparison:
    """Train both on three quarters of scikit-learn's diabetes patients (442), and sweep each feature.

    Boosted trees with ``monotonic_cst``: a split that would let a prediction fall is not made.
    """
    data = load_diabetes()
    x, y = np.asarray(data.data), np.asarray(data.target)  # pyright: ignore[reportAttributeAccessIssue]
    names = list(data.feature_names)  # pyright: ignore[reportAttributeAccessIssue]
    train_x, test_x, train_y, test_y = map(np.asarray, train_test_split(x, y, random_state=seed))
    signs = [1 if name in RISING else 0 for name in names]
    free, held = (_trained(train_x, train_y, wanted, seed) for wanted in (None, signs))
    curves, violations = {}, {}
    for name in RISING:
        column = names.index(name)
        values = np.linspace(x[:, column].min(), x[:, column].max(), STEPS)
        answers = [swept(model, test_x, column, values) for model in (free, held)]
        curves[name] = (values, *answers)
        violations[name] = tuple(float((np.diff(answer) < 0).mean()) for answer in answers)
    scores = (float(free.score(test_x, test_y)), float(held.score(test_x, test_y)))
    return MonotoneComparison(scores, violations, curves)


def _trained(
    x: np.ndarray, y: np.ndarray, signs: list[int] | None, seed: int
) -> HistGradientBoostingRegressor:
    model = HistGradientBoostingRegressor(
        max_iter=100, learning_rate=0.05, max_leaf_nodes=6, min_samples_leaf=15, monotonic_cst=signs,
        random_state=seed,
    )  # fmt: skip
    return model.fit(x, y)


def swept(
    model: HistGradientBoostingRegressor, patients: np.ndarray, column: int, values: np.ndarray
) -> np.ndarray:
    """Predictions (P, len(values)) for each patient with one feature set to each of the values."""
    repeated = np.repeat(patients, len(values), 0)
    repeated[:, column] = np.tile(values, len(patients))
    return model.predict(repeated).reshape(len(patients), -1)
