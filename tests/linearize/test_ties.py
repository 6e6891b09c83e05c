"""On a tie the piece is one that the network really has: exact on a whole neighbourhood, if one exists.

Black borders, constant images and zero weights tie by the hundred. The convention names one piece for
each tied unit; a linear program says whether all those pieces together have an interior, and the way into
it. There the gates must decide as at the tie, and the module itself must be the piece.
"""

import numpy as np
import pytest
import torch
from cases import CASES
from neighbours import agree, decided
from opened import opened
from tied import INTERIOR, Way, ways
from torch import Tensor

STEPS = [0.1 * 0.25**power for power in range(14)]
POINTS = 20


def around(x: Tensor, way: Way, step: float) -> Tensor:
    """Points (POINTS, *shape) inside the cone of all tied units, a ``step`` away from x (1, *shape)."""
    generator = torch.Generator().manual_seed(8)
    noise = 2 * torch.rand(POINTS, *x.shape[1:], generator=generator, dtype=x.dtype) - 1
    return x + step * (torch.from_numpy(way.direction).view_as(x) + way.room / 2 * noise)


@pytest.mark.parametrize("name", CASES)
def test_the_piece_at_a_tie_is_the_network_on_a_neighbourhood(name: str) -> None:
    """Of the convention's region: every tied unit holds its piece, and the module is the affine function."""
    _, net = opened(name)
    for which, way in ways(name).items():
        if way.room <= INTERIOR:
            continue
        x = CASES[name].inputs()[which].double()[None]
        pattern = decided(net.program, x)
        clouds = (around(x, way, step) for step in STEPS)
        points = next(cloud for cloud in clouds if bool(agree(pattern, decided(net.program, cloud)).all()))
        piece = net.linearize(x)
        f = net.original(points)
        ours = torch.einsum("kd,nd->nk", piece.weight[0].flatten(1), points.flatten(1)) + piece.bias
        assert ((ours - f).abs().amax(1) <= 1e-12 * f.abs().amax(1)).all(), which


@pytest.mark.parametrize("name", CASES)
def test_where_there_is_no_interior_there_is_a_proof(name: str) -> None:
    """Tied units can exclude each other, as relu(x) and relu(-x) at 0: weights >= 0 that cancel their rows
    prove it, and no point around has the pattern of x."""
    _, net = opened(name)
    for which, way in ways(name).items():
        if way.room > INTERIOR:
            continue
        assert way.weights.min() >= -1e-12
        assert abs(way.weights.sum() - 1) <= 1e-9
        assert np.abs(way.remainder).max() <= 1e-12
        x = CASES[name].inputs()[which].double()[None]
        generator = torch.Generator().manual_seed(9)
        for step in (1e-6, 1e-3, 0.1):
            points = x + step * torch.randn(200, *x.shape[1:], generator=generator, dtype=x.dtype)
            assert not bool(agree(decided(net.program, x), decided(net.program, points)).any()), which
