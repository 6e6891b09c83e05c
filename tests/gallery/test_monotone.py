"""The constrained model never falls, the free one does; over pairs of values for every held-out patient."""

import numpy as np

from openbox.gallery.monotone import RISING, compare_models


def test_no_pair_falls_with_the_constraint_and_some_do_without() -> None:
    found = compare_models()
    for name in RISING:
        values, free, held = found.curves[name]
        assert bool((np.diff(values) > 0).all())
        assert free.shape == held.shape == (111, len(values))
        falls = [
            any(curve[j] < curve[i] for i in range(len(values)) for j in range(i + 1, len(values)))
            for curve in held
        ]
        assert not any(falls)
        assert found.violations[name][1] == 0
        assert found.violations[name][0] == (np.diff(free) < 0).mean() > 0
    assert all(0.1 < score < 0.6 for score in found.r2)
