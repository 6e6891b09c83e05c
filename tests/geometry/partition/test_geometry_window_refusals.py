"""What a segment or a slice cannot be asked, said in one sentence; and what a caller may pass."""

from typing import Any

import pytest
import torch
from opened import opened
from torch import nn

import openbox
from openbox.errors import InputError

X = torch.rand(2, 7, 7, generator=torch.Generator().manual_seed(0))
BAD: dict[str, tuple[Any, str]] = {
    "a batch of two": (torch.stack((X, X)), "got 2 inputs; pass one"),
    "another shape": (X[:1], r"has shape \(1, 7, 7\); pass one input"),
    "an empty batch": (X[None][:0], "with N >= 1"),
    "an array": (X.numpy(), "got ndarray; pass a torch.Tensor"),
    "integers": (X.long(), "torch.int64"),
    "half precision": (X.half(), "torch.float16"),
    "another device": (X.to("meta"), "on meta, the network on cpu"),
    "not a number": (X * torch.nan, "NaN"),
    "infinite": (X / 0, "NaN or infinity"),
}


@pytest.mark.parametrize("bad", BAD)
def test_an_end_that_is_no_input_is_refused(bad: str) -> None:
    _, net = opened("overlapping pool")
    good = torch.zeros(net.input_shape)
    value, message = BAD[bad]
    with pytest.raises(InputError, match=f"^segment: a.*({message})"):
        net.segment(value, good)
    with pytest.raises(InputError, match=f"^segment: b.*({message})"):
        net.segment(good, value)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_plane_that_is_none_is_refused(bad: str, place: int) -> None:
    _, net = opened("overlapping pool")
    plane: list[Any] = [torch.ones(net.input_shape)] * 3
    value, message = BAD[bad]
    plane[place] = value
    with pytest.raises(InputError, match=f"^slice: {('origin', 'u', 'v')[place]}.*({message})"):
        net.slice(plane[0], plane[1], plane[2], 1.0)


@pytest.mark.parametrize("place", [1, 2])
def test_a_direction_of_zero_is_refused(place: int) -> None:
    _, net = opened("overlapping pool")
    plane = [torch.ones(net.input_shape)] * 3
    plane[place] = torch.zeros(net.input_shape)
    with pytest.raises(InputError, match=f"slice: {'-uv'[place]} is zero; pass a direction"):
        net.slice(plane[0], plane[1], plane[2], 1.0)


@pytest.mark.parametrize("extent", [0.0, -1.0, float("inf"), float("nan")])
def test_an_extent_that_is_no_size_is_refused(extent: float) -> None:
    _, net = opened("overlapping pool")
    x = torch.ones(net.input_shape)
    with pytest.raises(InputError, match=r"slice: extent is .*; pass a positive number"):
        net.slice(x, x, x, extent)


@pytest.mark.parametrize("factor", [1, -0.3, 1e9])
def test_parallel_directions_are_refused(factor: float) -> None:
    net = openbox.capture(nn.Linear(3, 2), torch.zeros(1, 3))
    x = torch.tensor([[0.1, -2.0, 3.0]])
    with pytest.raises(InputError, match="slice: u and v are parallel, so they span no plane"):
        net.slice(x, x, factor * x, 1.0)
    other = factor * (x + torch.tensor([[0.0, 1e-3, 0.0]]))
    assert net.slice(x, x, other, 1.0).covered == pytest.approx(1)


@pytest.mark.parametrize("limit", [0, -5])
def test_a_limit_below_one_is_refused(limit: int) -> None:
    _, net = opened("overlapping pool")
    x = torch.ones(net.input_shape)
    with pytest.raises(InputError, match=f"slice: limit is {limit}; pass a number of regions"):
        net.slice(x, x, x, 1.0, limit=limit)


def test_the_caller_s_tensors_modes_and_dtypes_do_not_matter() -> None:
    _, net = opened("overlapping pool")
    generator = torch.Generator().manual_seed(1)
    a, b = torch.randn((2, *net.input_shape), generator=generator)
    plain = net.segment(a, b)
    told: list[float] = []
    for first, second in ((a[None], b[None]), (a.double(), b), (a.clone().requires_grad_(), b)):
        again = net.segment(first, second, progress=told.append)
        assert torch.equal(again.t, plain.t)
        assert again.region_ids == plain.region_ids
        assert not again.t.requires_grad
    assert told[-1] == pytest.approx(1)
    assert all(0 < share <= 1 for share in told)
    for mode in (torch.no_grad, torch.enable_grad, torch.inference_mode):
        with mode():
            again = net.segment(a.clone(), b.clone())
            window = net.slice(a.clone(), b.clone(), a.flip(-1), 0.1, limit=5)
        assert torch.equal(again.t, plain.t)
        assert not window.origin.is_inference()
