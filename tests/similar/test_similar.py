"""ExactPieces that say the same become one, and no others; regions that represent; soft trees."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import openbox
from openbox.errors import InputError
from openbox.similar.merging import merge
from openbox.similar.pieces import open_pieces
from openbox.similar.representative import represent, split_after_last_convolution
from openbox.similar.soft_tree import SoftTreeSettings, distil


def points(count: int, features: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(count)
    return torch.randn(count, features, generator=generator, dtype=torch.float64)


def network(first: Tensor, bias: Tensor, last: Tensor) -> nn.Sequential:
    """Two inputs, units ``first`` (U, 2) with ``bias`` (U,), read by ``last`` (3, U)."""
    layers = nn.Linear(2, len(first)), nn.Linear(len(first), 3, bias=False)
    layers[0].weight.data, layers[0].bias.data, layers[1].weight.data = first, bias, last
    return nn.Sequential(layers[0], nn.ReLU(), layers[1]).eval()


FIRST, BIAS, LAST = points(8), points(8, 1)[:, 0], points(3, 3)


def dense(idle: int) -> nn.Sequential:
    """Three units, and ``idle`` ones that switch and are not read."""
    unread = torch.cat((LAST, LAST.new_zeros(3, idle)), 1)
    return network(FIRST[: 3 + idle], BIAS[: 3 + idle], unread)


def test_idle_units_split_regions_and_merging_undoes_it() -> None:
    x = points(300)
    counts = [len(open_pieces(openbox.capture(dense(idle), x[:1]), x)) for idle in (0, 5)]
    assert counts[1] > counts[0]
    (merged,) = merge(open_pieces(openbox.capture(dense(5), x[:1]), x), [1e-9], adjacent=counts[1])
    assert len(merged) == counts[0]
    assert merged.error < 1e-12


def test_a_duplicated_unit_splits_nothing() -> None:
    x = points(300)
    double = network(FIRST[:3].repeat(2, 1), BIAS[:3].repeat(2), LAST.repeat(1, 2) / 2)
    pieces = [open_pieces(openbox.capture(model, x[:1]), x) for model in (dense(0), double)]
    assert len(pieces[0]) == len(pieces[1])
    merged = [merge(some, [1e-9], adjacent=len(some))[0] for some in pieces]
    assert len(merged[0]) == len(merged[1]) == len(pieces[0])


def test_errors_are_those_of_a_loop_and_below_the_bound() -> None:
    x, model = points(60), dense(idle=2)
    pieces = open_pieces(openbox.capture(model, x[:1]), x)
    bounds = [0.0, 0.3, 1.0, 3.0, 1e9]
    found = merge(pieces, bounds, adjacent=len(pieces))
    assert [len(one) for one in found] == sorted((len(one) for one in found), reverse=True)
    assert len(found[-1]) == 1, "with any error allowed, one piece is left"
    for bound, merged in zip(bounds, found, strict=True):
        worst = 0.0
        for n, group in enumerate(merged.members):
            p = merged.piece[group]
            said = pieces.weight[p].numpy() @ x[n].numpy() + pieces.bias[p].numpy()
            truth = model(x[n : n + 1]).detach().numpy()[0]
            gap = (said - said.mean()) - (truth - truth.mean())
            worst = max(worst, np.abs(gap).max())
        assert merged.error == pytest.approx(worst, abs=1e-12)
        assert merged.error <= bound + 1e-12
        groups = torch.from_numpy(merged.members)
        assert torch.equal(merged.route(x, "input"), groups), "a known input goes to its own group"
        for number, prototype in enumerate(merged.prototypes):
            assert merged.members[prototype] == number
    said = found[0].logits(x, torch.from_numpy(found[0].members))
    torch.testing.assert_close(said, model(x).detach())


def test_only_neighbours_merge() -> None:
    """Three pieces in a row: with one neighbour each, the outer ones meet through the middle one only."""
    pieces = open_pieces(openbox.capture(dense(0), points(60)[:1]), points(60))
    near, all_pairs = (merge(pieces, [0.5], adjacent)[0] for adjacent in (1, len(pieces)))
    assert len(all_pairs) <= len(near)


def test_bad_bounds_are_refused() -> None:
    pieces = open_pieces(openbox.capture(dense(0), points(60)[:1]), points(60))
    with pytest.raises(InputError, match="pass ascending"):
        merge(pieces, [2.0, 1.0])
    with pytest.raises(InputError, match="prototype or input"):
        merge(pieces, [1.0])[0].route(points(3), "name")


def test_a_region_holds_its_own_and_keeps_the_others_out() -> None:
    """Three classes in three sectors: two hyperplanes say which one."""
    tail = nn.Linear(2, 3, bias=False)
    angles = torch.arange(3, dtype=torch.float64) * 2 * torch.pi / 3
    tail.weight.data = torch.stack((angles.cos(), angles.sin()), 1)
    z = points(500)
    found = represent(nn.Sequential(tail).eval(), z, 0)
    decided = tail(z).argmax(1)
    assert found.decision == int(decided[0])
    assert len(found.a) == 2
    assert torch.equal(found.contains(z), decided == decided[0])


def test_a_network_is_split_after_its_last_convolution() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 2, 3), nn.ReLU(), nn.Flatten())
    head, tail = split_after_last_convolution(model)
    x = torch.randn(2, 1, 8, 8)
    assert isinstance(head[-1], nn.Conv2d)
    assert torch.equal(tail(head(x)), model(x))
    with pytest.raises(InputError, match="no convolution"):
        split_after_last_convolution(nn.Sequential(nn.Linear(2, 2)))
    with pytest.raises(InputError, match=r"pass an nn\.Sequential"):
        split_after_last_convolution(nn.Linear(2, 2))


def test_a_soft_tree_learns_a_split_and_its_probabilities_sum_to_one() -> None:
    x = points(600).float()
    truth = (x[:, 0] > 0).long() + 2 * (x[:, 1] > 0).long()
    tree = distil(
        x, nn.functional.one_hot(truth, 4).float(), SoftTreeSettings(depth=2, epochs=100, learning_rate=0.03)
    )
    assert float((tree.predict(x) == truth).double().mean()) > 0.95
    for level in tree.reach(x):
        torch.testing.assert_close(level.sum(1), torch.ones(len(x)))
    again = distil(x, nn.functional.one_hot(truth, 4).float(), SoftTreeSettings(depth=2, epochs=1))
    twice = distil(x, nn.functional.one_hot(truth, 4).float(), SoftTreeSettings(depth=2, epochs=1))
    assert torch.equal(again.leaves, twice.leaves)
