"""Networks of two inputs whose regions one can draw by hand: corners, areas, boundaries, ties."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from planes import check_partition
from torch import Tensor, nn

import openbox
from openbox.geometry.partition.slice import Slice

E1, E2 = torch.eye(2, dtype=torch.float64)
ORIGIN = torch.zeros(2, dtype=torch.float64)


def linear(weight: Sequence[Sequence[float]], bias: Sequence[float] | None = None) -> nn.Linear:
    layer = nn.Linear(len(weight[0]), len(weight)).double()
    layer.weight.data = torch.tensor(weight, dtype=torch.float64)
    layer.bias.data = torch.tensor(bias or [0.0] * len(weight), dtype=torch.float64)
    return layer


def window(*layers: nn.Module, extent: float = 1.0) -> Slice:
    found = openbox.capture(nn.Sequential(*layers).eval(), ORIGIN[None]).slice(ORIGIN, E1, E2, extent)
    check_partition(found)
    assert found.covered == pytest.approx(1, abs=1e-12)
    return found


def corners(polygon: np.ndarray) -> list[tuple[float, float]]:
    return sorted((round(float(s), 9) + 0.0, round(float(t), 9) + 0.0) for s, t in polygon)


SIGNS = [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]


def test_a_relu_of_each_coordinate_cuts_the_quadrants() -> None:
    found = window(linear([[1, 0], [0, 1]]), nn.ReLU())
    assert found.areas.tolist() == pytest.approx([1] * 4)
    expected = [sorted([(0.0, 0.0), (s, 0.0), (0.0, t), (s, t)]) for s in (-1.0, 1.0) for t in (-1.0, 1.0)]
    assert sorted(corners(polygon) for polygon in found.polygons) == sorted(expected)


def test_opposite_units_cut_along_the_same_line_once() -> None:
    """Two units change at the same place: one cut, and no sliver between."""
    found = window(linear(SIGNS), nn.ReLU(), extent=3.0)
    assert sorted(found.areas) == pytest.approx([9] * 4)


def test_the_diamond_of_the_second_layer() -> None:
    """1 - |s| - |t| > 0, from four units that are |s| and |t|."""
    found = window(linear(SIGNS), nn.ReLU(), linear([[-1, -1, -1, -1]], [1]), nn.ReLU(), extent=2.0)
    assert sorted(found.areas) == pytest.approx([0.5] * 4 + [3.5] * 4)
    triangle = sorted([(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])
    assert triangle in [corners(polygon) for polygon in found.polygons]
    inside = found.cell((0.2, 0.3))
    assert inside is not None
    assert found.maps[inside].tolist() == [pytest.approx([-1, -1, 1])]


def test_the_largest_of_three_meets_in_one_point() -> None:
    """max(s, t, -s - t): three cells around the origin, by a pool and by a maximum over an axis."""

    class Largest(nn.Module):
        def forward(self, z: Tensor) -> Tensor:
            return z.amax(1, keepdim=True)

    first = linear([[1, 0], [0, 1], [-1, -1]])
    for last in ((nn.Unflatten(1, (1, 3)), nn.MaxPool1d(3), nn.Flatten()), (Largest(),)):
        found = window(first, *last)
        assert sorted(found.areas) == pytest.approx([1.25, 1.25, 1.5])
        expected = sorted([(0.0, 0.0), (-1.0, 0.5), (-1.0, -1.0), (0.5, -1.0)])
        assert expected in [corners(polygon) for polygon in found.polygons]


def test_a_band_cuts_twice_wherever_its_middle_lies() -> None:
    """From an outer piece only the next border is known; the one beyond it must be found all the same."""
    for low, high in ((-0.1, 0.2), (0.5, 0.6), (-0.9, -0.2), (-0.3, 0.9)):
        found = window(linear([[1, 0]]), nn.Hardtanh(low, high))
        assert sorted(found.areas) == pytest.approx(sorted([2 * (low + 1), 2 * (high - low), 2 * (1 - high)]))


def test_steep_bands_cut_from_every_side() -> None:
    found = window(linear([[3, 0], [0, 3], [3, 3]]), nn.Hardtanh(-1, 1))
    third = 1 / 3
    assert found.cell((0.0, 0.0)) is not None
    lines = ([(-third, 0), (third, 0)], [(0, -third), (0, third)])
    for line in lines:
        for s, t in line:
            here, there = found.cell((s * 0.99, t * 0.99)), found.cell((s * 1.01, t * 1.01))
            assert here is not None
            assert here != there


def test_a_network_that_jumps_keeps_both_sides() -> None:
    found = window(linear([[1, 0], [0, 1]]), nn.Threshold(0.25, -1.0))
    assert sorted(found.areas) == pytest.approx(sorted([0.75 * 0.75, 0.75 * 1.25, 0.75 * 1.25, 1.25 * 1.25]))
    assert found.error == 0


def test_a_dead_network_is_one_cell() -> None:
    found = window(linear([[1, 0], [0, 1]], [-5, -5]), nn.ReLU())
    assert [corners(p) for p in found.polygons] == [[(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)]]
    assert found.maps.tolist() == [[[0, 0, 0], [0, 0, 0]]]
    assert len(found.boundary) == 0, "equal everywhere is no boundary"


def test_duplicated_and_zero_units_cut_nothing_more() -> None:
    found = window(
        linear([[1, 1]] * 5 + [[0, 0]] * 3 + [[-2, -2]]), nn.ReLU(), linear([[1] * 9, [1] * 9]), nn.ReLU()
    )
    assert sorted(found.areas) == pytest.approx([2, 2])


def test_fifty_lines_through_one_point() -> None:
    angles = [math.pi * k / 50 for k in range(50)]
    found = window(linear([[math.cos(a), math.sin(a)] for a in angles]), nn.ReLU())
    assert len(found.polygons) == 100
    assert found.areas.sum() == pytest.approx(4)
    assert all((np.abs(polygon).max(1) < 1e-9).any() for polygon in found.polygons), "all meet in the middle"


def test_the_boundary_of_a_square_well() -> None:
    """|s| against 1/2: two lines, each in two cells above and below nothing, none where the unit bends."""
    found = window(linear(SIGNS[:2]), nn.ReLU(), linear([[1, 1], [0, 0]], [0, 0.5]))
    assert sorted(tuple(np.round(edge[:, 0], 9)) for edge in found.boundary) == [(-0.5, -0.5), (0.5, 0.5)]
    assert np.abs(found.boundary[:, 0] - found.boundary[:, 1]).sum(1) == pytest.approx([2, 2])
    assert {tuple(sorted(pair)) for pair in found.boundary_classes.tolist()} == {(0, 1)}


def test_three_classes_meet_in_a_point() -> None:
    found = window(linear([[1, 0], [0, 1], [-1, -1]]), nn.LeakyReLU(1.0))
    pairs = {}
    for edge, pair in zip(found.boundary, found.boundary_classes.tolist(), strict=True):
        pairs.setdefault(tuple(sorted(pair)), []).append(np.sqrt(((edge[1] - edge[0]) ** 2).sum()))
    lengths = {pair: sum(parts) for pair, parts in pairs.items()}
    assert lengths == pytest.approx(
        {(0, 1): math.sqrt(2), (0, 2): math.hypot(1, 0.5), (1, 2): math.hypot(1, 0.5)}
    )


@pytest.mark.parametrize("swap", [False, True])
def test_a_boundary_on_the_border_of_two_cells_is_not_lost(swap: bool) -> None:
    """relu(s) against relu(-s) changes exactly where the units bend, and other units cut the neighbours."""
    first = linear([*SIGNS[:2], [1, 1], [-1, 3]])
    last = linear([[1, 0, 0, 0], [0, 1, 0, 0]][:: -1 if swap else 1])
    found = window(first, nn.ReLU(), last)
    lengths = np.abs(found.boundary[:, 0] - found.boundary[:, 1]).sum(1)
    assert lengths.sum() == pytest.approx(2)
    assert np.abs(found.boundary[..., 0]).max() < 1e-9
    assert found.boundary_classes.tolist() == [[0, 1]] * len(lengths)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_boundary_of_a_half_plane_of_ties(order: tuple[int, int]) -> None:
    """relu(s) against 0: a tie where s <= 0, which belongs to the first class: one order changes."""
    found = window(linear(SIGNS[:1]), nn.ReLU(), linear([[[1.0], [0.0]][k] for k in order]))
    lengths = np.abs(found.boundary[:, 0] - found.boundary[:, 1]).sum(1)
    assert lengths.tolist() == ([] if order == (0, 1) else pytest.approx([2]))


def test_where_classes_only_touch_is_no_boundary() -> None:
    """|s| against 0 ties at s = 0 and changes nowhere."""
    found = window(linear(SIGNS[:2]), nn.ReLU(), linear([[1, 1], [0, 0]]))
    assert len(found.boundary) == 0


def test_a_segment_by_hand() -> None:
    model = nn.Sequential(linear([[1], [-1]], [-0.25, 0.75]), nn.ReLU(), linear([[1, 0], [0, 1]])).eval()
    a, b = torch.zeros(1, 1, dtype=torch.float64), torch.ones(1, 1, dtype=torch.float64)
    segment = openbox.capture(model, a).segment(a, b)
    assert segment.t.tolist() == pytest.approx([0, 0.25, 0.75, 1])
    assert segment.interval(segment.t).tolist() == [0, 1, 2, 2], "a breakpoint lies in what it begins"
    assert segment.logits.numpy() == pytest.approx(np.array([[0, 0.75], [0, 0.5], [0.5, 0], [0.75, 0]]))
    assert segment.maps.numpy() == pytest.approx(
        np.array([[[0, 0], [-1, 0.75]], [[1, -0.25], [-1, 0.75]], [[1, -0.25], [0, 0]]])
    )
    assert [(round(s.t, 9), s.before, s.after) for s in segment.switches] == [(0.5, 1, 0)]


def test_a_segment_inside_a_boundary_stays_in_one_region() -> None:
    """On the line s = 0 the first unit ties all the way, and counts as off; only the second one changes."""
    model = nn.Sequential(linear([[1, 0], [0, 1]]), nn.ReLU()).eval()
    net = openbox.capture(model, ORIGIN[None])
    segment = net.segment(-E2, E2)
    assert segment.t.tolist() == pytest.approx([0, 0.5, 1])
    assert segment.region_ids == net.linearize(torch.stack((-E2, E2))).region_ids
