"""The Gini index has known answers: a flat map, a single pixel, the mean difference of all pairs."""

import pytest
import torch
from score_cases import case, random_tensor, small_network
from torch import Tensor

from evaluation.scores.sparsity import SparsitySettings, gini, measure


def by_pairs(values: Tensor) -> float:
    """The mean difference of all pairs over twice the mean (Gini 1912), in plain loops."""
    sizes = values.abs().flatten().tolist()
    differences = sum(abs(a - b) for a in sizes for b in sizes)
    return differences / (2 * len(sizes) * sum(sizes))


def test_a_flat_map_is_not_sparse_and_a_single_pixel_is_as_sparse_as_can_be() -> None:
    flat, single = torch.full((2, 5, 4), -3.0), torch.zeros(1, 5, 4)
    single[0, 2, 1] = -7
    assert gini(flat).tolist() == pytest.approx([0, 0], abs=1e-8)  # weights in float32
    assert gini(single).tolist() == pytest.approx([1 - 1 / 20])


def test_it_is_the_mean_difference_of_all_pairs() -> None:
    maps = random_tensor(0, 4, 5, 4) - 0.5
    maps[1] = maps[1].round(decimals=1)  # ties
    maps[2, :3] = 0
    assert gini(maps).tolist() == pytest.approx([by_pairs(one) for one in maps])


def test_neither_scale_nor_sign_nor_places_matter() -> None:
    maps = random_tensor(1, 3, 6, 6) - 0.5
    assert gini(-100 * maps.flip(2)).tolist() == pytest.approx(gini(maps).tolist())


def test_a_map_of_zeros_has_no_index() -> None:
    found = gini(torch.stack((torch.zeros(4, 4), torch.eye(4))))
    assert bool(found[0].isnan())
    assert float(found[1]) == pytest.approx(0.75)


def test_a_feature_is_a_pixel_with_all_its_channels() -> None:
    of = case(small_network(), random_tensor(2, 3, 2, 8, 8), lambda x, target, seed: x - 0.5)
    (found,) = measure(of, SparsitySettings())
    assert found.metric == "gini"
    assert found.values.tolist() == pytest.approx([by_pairs(one.sum(0)) for one in of.x - 0.5])
