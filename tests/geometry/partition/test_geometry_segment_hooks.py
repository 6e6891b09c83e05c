"""Segments against what hooks on the plain modules see at thousands of points."""

from functools import cache

import numpy as np
import pytest
import torch
from hooked import NETWORKS, network, patterns
from torch import Tensor, nn

import openbox
from openbox.geometry.partition.segment import Segment
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load

RIM = 1e-9  # closer to a breakpoint, rounding decides


@cache
def found(name: str) -> tuple[nn.Module, Segment]:
    model, shape = network(name)
    generator = torch.Generator().manual_seed(6)
    a, b = 3 * torch.randn((2, 1, *shape), generator=generator, dtype=torch.float64)
    return model, openbox.capture(model, a).segment(a, b)


def samples(segment: Segment, count: int) -> tuple[Tensor, np.ndarray]:
    """Points all over the segment and close to both sides of every breakpoint, and their intervals."""
    inner = segment.t[1:-1]
    t = torch.cat((torch.linspace(0, 1, count, dtype=inner.dtype), inner - 2 * RIM, inner + 2 * RIM))
    t = t[((t[:, None] - segment.t).abs() > RIM).all(1)]
    return t, np.searchsorted(segment.t.numpy(), t.numpy(), side="right") - 1


@pytest.mark.parametrize("name", NETWORKS)
def test_each_interval_has_one_pattern_and_each_pattern_one_interval(name: str) -> None:
    model, segment = found(name)
    assert len(segment.region_ids) >= 15
    middles = patterns(model, segment.middles)
    assert len(np.unique(middles, axis=0)) == len(middles) == len(set(segment.region_ids))
    t, interval = samples(segment, 20_000)
    assert len(t) > 19_000
    assert (patterns(model, segment.points(t)) == middles[interval]).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_maps_are_the_module(name: str) -> None:
    model, segment = found(name)
    t, interval = samples(segment, 5_000)
    assert segment.interval(t).tolist() == interval.tolist()
    with torch.no_grad():
        outputs, ends = model(segment.points(t)), model(segment.points(segment.t))
    scale = float(outputs.abs().max())
    torch.testing.assert_close(segment.logits_at(t), outputs, rtol=0, atol=1e-11 * scale)
    torch.testing.assert_close(segment.logits, ends, rtol=0, atol=1e-11 * scale)
    assert segment.error < 1e-11


@pytest.mark.parametrize("name", NETWORKS)
def test_the_switches_are_where_the_decision_changes(name: str) -> None:
    model, segment = found(name)
    switches = np.array([switch.t for switch in segment.switches])
    assert len(switches) > 0
    assert (np.diff(switches) > 0).all()
    t = torch.from_numpy(np.concatenate((np.linspace(0, 1, 20_001), switches - 2 * RIM, switches + 2 * RIM)))
    t = t[((t[:, None] - torch.from_numpy(switches)).abs() > RIM).all(1)]
    with torch.no_grad():
        classes = model(segment.points(t)).argmax(1).numpy()
    chain = [segment.switches[0].before, *(switch.after for switch in segment.switches)]
    assert [switch.before for switch in segment.switches[1:]] == chain[1:-1]
    assert (classes == np.array(chain)[np.searchsorted(switches, t.numpy())]).all()


def test_backwards_it_is_the_same() -> None:
    model, forwards = found("pools")
    backwards = openbox.capture(model, forwards.a).segment(forwards.b, forwards.a)
    torch.testing.assert_close(1 - backwards.t.flip(0), forwards.t, rtol=0, atol=1e-10)
    assert backwards.region_ids[::-1] == forwards.region_ids


def test_two_halves_make_the_whole() -> None:
    model, whole = found("dense")
    middle = (whole.a + whole.b) / 2
    net = openbox.capture(model, middle)
    first, second = net.segment(whole.a, middle), net.segment(middle, whole.b)
    t = torch.cat((first.t[:-1] / 2, 0.5 + second.t[1:] / 2))
    torch.testing.assert_close(t, whole.t, rtol=0, atol=1e-10)
    assert [*first.region_ids, *second.region_ids[1:]] == whole.region_ids


@pytest.mark.long
def test_real_digits_through_a_trained_network() -> None:
    """Black borders tie in hundreds of pooling windows; those ties never break on the way."""
    model = load_checkpoint("digits-cnn-seed0").model.double()
    x = load("digits").batch(slice(0, 6)).double()
    net = openbox.capture(model, x)
    for a, b in ((x[0], x[1]), (torch.zeros_like(x[2]), x[2]), (x[3], 0.5 * x[3])):
        segment = net.segment(a, b)
        middles = patterns(model, segment.middles)
        assert len(np.unique(middles, axis=0)) == len(middles) > 10
        t, interval = samples(segment, 1_000)
        assert (patterns(model, segment.points(t)) == middles[interval]).all()
        assert segment.region_ids == net.linearize(segment.middles, classes=[0]).region_ids
        assert segment.error < 1e-12
