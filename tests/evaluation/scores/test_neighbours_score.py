"""Neighbours: planted ones are found, exact by a plain loop, and shared regions are shared gates."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from small_cases import by_function, by_method, case_of, conv, fix, linear, part, pictures
from torch import Tensor, nn
from torch.testing import assert_close

from evaluation.case import Case
from evaluation.scores.neighbours import NeighboursSettings, measure, nearest
from openbox.errors import InputError


def values(case: Case) -> dict[str, Tensor]:
    return {m.metric: m.values for m in measure(case, NeighboursSettings())}


def mlp() -> nn.Sequential:
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 8), nn.ReLU(), nn.Linear(8, 4))
    fix(model)
    return model


@pytest.mark.parametrize("chunk", [1, 3, 7, 40, 100])
def test_nearest_is_the_plain_search_for_any_chunk(chunk: int) -> None:
    pool = pictures(40)
    pool[25] = pool[13]  # two are equally near, at distance 0 of each other
    pool[31] = pool[13]
    index = torch.tensor([13, 25, 0, 39, 7])
    flat = pool.flatten(1).numpy().astype(np.int64)
    expected = []
    for i in index.tolist():
        distance = ((flat - flat[i]) ** 2).sum(1)
        distance[i] = np.iinfo(np.int64).max
        expected.append(int(distance.argmin()))
    assert expected[:2] == [25, 13]
    assert nearest(pool, index, chunk).tolist() == expected


def test_an_image_is_not_its_own_neighbour() -> None:
    with pytest.raises(InputError, match="neighbours: a pool of 1"):
        nearest(pictures(1), torch.tensor([0]), 8)
    assert nearest(pictures(2), torch.tensor([0, 1]), 8).tolist() == [1, 0]


@pytest.mark.parametrize("name", ["openbox", "decision_features", "edges"])
def test_planted_duplicates_have_the_same_map_and_region(name: str) -> None:
    pixels = pictures(8)
    pixels[5:8] = pixels[:3]
    found = values(case_of(conv(), by_method(name, pixels[:1] / 255), pixels))
    assert_close(found["cosine"], torch.ones(3, dtype=torch.float64), rtol=1e-5, atol=0)
    assert found["same_region"].tolist() == [1, 1, 1]


def test_the_cosine_is_that_of_the_neighbour_s_map_for_the_image_s_target() -> None:
    pixels = pictures(9)
    pixels[6] = pixels[0] // 2  # darker, so another map
    case = case_of(conv(), by_method("openbox", pixels[:1] / 255), pixels)
    chosen = nearest(pixels, case.index, 4)
    maps = case.explain(pixels[chosen].float() / 255, case.target).values.flatten(1).double()
    own = case.explanation.values.flatten(1).double()
    expected = (own * maps).sum(1) / (own.norm(dim=1) * maps.norm(dim=1))
    assert_close(values(case)["cosine"], expected)
    assert bool((expected < 0.999).any())


def test_a_linear_network_has_one_region_and_one_slope() -> None:
    pixels = pictures(9)
    found = values(case_of(linear(), by_method("openbox_weights", pixels[:1] / 255), pixels))
    assert_close(found["cosine"], torch.ones(3, dtype=torch.float64))
    assert found["same_region"].tolist() == [1, 1, 1]


def test_the_region_is_shared_exactly_where_all_gates_agree() -> None:
    pixels, model = pictures(30), mlp()
    pixels[20] = pixels[0]
    pixels[20, 0, 0, 0] ^= 1  # the next grey level
    case = case_of(model, by_method("random", pixels[:1] / 255), pixels, count=10)
    chosen = nearest(pixels, case.index, 100)
    assert int(chosen[0]) == 20
    gates = [model[1](batch.flatten(1)) > 0 for batch in (case.x, pixels[chosen].float() / 255)]
    expected = (gates[0] == gates[1]).all(1).double()
    assert set(expected.tolist()) == {0, 1}
    assert_close(values(case)["same_region"], expected)


def test_an_empty_map_has_no_cosine() -> None:
    pixels = pictures(5)
    case = case_of(linear(), by_function(lambda model, x, target: torch.zeros_like(x)), pixels)
    assert bool(values(case)["cosine"].isnan().all())


def test_a_network_without_regions_has_no_region_rows() -> None:
    pixels = pictures(5)
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 8), nn.GELU(), nn.Linear(8, 4)).eval()
    assert list(values(case_of(model, by_method("random", pixels[:1] / 255), pixels))) == ["cosine"]


def test_neither_the_batch_nor_the_company_matters() -> None:
    pixels = pictures(12)
    case = case_of(conv(), by_method("openbox", pixels[:1] / 255), pixels)
    found = values(case)
    small = values(replace(case, batch=2))
    for metric, numbers in found.items():
        assert_close(small[metric], numbers)
        for i in range(3):
            assert_close(values(part(case, i))[metric][0], numbers[i])
