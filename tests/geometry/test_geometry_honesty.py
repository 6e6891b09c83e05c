"""What the geometry says when something is not as it should be."""

import pytest
import torch
from torch import Tensor, nn

import openbox


def small() -> tuple[nn.Sequential, openbox.PiecewiseLinearNetwork]:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 3))
    return model, openbox.capture(model, torch.zeros(1, 3))


def test_an_error_of_a_callback_is_not_blamed_on_the_dtype() -> None:
    def stop(*_: object) -> None:
        raise RuntimeError("stopped by hand")

    _, net = small()
    a, b, c = torch.eye(3)
    with pytest.raises(RuntimeError, match=r"^stopped by hand$"):
        net.segment(a, b, progress=stop)
    with pytest.raises(RuntimeError, match=r"^stopped by hand$"):
        net.slice(a, b, c, 1.0, progress=stop)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_region_keeps_the_weights_it_was_made_with(dtype: torch.dtype) -> None:
    model, net = small()
    net = openbox.capture(model.to(dtype), torch.zeros(1, 3, dtype=dtype))
    x = torch.randn(3, generator=torch.Generator().manual_seed(1))
    region = net.region(x)
    before = region.distance()
    with torch.no_grad():
        model[0].weight.mul_(-3)  # pyright: ignore[reportCallIssue]
    assert region.distance() == before
    assert bool(region.contains(x[None]).all())
    assert net.region(x).distance() != before


def test_a_module_without_a_version_in_float64_has_no_region() -> None:
    class Single(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Linear(3, 6), nn.Linear(6, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.two(self.one(x.float()).relu())

    net = openbox.capture(Single(), torch.zeros(1, 3))
    with pytest.raises(openbox.InputError, match=r"does not run in torch\.float64"):
        net.region(torch.zeros(3))


def test_an_output_that_is_no_number_is_refused() -> None:
    class Infinite(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.relu() / torch.zeros(3).to(x)

    net = openbox.capture(Infinite(), torch.ones(1, 3))
    a, b, c = torch.eye(3)
    with pytest.raises(openbox.InputError, match="region: the module's output is NaN or infinite"):
        net.region(a)
    with pytest.raises(openbox.InputError, match=r"^segment: .* NaN or infinite"):
        net.segment(a, b)
    with pytest.raises(openbox.InputError, match=r"^slice: .* NaN or infinite"):
        net.slice(a, b, c, 1.0)


def test_the_receipts_see_a_kink_that_was_missed() -> None:
    """A unit that is 1e-13 of its layer counts as rounding, and is then blown up again."""

    class Tiny(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            size = torch.tensor([1.0, 1e-13]).to(x)
            return ((x - 1) * size).relu() / size

    net = openbox.capture(Tiny(), torch.zeros(1, 2, dtype=torch.float64))
    way = net.segment(torch.tensor([0.0, 0.5]), torch.tensor([0.0, 2.0]))
    assert len(way.t) == 3 or way.error > 0.1
    plane = net.slice(torch.tensor([0.0, 0.5]), torch.tensor([1.0, 0]), torch.tensor([0.0, 1.0]), 2.0)
    assert len(plane.polygons) == 4 or plane.error > 0.1


def test_a_slice_says_what_extent_and_limit_must_be() -> None:
    _, net = small()
    a, b, c = torch.eye(3)
    for extent in (0, -1, float("nan"), float("inf"), "1", None):
        with pytest.raises(openbox.InputError, match=r"slice: extent is .* positive number"):
            net.slice(a, b, c, extent)  # pyright: ignore[reportArgumentType]
    for limit in (0, 2.5, "3"):
        with pytest.raises(openbox.InputError, match=r"slice: limit is .* number of regions"):
            net.slice(a, b, c, 1.0, limit=limit)  # pyright: ignore[reportArgumentType]
