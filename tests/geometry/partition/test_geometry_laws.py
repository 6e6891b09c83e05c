"""What every segment and every slice promises, on the whole table of cases: every gate, every layout.

Hooks do not reach the gates of most cases, so here the regions are those of ``linearize``, at points of
their own: it decides by the module's own arithmetic, and knows neither cells nor cuts.
"""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from cases import CASES
from opened import opened
from planes import check_partition, depth, spread
from thin import thin
from torch import Tensor

from openbox.network import PiecewiseLinearNetwork

RIM = 1e-9
EVERY = thin(CASES, lambda place, name: place % 4 == 1 and name != "resnet20")
WAYS = (("random", "signed"), ("bordered", "two values"), ("black", "constant"))
NOISE = 1e-12  # relative to the largest finite margin of its gate: a tie but for rounding


def points_of(name: str) -> dict[str, Tensor]:
    return {kind: x.double()[None] for kind, x in CASES[name].inputs().items()}


def tied(net: PiecewiseLinearNetwork, x: Tensor) -> Tensor:
    """(N,) whether some unit ties at x but for rounding, so that its decision is a matter of summation."""
    view = net.view()
    _, pattern = view.record(x)
    found = torch.zeros(len(x), dtype=torch.bool)
    for margins in view.margins(x, pattern)[0]:
        rows = margins.flatten(1)
        size = rows.abs().where(rows.isfinite(), 0).amax(1, keepdim=True)
        found |= (rows.abs() <= NOISE * size.clamp(min=1e-3)).any(1)
    return found


def check_ids(net: PiecewiseLinearNetwork, x: Tensor, expected: Sequence[str]) -> int:
    """Each point of x is in the region that is expected, unless it ties; how many do not."""
    found = net.linearize(x, classes=[0]).region_ids
    wrong = [i for i, pair in enumerate(zip(found, expected, strict=True)) if pair[0] != pair[1]]
    with torch.no_grad():
        assert not wrong or bool(tied(net, x[wrong]).all())
    return len(x) - len(wrong)


@pytest.mark.parametrize("name", EVERY)
def test_a_segment_is_the_network_on_the_way(name: str) -> None:
    _, net = opened(name)
    module = net.original  # the module itself, in float64
    inputs = points_of(name)
    found = {way: net.segment(inputs[way[0]], inputs[way[1]]) for way in WAYS}
    for way, segment in found.items():
        assert segment.t[0] == 0
        assert segment.t[-1] == 1
        assert bool((segment.t.diff() > 0).all())
        assert len(set(segment.region_ids)) == len(segment.region_ids) == len(segment.t) - 1
        generator = torch.Generator().manual_seed(3)
        t = torch.rand(60, generator=generator, dtype=torch.float64)
        t = t[((t[:, None] - segment.t).abs() > RIM).all(1)]
        x, outputs = segment.points(t), module(segment.points(t))
        scale = float(outputs.abs().max())
        torch.testing.assert_close(segment.logits_at(t), outputs, rtol=0, atol=1e-9 * scale)
        middle = slice(None, None, max(1, len(segment.region_ids) // 100))
        middles = (segment.t[1:] + segment.t[:-1])[middle] / 2
        some = torch.cat((segment.points(middles), x))
        ids = [*segment.region_ids[middle], *(segment.region_ids[i] for i in segment.interval(t))]
        same = check_ids(net, some, ids)
        if way == ("random", "signed"):
            assert same == len(some), "nothing ties here"
        assert segment.error < 1e-9
        torch.testing.assert_close(segment.logits, module(segment.points(segment.t)), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", EVERY)
def test_a_slice_is_a_partition_on_which_the_network_is_affine(name: str) -> None:
    _, net = opened(name)
    inputs = points_of(name)
    bordered = inputs["bordered"]
    planes = (
        (inputs["black"], inputs["random"], inputs["signed"]),
        (bordered, inputs["two values"] - bordered, inputs["signed"].flip(-1)),
    )
    for plane in planes:
        window = net.slice(*plane, 1.25, limit=40)
        check_partition(window)
        assert window.covered > 1 - 1e-9 or len(window.polygons) == 40
        points, cell = spread(window, 2)
        deep = np.array([depth(window.polygons[c], p[None])[0] for p, c in zip(points, cell, strict=True)])
        points, cell = points[deep > RIM], cell[deep > RIM]
        outputs = net.original(window.inputs(points)).numpy()
        ours = np.einsum("nkm,nm->nk", window.maps[cell].numpy(), np.c_[points, np.ones(len(points))])
        np.testing.assert_allclose(ours, outputs, rtol=0, atol=1e-9 * np.abs(outputs).max(initial=1e-3))
        x = window.inputs(np.concatenate((window.centres, points)))
        check_ids(net, x, [*window.region_ids, *(window.region_ids[c] for c in cell)])
        assert window.error < 1e-9


@pytest.mark.parametrize("name", ["cnn", "rnn, time first", "maxout", "hardshrink layers", "hardtanh"])
@pytest.mark.parametrize("kind", ["random", "black", "constant"])
def test_no_way_at_all_is_one_region(name: str, kind: str) -> None:
    _, net = opened(name)
    x = points_of(name)[kind]
    segment = net.segment(x, x)
    assert segment.t.tolist() == [0, 1]
    assert segment.region_ids == net.linearize(x, classes=[0]).region_ids
    torch.testing.assert_close(segment.logits, net.original(x).expand(2, -1))
    assert segment.switches == []
