"""Every result type: compared by identity or by plain values, hashed, pickled, copied, printed in a line."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import openbox
from openbox import explainers

PLAIN = (openbox.GateUnit, openbox.Crossing, openbox.Switch, openbox.Purity, openbox.Agreement,
         openbox.Row, openbox.Summary, explainers.Contrast)  # fmt: skip
CLASSES, SHAPE, COUNT = 3, (1, 6, 6), 4
BARE = {  # parts whose line says all, numbers for other code, and what is shown as a picture
    "Switch", "Purity", "Agreement", "Row", "Summary", "Contrast", "Groups", "GateLayer", "Receipt",
    "AffineSurrogate", "PatchSurrogate", "Explanation",
}  # fmt: skip
KEYS = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class Case:
    """``make`` a result; ``shapes`` of its tensors, as documented; ``ask`` it what it answers."""

    make: Callable[[], Any]
    shapes: KEYS
    ask: Callable[[Any], object] = lambda _: None


@cache
def images() -> Tensor:
    return torch.rand((COUNT, *SHAPE), generator=torch.Generator().manual_seed(1))


@cache
def model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, CLASSES)
    ).eval()


@cache
def net() -> openbox.PiecewiseLinearNetwork:
    return openbox.capture(model(), images())


@cache
def plane_net() -> openbox.PiecewiseLinearNetwork:
    torch.manual_seed(3)
    layers = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
    return openbox.capture(layers, torch.rand(2, 2))


@cache
def region() -> openbox.Region:
    return net().region(images()[0])


@cache
def clusters() -> openbox.Clusters:
    return openbox.cluster(net(), images(), [0, 0, 1, 1])


def explained(name: str) -> explainers.Explanation:
    explainer = explainers.create(name, model(), images())
    return explainer.explain(images(), 1)


def surrogate() -> explainers.Surrogate:
    found = explained("openbox").surrogate
    assert found is not None
    return found


def slice_() -> openbox.Slice:
    x = images()
    return net().slice(x[0], x[1] - x[0], x[2] - x[0], 0.1)


def window_region() -> openbox.Region:
    return plane_net().region(torch.tensor([0.1, 0.2], dtype=torch.float64))


K, N, D = CLASSES, COUNT, SHAPE
CASES: dict[str, Case] = {
    "LinearPiece": Case(
        lambda: net().linearize(images()),
        {"weight": (N, K, *D), "bias": (N, K), "logits": (N, K), "error": (N,), "degenerate": (N,)},
        lambda piece: (piece(images()), piece.region_ids, piece.degenerate),
    ),
    "Region": Case(
        region, {"x": (1, *D)},
        lambda r: (r.contains(images()), r.exit(images()[1]), r.distance(), r.halfspaces().a, r.region_ids),
    ),
    "Halfspaces": Case(lambda: region().halfspaces(), {"a": (-1, *D), "c": (-1,), "places": (-1, 3)}, len),
    "Facets": Case(
        lambda: region().facets(50), {"a": (-1, *D), "c": (-1,), "hits": (-1,), "points": (-1, *D)}, len,
    ),
    "AdjacentRegions": Case(
        lambda: window_region().neighbours(), {},
        lambda found: [(gate, r.region_ids, r.distance()) for gate, r in found],
    ),
    "Ball": Case(lambda: region().chebyshev((0, 1)), {"centre": (1, *D)}),
    "Crossing": Case(lambda: region().distance(), {}, lambda crossing: crossing.gate.words()),
    "GateUnit": Case(lambda: region().distance().gate, {}, lambda gate: gate.words()),
    "Segment": Case(
        lambda: net().segment(images()[0], images()[1]),
        {"a": (1, *D), "b": (1, *D), "t": (-1,), "logits": (-1, K), "maps": (-1, K, 2)},
        lambda s: (s.logits_at(s.t), s.middles, s.region_ids),
    ),
    "Switch": Case(lambda: net().segment(images()[0], -images()[0] * 9).switches[0], {}),
    "Slice": Case(
        slice_, {"origin": (1, *D), "u": (1, *D), "v": (1, *D), "maps": (-1, K, 3)},
        lambda s: (s.cell((0.01, 0.02)), s.inputs(s.centres), s.areas, s.region_ids),
    ),
    "Counterfactual": Case(
        lambda: net().counterfactual(images()[0], bounds=None),
        {"point": (1, *D), "logits": (1, K), "path": (-1, *D)},
    ),
    "Clusters": Case(
        clusters, {"labels": (N,)},
        lambda c: (c.region_ids, c.table(), c.distances(), c.hamming(0, 1), c.neighbours(2).inputs),
    ),
    "Neighbours": Case(lambda: clusters().neighbours(2), {"inputs": (N, 2), "distances": (N, 2)}),
    "Groups": Case(lambda: clusters().regions, {"members": (N,), "sizes": (-1,)}, lambda g: g.inputs(0)),
    "GateLayer": Case(lambda: clusters().layers[0], {}, lambda layer: layer.alone.largest),
    "Row": Case(lambda: clusters().table()[0], {}),
    "Summary": Case(lambda: clusters().table()[0].alone, {}),
    "Purity": Case(lambda: clusters().table()[0].alone.purity, {}),
    "Agreement": Case(lambda: clusters().neighbours(2).agreement, {}),
    "Explanation": Case(lambda: explained("openbox"), {"values": (N, *D)}, lambda e: e.surrogate(images())),
    "Receipt": Case(lambda: explained("openbox").receipt, {}),
    "Contrast": Case(lambda: explainers.Contrast(0, 1), {}),
    "AffineSurrogate": Case(surrogate, {"weight": (N, *D), "bias": (N,)}, lambda s: s(images())),
    "PatchSurrogate": Case(
        lambda: explained("lime").surrogate, {"intercept": (N,), "weights": (N, -1)}, lambda s: s(images())
    ),
}  # fmt: skip


def same(a: Any, b: Any) -> bool:
    """Equal numbers, all the way down."""
    if isinstance(a, Tensor):
        return isinstance(b, Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, np.ndarray):
        return bool(np.array_equal(a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if is_dataclass(a):
        public = [one.name for one in fields(a) if one.name[0] != "_" and one.name != "local"]
        return type(a) is type(b) and all(same(getattr(a, name), getattr(b, name)) for name in public)
    return a == b


@pytest.mark.parametrize("name", CASES)
def test_a_result_can_be_held(name: str) -> None:
    case = CASES[name]
    result, again = case.make(), copy.copy(case.make())
    assert type(result).__name__ == name
    home = explainers if "explainers" in type(result).__module__ else openbox
    assert getattr(home, name) is type(result), "exported"
    assert result == result
    assert (result == again) is isinstance(result, PLAIN)
    assert len({result, result}) == 1
    assert len(repr(result)) <= 300
    assert "tensor(" not in repr(result)
    assert "array(" not in repr(result)
    for attribute, shape in case.shapes.items():
        found = tuple(getattr(result, attribute).shape)
        assert len(found) == len(shape), attribute
        assert all(size in (-1, real) for size, real in zip(shape, found, strict=True)), attribute
    expected = case.ask(result)
    for copied in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        assert copied is not result or isinstance(result, PLAIN)
        assert same(copied, result)
        assert same(case.ask(copied), expected)


@pytest.mark.parametrize("name", sorted(set(CASES) - BARE))
def test_a_notebook_shows_a_short_table_with_units(name: str) -> None:
    shown = CASES[name].make()._repr_html_()
    assert len(shown) < 3000
    assert "tensor(" not in shown
    assert shown.count("<tr>") >= 3
    assert not ElementTree.fromstring(f"<div>{shown}</div>").findall(".//td[3][.='']"), "every row has a unit"


def test_a_table_of_a_huge_tensor_is_quick_and_short() -> None:
    huge = torch.zeros(1).expand(10**6, 10**6)
    piece = openbox.LinearPiece(huge, torch.zeros(1, 1), torch.zeros(1, 1), torch.zeros(1), None)
    assert "(1000000, 1000000)</td>" in piece._repr_html_()


def test_the_table_has_every_result_type() -> None:
    """What ``openbox`` exports as data is tried above."""
    found = {
        name
        for home in (openbox, explainers)
        for name, value in vars(home).items()
        if isinstance(value, type) and is_dataclass(value)
    }
    assert found - {"Entry"} == set(CASES)


def test_a_copied_piece_holds_nothing_of_the_network() -> None:
    piece = net().linearize(images())
    size = len(pickle.dumps(piece))
    numbers = sum(t.numel() * t.element_size() for t in (piece.weight, piece.bias, piece.logits, piece.error))
    assert size < numbers + 5_000


def test_ties_of_a_piece_are_not_those_of_other_weights() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    opened = openbox.capture(model, torch.rand(2, 3))
    piece, kept = opened.linearize(torch.rand(2, 3)), opened.linearize(torch.rand(2, 3))
    assert kept.degenerate.tolist() == [0, 0]
    with torch.no_grad():
        next(model.parameters()).add_(1)
    assert kept.degenerate.tolist() == [0, 0]
    with pytest.raises(openbox.StaleCaptureError, match=r"piece.degenerate: a weight .* changed"):
        _ = piece.degenerate


def test_old_names_answer_with_a_warning() -> None:
    piece = net().linearize(images())
    with pytest.warns(DeprecationWarning, match="region_ids"):
        assert piece.region_id == piece.region_ids
    with pytest.warns(DeprecationWarning, match="region_ids"):
        assert clusters().region_id == clusters().region_ids
    found = region().halfspaces()
    with pytest.warns(DeprecationWarning, match=r"\.a and \.c"):
        a, c = found
    assert a is found.a
    assert c is found.c


def test_a_piece_outlives_a_step_of_training() -> None:
    """Its numbers and regions pickle and copy; its ties, if nobody asked before, are gone, and say so."""
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    x = torch.rand(2, 3, generator=torch.Generator().manual_seed(0))
    piece = openbox.capture(model, x).linearize(x)
    with torch.no_grad():
        next(model.parameters()).add_(0.1)
    for other in (pickle.loads(pickle.dumps(piece)), copy.deepcopy(piece), copy.copy(piece)):
        assert torch.equal(other.weight, piece.weight)
        assert other.region_ids == piece.region_ids
        with pytest.raises(openbox.StaleCaptureError, match="degenerate before that"):
            _ = other.degenerate


@pytest.mark.parametrize("take", [pickle.dumps, copy.deepcopy], ids=["pickle", "deepcopy"])
def test_a_captured_network_is_neither_pickled_nor_deeply_copied(take: Callable[[object], object]) -> None:
    net = openbox.capture(nn.Linear(3, 2), torch.zeros(1, 3))
    with pytest.raises(openbox.InputError, match="pickle or copy the Linear"):
        take(net)


def test_facets_of_a_network_without_gates_know_their_space() -> None:
    region = openbox.capture(nn.Linear(3, 2), torch.zeros(1, 3)).region(torch.zeros(3))
    assert repr(region.minimal()) == "Facets(0 facets in 3 coordinates, all of them)"
