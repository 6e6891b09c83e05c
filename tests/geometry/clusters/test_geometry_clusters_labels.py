"""Purity and neighbours, against labels made by hand, all orders of them, and brute force."""

from collections import Counter
from functools import cache
from itertools import permutations

import numpy as np
import pytest
import torch

import openbox
from openbox.geometry.clusters.purity import agreement, purity
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load


def by_counting(members: list[int], labels: list[int]) -> float:
    clusters: dict[int, list[int]] = {}
    for member, label in zip(members, labels, strict=True):
        clusters.setdefault(member, []).append(label)
    return sum(max(Counter(own).values()) for own in clusters.values()) / len(members)


@pytest.mark.parametrize(
    ("members", "labels", "expected"),
    [
        ([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 0], 5 / 6),
        ([0, 1, 0, 1, 0, 1, 0], [0, 1, 1, 1, 2, 2, 2], 4 / 7),
        ([2, 0, 1], [0, 0, 0], 1),
        ([0, 0, 0, 0], [3, 2, 1, 0], 1 / 4),
        ([0, 1, 2, 3], [1, 0, 1, 0], 1),  # alone is pure
    ],
)
def test_purity_by_hand_and_its_chance_over_all_orders(
    members: list[int], labels: list[int], expected: float
) -> None:
    found = purity(np.array(members), np.array(labels), shuffles=2000)
    assert found.share == pytest.approx(expected, abs=1e-15)
    assert found.share == pytest.approx(by_counting(members, labels), abs=1e-15)
    every = [by_counting(members, list(order)) for order in permutations(labels)]
    assert found.chance == pytest.approx(np.mean(every), abs=5 * np.std(every) / 2000**0.5 + 1e-15)


def test_purity_of_many_clusters() -> None:
    generator = np.random.default_rng(1)
    members, labels = generator.integers(0, 90, 300), generator.integers(0, 4, 300)
    found = purity(members, labels)
    assert found.share == pytest.approx(by_counting(members.tolist(), labels.tolist()), abs=1e-15)
    assert abs(found.share - found.chance) < 0.05  # such labels are chance
    assert found == purity(members, labels)
    assert found.chance != purity(members, labels, seed=1).chance


def test_the_chance_of_an_agreement_is_its_mean_over_all_orders() -> None:
    neighbours, labels = np.array([[1, 2], [0, 3], [1, 4], [4, 0], [2, 1]]), np.array([0, 0, 1, 1, 1])
    found = agreement(neighbours, labels)
    every = [agreement(neighbours, np.array(order)).share for order in permutations(labels.tolist())]
    assert found.share == 5 / 10
    assert found.chance == pytest.approx(np.mean(every), abs=1e-12)


@cache
def digits() -> openbox.Clusters:
    images = load("digits")
    x = images.batch(slice(None))
    net = openbox.capture(load_checkpoint("digits-cnn-seed0").model, x[:1])
    return openbox.cluster(net, x, images.labels)


def test_the_neighbours_are_the_nearest_ones_in_order() -> None:
    found = digits()
    distances = found.distances(layer=2).tolist()
    done: list[tuple[int, int]] = []
    near = found.neighbours(3, layer=2, progress=lambda *pair: done.append(pair))
    assert done[-1] == (360, 360)
    for i, row in enumerate(distances):
        expected = sorted((distance, j) for j, distance in enumerate(row) if j != i)[:3]
        assert near.inputs[i].tolist() == [j for _, j in expected]
        assert near.distances[i].tolist() == [distance for distance, _ in expected]
    assert near.agreement is not None
    labels = found.labels
    assert labels is not None
    agree = [labels[i] == labels[j] for i, row in enumerate(near.inputs) for j in row]
    assert near.agreement.share == pytest.approx(np.mean(agree), abs=1e-15)


def test_digits_share_no_region_but_their_neighbours_their_label() -> None:
    found = digits()
    assert len(found) == 360
    last = found.table()[-1].so_far
    assert (last.clusters, last.largest, last.shared) == (360, 1, 0)
    assert last.purity is not None
    assert last.purity.share == last.purity.chance == 1
    near = found.neighbours(1).agreement
    assert near is not None
    assert near.share > 0.9
    assert 0.09 < near.chance < 0.11


def test_the_table_says_what_the_layers_say() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)
    )
    x = torch.randn(200, 3)
    labels = (model[0](x)[:, 0] > 0).tolist()  # what the first unit decides
    found = openbox.cluster(openbox.capture(model, x), x, ["right" if side else "left" for side in labels])
    assert found.label_names == ("left", "right")
    for row, layer in zip(found.table(), found.layers, strict=True):
        assert (row.module, row.kind, row.units) == (layer.module, "relu", layer.units)
        for one, groups in ((row.alone, layer.alone), (row.so_far, layer.so_far)):
            assert (one.clusters, one.largest, one.shared) == (len(groups), groups.largest, groups.shared)
            assert one.purity is not None
            assert one.purity.share == pytest.approx(by_counting(groups.members.tolist(), labels), abs=1e-15)
    first = found.table()[0].so_far.purity
    assert first is not None
    assert first.share == 1 > first.chance + 0.1
    lines = found.lines()
    assert len(lines) == 4
    assert lines[2].startswith("1 relu")
    assert f"{len(found.layers[0].alone):>10}" in lines[2]
    assert all(one.alone.purity is None for one in openbox.cluster(openbox.capture(model, x), x).table())
