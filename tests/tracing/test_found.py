"""Modules of users that once were opened wrongly or not at all."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import openbox


class Written(nn.Module):
    """Two of three assignments go to the same place: the last one stays."""

    def forward(self, x: Tensor) -> Tensor:
        y = x.clone()
        y[:, [0, 0, 1]] = x[:, :3] * torch.tensor([1.0, 2.0, 3.0])
        return F.relu(y)


class Added(nn.Module):
    """Two of three additions go to the same place: both count."""

    def forward(self, x: Tensor) -> Tensor:
        rows = torch.arange(x.shape[0])[:, None]
        return F.relu(x).index_put((rows, torch.tensor([[0, 0, 1]])), x[:, 2:], accumulate=True)


class Unpooled(nn.Module):
    """Windows overlap, so that a winner is written several times."""

    def __init__(self) -> None:
        super().__init__()
        self.pool, self.unpool = nn.MaxPool2d(3, 2, return_indices=True), nn.MaxUnpool2d(3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.unpool(*self.pool(x))


class Squeezed(nn.Module):
    """Drops all axes of size one, but not that of the batch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.last = nn.Conv2d(3, 4, 3), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.relu(F.adaptive_avg_pool2d(self.conv(x), 1).squeeze()))


class TimeFirst(nn.Module):
    """A bias that outweighs the input must not hide which rows belong to which input."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.Linear(4, 3)
        nn.init.constant_(self.cell.bias, 2.0)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.cell((x / 255).transpose(0, 1).reshape(-1, 4))).view(5, -1, 3).sum(0)


@pytest.mark.parametrize(
    ("build", "shape"),
    [(Written, (5,)), (Added, (5,)), (Unpooled, (2, 7, 7)), (Squeezed, (3, 8, 8)), (TimeFirst, (5, 4))],
)
def test_it_is_opened_exactly(build: Callable[[], nn.Module], shape: tuple[int, ...]) -> None:
    x = torch.randn(3, *shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    net = openbox.capture(build().eval(), x[:2].float())
    piece = net.linearize(x)
    assert piece.error.max() <= 1e-12
    assert [net.linearize(row[None]).region_ids[0] for row in (*x[1:], x[0])] == [
        *piece.region_ids[1:],
        piece.region_ids[0],
    ] or build is Squeezed  # its own forward loses the axis of a batch of one


@pytest.mark.parametrize(
    "mix", [lambda x: x / 255 - (x / 255).mean(0) + 5, lambda x: x + torch.roll(x, 2, 0)]
)
def test_inputs_that_touch_each_other_are_refused(mix: Callable[[Tensor], Tensor]) -> None:
    class Mixing(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return mix(x)

    with pytest.raises(openbox.CaptureError, match="others of the batch"):
        openbox.capture(Mixing(), torch.rand(2, 4))


def test_settings_in_a_namespace_are_watched() -> None:
    class Configured(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.settings = SimpleNamespace(slope=0.1)

        def forward(self, x: Tensor) -> Tensor:
            return F.leaky_relu(x, self.settings.slope)

    model = Configured()
    openbox.capture(model, torch.rand(2, 4))
    model.settings.slope = 0.5
    assert openbox.capture(model, torch.rand(2, 4)).linearize(-torch.rand(3, 4)).error.max() <= 1e-6


class Casting(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x) @ torch.full((4, 3), 0.1)


def test_a_module_without_a_version_in_float64_says_so() -> None:
    net = openbox.capture(Casting(), torch.rand(2, 4))
    assert net.linearize(torch.rand(2, 4)).error.max() <= 1e-6
    with pytest.raises(openbox.InputError, match=r"does not run in torch\.float64|casts"):
        net.linearize(torch.rand(2, 4).double())


@pytest.mark.parametrize("decision", [lambda x: x > 0, lambda x: (x > 0).long()])
def test_an_output_that_is_a_decision_is_refused(decision: Callable[[Tensor], Tensor]) -> None:
    class Deciding(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return decision(x)

    with pytest.raises(openbox.CaptureError, match="a decision"):
        openbox.capture(Deciding(), torch.rand(2, 4))


def test_weights_that_are_not_numbers_are_refused() -> None:
    model = nn.Linear(4, 2)
    nn.init.constant_(model.bias, float("nan"))
    with pytest.raises(openbox.InputError, match="NaN"):
        openbox.capture(model, torch.rand(2, 4)).linearize(torch.rand(2, 4))
