"""Who shares a region, against sign patterns and pool winners that hooks on the plain modules see."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from cases import CASES
from numpy.typing import NDArray
from opened import batch, opened
from torch import Tensor, nn

import openbox
from openbox.geometry.clusters.groups import Groups
from openbox.zoo.data import load

Array = NDArray[np.int64]


def network() -> nn.Sequential:
    """Overlapping pools, batch norm and a clamp, over 8 x 8 digits."""
    torch.manual_seed(3)
    model = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(3, 2, 3), nn.BatchNorm2d(2), nn.ReLU6(), nn.MaxPool2d(2, 1), nn.Flatten(),
        nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 10),
    )  # fmt: skip
    return model.double().eval()


@cache
def inputs() -> tuple[Tensor, Tensor]:
    """Digits with black borders, some of them several times with a little noise, and their labels."""
    images = load("digits")
    x, labels = images.batch(slice(0, 60)).double(), images.labels[:60]
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn((3, 20, *x.shape[1:]), generator=generator, dtype=x.dtype)
    noise *= torch.tensor([1e-9, 1e-3, 1e-2]).view(3, 1, 1, 1, 1)
    near = (x[:20] + noise).flatten(0, 1)
    return torch.cat([x, near, x[:5]]), torch.cat([labels, labels[:20].repeat(3), labels[:5]])


@cache
def clusters() -> tuple[openbox.Clusters, list[Array]]:
    """The library's answer, and the oracle's decisions of every gate layer."""
    x, labels = inputs()
    model = network()
    return openbox.cluster(openbox.capture(model, x[:1]), x, labels), by_hooks(model, x)


def by_hooks(model: nn.Sequential, x: Tensor) -> list[Array]:
    """(N, units) of every gate layer, one input at a time, from what its module was given."""
    found: list[Array] = []

    def note(module: nn.Module, args: tuple[Tensor, ...], _output: Tensor) -> None:
        z = args[0][0].numpy()
        if isinstance(module, nn.ReLU):
            found.append((z > 0).astype(np.int64).ravel())
        elif isinstance(module, nn.ReLU6):
            found.append((z >= 0).astype(np.int64).ravel() + (z > 6).ravel())
        elif isinstance(module, nn.MaxPool2d):
            found.append(np.concatenate([winners(plane, module) for plane in z]))

    handles = [module.register_forward_hook(note) for module in model]
    rows = []
    with torch.no_grad():
        for one in x:
            found.clear()
            model(one[None])
            rows.append(list(found))
    for handle in handles:
        handle.remove()
    return [np.stack(layer) for layer in zip(*rows, strict=True)]


def winners(plane: NDArray[np.float64], pool: nn.MaxPool2d) -> Array:
    """The first of the largest entries of each window."""
    size, stride, pad = (int(n) for n in (pool.kernel_size, pool.stride, pool.padding))  # pyright: ignore[reportArgumentType]
    counts = [(length + 2 * pad - size) // stride + 1 for length in plane.shape]
    found = []
    for top in range(counts[0]):
        for left in range(counts[1]):
            entries = [
                (i, j)
                for i in range(top * stride - pad, top * stride - pad + size)
                for j in range(left * stride - pad, left * stride - pad + size)
                if 0 <= i < plane.shape[0] and 0 <= j < plane.shape[1]
            ]
            i, j = max(entries, key=lambda entry: plane[entry])  # the first of equal ones
            found.append(i * plane.shape[1] + j)
    return np.array(found)


def same(groups: Groups, rows: Array) -> bool:
    """The same partition as equal rows, numbered by first appearance; and one id for each cluster."""
    numbers: dict[bytes, int] = {}
    expected = [numbers.setdefault(row.tobytes(), len(numbers)) for row in rows]
    sizes = np.unique(rows, axis=0, return_counts=True)[1]
    return (
        groups.members.tolist() == expected
        and sorted(groups.sizes) == sorted(sizes)
        and len(set(groups.ids)) == len(groups) == len(sizes)
    )


def test_the_clusters_of_every_layer_are_those_of_the_hooks() -> None:
    found, oracle = clusters()
    assert [layer.kind for layer in found.layers] == [
        "relu", "max_pool2d", "hardtanh", "max_pool2d", "relu",
    ]  # fmt: skip
    assert [layer.module for layer in found.layers] == ["1", "2", "5", "6", "9"]
    for number, (layer, rows) in enumerate(zip(found.layers, oracle, strict=True)):
        assert layer.units == rows.shape[1]
        assert same(layer.alone, rows)
        assert same(layer.so_far, np.concatenate(oracle[: number + 1], axis=1))
        assert layer.so_far is found.levels[number + 1]
    assert len(found.levels[0]) == 1
    assert found.levels[0].largest == len(found) == 125
    counts = [len(level) for level in found.levels]
    assert 1 < counts[1] < counts[-1] < 125  # otherwise this test sees nothing
    assert len(found.layers[-1].alone) < 20


def test_the_sizes_and_the_shares() -> None:
    groups, rows = clusters()[0].regions, np.concatenate(clusters()[1], axis=1)
    equal = (rows[:, None] == rows).all(-1)
    assert groups.sizes[groups.members].tolist() == equal.sum(1).tolist()
    assert groups.shared == pytest.approx((equal.sum(1) > 1).mean(), abs=1e-15)
    assert groups.largest == equal.sum(1).max()
    for number in range(len(groups)):
        first = groups.inputs(number)[0]
        assert groups.inputs(number).tolist() == np.flatnonzero(equal[first]).tolist()


def test_each_level_refines_the_one_before() -> None:
    found, _ = clusters()
    for depth, (coarse, fine) in enumerate(pairwise(found.levels), 1):
        parents = found.parents(depth)
        assert len(parents) == len(fine) >= len(coarse)
        assert set(parents.tolist()) == set(range(len(coarse)))
        assert (parents[fine.members] == coarse.members).all()


def test_common_counts_the_layers_before_two_inputs_part() -> None:
    found, oracle = clusters()
    for i in range(0, len(found), 3):
        for j in range(len(found)):
            agree = [bool((rows[i] == rows[j]).all()) for rows in oracle]
            assert found.common(i, j) == [*agree, False].index(False)


def test_hamming_counts_the_units_that_differ() -> None:
    found, oracle = clusters()
    everything = np.zeros((len(found), len(found)), np.int64)
    for number, rows in enumerate(oracle):
        expected = (rows[:, None] != rows).sum(-1)
        assert (found.distances(layer=number) == expected).all()
        everything += expected
    distances = found.distances()
    assert (distances == everything).all()
    assert (found.distances([3, 7, 3], [1, 99]) == everything[[3, 7, 3]][:, [1, 99]]).all()
    assert found.hamming(4, 70).tolist() == [(rows[4] != rows[70]).sum() for rows in oracle]
    assert (distances == distances.T).all()
    assert (distances[:, None] <= distances[:, :, None] + distances).all()
    ids = np.array(found.region_ids)
    assert ((distances == 0) == (ids[:, None] == ids)).all()


def test_a_partition_known_by_hand() -> None:
    """Quadrants, then relu(x) + relu(y) > 1. A tie is off: 0 is with the negative, a sum of 1 is too."""
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1), nn.ReLU(), nn.Linear(1, 2)).double()
    with torch.no_grad():
        for layer, weight, bias in (
            (0, torch.eye(2), 0),
            (2, torch.ones(1, 2), -1),
            (4, torch.ones(2, 1), 0),
        ):
            model[layer].weight.copy_(weight)  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
            model[layer].bias.fill_(bias)  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
    points = [[0.2, 0.2], [2, 2], [-1, -1], [0, -1], [3, -1], [0.5, 0.5], [0.5, 0], [1, -5], [0, 0], [-1, 4]]
    x = torch.tensor(points, dtype=torch.float64)
    found = openbox.cluster(openbox.capture(model, x), x)
    assert found.layers[0].alone.members.tolist() == [0, 0, 1, 1, 2, 0, 2, 2, 1, 3]
    assert found.layers[1].alone.members.tolist() == [0, 1, 0, 0, 1, 0, 0, 0, 0, 1]
    assert found.regions.members.tolist() == [0, 1, 2, 2, 3, 0, 4, 4, 2, 5]
    assert found.parents(2).tolist() == [0, 0, 1, 2, 2, 3]
    assert found.parents(1).tolist() == [0, 0, 0, 0]
    assert found.regions.sizes.tolist() == [2, 1, 3, 1, 2, 1]
    assert found.regions.shared == 0.7
    assert found.common(0, 1) == 1
    assert found.hamming(2, 1).tolist() == [2, 1]
    assert found.layers[0].units == 2


def test_ties_of_a_pool_belong_to_the_first() -> None:
    x = torch.tensor([[1, 1, 0, 0], [1, 0, 0, -1], [0, 1, 0, 0], [-0.0, 0, 0, 0]]).double()[:, None]
    found = openbox.cluster(openbox.capture(nn.Sequential(nn.MaxPool1d(2), nn.Flatten()).double(), x), x)
    assert found.regions.members.tolist() == [0, 0, 1, 0]
    assert found.hamming(0, 2).tolist() == [1]


CHOSEN: Sequence[str] = ("no gate at all", "linear", *list(CASES)[::12])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", CHOSEN)
def test_the_ids_are_those_of_linearize(name: str, dtype: torch.dtype) -> None:
    _, net = opened(name)
    x = batch(name, dtype)
    found = openbox.cluster(net, x)
    assert found.region_ids == net.linearize(x, [0]).region_ids
    assert len(found.layers) == len(net.program.gates)
    ids = np.array(found.region_ids)
    assert ((found.distances() == 0) == (ids[:, None] == ids)).all()


def test_a_network_without_gates_has_one_region() -> None:
    _, net = opened("linear")
    found = openbox.cluster(net, batch("linear", torch.float64), list("aabbccc"))
    assert len(found.regions) == len(found.levels) == 1
    assert found.table() == ()
    assert found.hamming(0, 1).tolist() == []
    assert len(found.lines()) == 2
