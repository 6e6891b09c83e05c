"""``holm``: p values that may be read side by side."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Holm's adjusted p values (m,) of m tests (Scandinavian Journal of Statistics 6, 1979).

    In ascending order ``max_{j <= i} min(1, (m - j + 1) p_j)``: rejecting what is at most alpha keeps
    the chance of any false rejection at alpha, however the tests depend on each other.
    """
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    factors = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, factors * p[order]))
    return adjusted
