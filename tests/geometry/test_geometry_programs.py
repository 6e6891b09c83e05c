"""The linear programs of the geometry, where the solver goes in circles."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import OptimizeResult, linprog

from openbox.geometry import bounds

ROWS = np.array([[-1.0, -1.0], [1.0, 0.0], [0.0, 1.0]])  # x + y <= 1, x >= 0, y >= 0
OFFSETS = np.array([1.0, 0.0, 0.0])
FREE = np.tile([-np.inf, np.inf], (2, 1))
GAVE_UP = 1


def test_a_method_that_goes_in_circles_is_stopped_and_another_one_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on the largest ball of a region of an MNIST network with non-negative weights, for 50,000 steps."""
    asked: list[tuple[str, int]] = []

    def circling(*args: Any, method: str, options: dict[str, float], **rest: Any) -> OptimizeResult:
        asked.append((method, int(options["maxiter"])))
        found = linprog(*args, method=method, options=options, **rest)
        if method == "highs":
            found.status, found.x = GAVE_UP, None
        return found

    monkeypatch.setattr("scipy.optimize.linprog", circling)
    found = bounds.program(np.array([-2.0, -1.0]), ROWS, OFFSETS, FREE)
    assert asked == [("highs", 50), ("highs-ipm", 50)]
    np.testing.assert_allclose(found.x, [1.0, 0.0], atol=1e-8)


@pytest.mark.parametrize(
    ("rows", "offsets", "status"),
    [
        (np.vstack((ROWS, [[1.0, 1.0]])), np.r_[OFFSETS, -2.0], bounds.INFEASIBLE),
        (ROWS[1:], OFFSETS[1:], bounds.UNBOUNDED),
    ],
)
def test_what_has_no_answer_is_said(rows: np.ndarray, offsets: np.ndarray, status: int) -> None:
    assert bounds.program(np.array([-1.0, -1.0]), rows, offsets, FREE).status == status
