"""Feature tweaking: against a brute force over all paths that scikit-learn prints."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from openbox.errors import InputError
from openbox.gallery.tweaking import tweak


def forest_of(seed: int) -> tuple[RandomForestClassifier, np.ndarray]:
    generator = np.random.default_rng(seed)
    x = generator.random((120, 3))
    y = (x[:, 0] + x[:, 1] ** 2 > 0.8).astype(int) + (x[:, 2] > 0.7)
    return RandomForestClassifier(5, max_depth=3, random_state=seed).fit(x, y), x


def paths(tree, node=0, so_far=()):
    """Every leaf with its conditions (feature, threshold, whether left), by recursion."""
    inner = tree.tree_
    if inner.children_left[node] < 0:
        yield inner.value[node][0].argmax(), so_far
        return
    here = inner.feature[node], inner.threshold[node]
    yield from paths(tree, inner.children_left[node], (*so_far, (*here, True)))
    yield from paths(tree, inner.children_right[node], (*so_far, (*here, False)))


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_cheapest_of_all_paths_that_turn_the_forest(seed: int) -> None:
    forest, x = forest_of(seed)
    epsilon, found_any = 0.01, False
    for row in x[:15]:
        for wanted in set(forest.classes_) - {forest.predict(row[None])[0]}:
            costs = []
            for tree in forest.estimators_:
                for vote, conditions in paths(tree):
                    if forest.classes_[vote] != wanted:
                        continue
                    moved = row.copy()
                    for feature in {condition[0] for condition in conditions}:
                        highs = [t for f, t, left in conditions if f == feature and left]
                        lows = [t for f, t, left in conditions if f == feature and not left]
                        low, high = max(lows, default=-np.inf), min(highs, default=np.inf)
                        step = min(epsilon, (high - low) / 2)
                        if moved[feature] <= low:
                            moved[feature] = low + step
                        elif moved[feature] > high:
                            moved[feature] = high - step
                    if forest.predict(moved[None])[0] == wanted:
                        costs.append(np.linalg.norm(moved - row))
            ours = tweak(forest, row, int(wanted), epsilon)
            assert (ours is None) == (not costs)
            if ours is not None:
                found_any = True
                assert ours.cost == pytest.approx(min(costs))
                assert forest.predict(ours.point[None])[0] == wanted
    assert found_any


def test_a_class_the_forest_does_not_know_is_refused() -> None:
    forest, x = forest_of(0)
    with pytest.raises(InputError, match="wanted is 7; the classes are"):
        tweak(forest, x[0], 7)
