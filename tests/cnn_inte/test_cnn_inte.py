"""CNN-INTE on what is known: planted factors, planted clusters, a decision that reads them."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from openbox.cnn_inte.factors import Numbers, Values, group_features
from openbox.cnn_inte.hidden import activations, last_hidden
from openbox.cnn_inte.interpreter import MetaSettings, fit_meta_tree
from openbox.errors import InputError, UnknownNameError
from openbox.zoo import load_checkpoint

SMALL = MetaSettings(factors=2, clusters=2, leaves=4, trees=10)


def planted(count: int = 400) -> tuple[Values, Numbers]:
    """Two hidden bits, each seen by 5 features with noise; the class says both."""
    draw = np.random.default_rng(0)
    bits = draw.integers(0, 2, (count, 2))
    signs = np.where(np.arange(10) % 3 == 0, 1.0, 2.0)
    features = np.repeat(bits, 5, 1) * signs + draw.normal(0, 0.05, (count, 10))
    return features, bits[:, 0] * 2 + bits[:, 1]


def test_level_one_separates_two_planted_factors() -> None:
    values, _ = planted()
    found = group_features(np.c_[values, np.ones(len(values))], 2, seed=0)
    assert len(set(found[:5])) == len(set(found[5:10])) == 1
    assert found[0] != found[5]
    assert found[10] == -1, "a feature that never changes is of no factor"


def test_two_bits_are_clusters_and_a_tree_of_four_leaves_reads_them() -> None:
    values, decided = planted()
    meta = fit_meta_tree(values[:300], values[:300], decided[:300], SMALL)
    clusters = meta.clusters(values[300:])
    assert (clusters == meta.true_clusters(values[300:])).all()
    assert (meta.predict(clusters) == decided[300:]).all()
    assert meta.tree.get_n_leaves() == 4
    for row, answer in zip(clusters[:20], decided[300:320], strict=True):
        way = meta.way(row)
        assert way[0] == 0
        children = meta.tree.tree_.children_left, meta.tree.tree_.children_right
        assert all(b in (children[0][a], children[1][a]) for a, b in pairwise(way))
        assert meta.tree.tree_.value[way[-1]][0].argmax() == answer


def test_the_same_seed_gives_the_same_tree() -> None:
    values, decided = planted()
    one, other = (fit_meta_tree(values, values, decided, SMALL) for _ in range(2))
    assert (one.clusters(values) == other.clusters(values)).all()
    assert (one.tree.tree_.feature == other.tree.tree_.feature).all()


def test_activations_are_those_of_the_layer() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).eval()
    x = torch.randn(7, 3, generator=torch.Generator().manual_seed(0))
    found = activations(model, "1", x, batch_size=3)
    assert torch.equal(found, model[0](x).clamp(min=0))
    assert last_hidden(model) == "1"
    assert last_hidden(load_checkpoint("mnist-cnn-seed0").model) == "13"
    assert not any(module._forward_hooks for module in model.modules())


def test_mistakes_are_named() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).eval()
    with pytest.raises(UnknownNameError, match=r"unknown layer 'conv9'; known: 0, 1, 2"):
        activations(model, "conv9", torch.zeros(1, 3))
    with pytest.raises(InputError, match="has no layer before a last linear one"):
        last_hidden(nn.Sequential(nn.Linear(2, 2)))
    values, decided = planted(1)
    with pytest.raises(InputError, match="1 inputs cannot make 2 clusters"):
        fit_meta_tree(values, values, decided, SMALL)
    with pytest.raises(InputError, match="gives the same for every input"):
        fit_meta_tree(np.ones((9, 3)), np.ones((9, 3)), np.zeros(9, np.int64), SMALL)
