"""Graphs that are rewritten without PyTorch's decompositions: the same program, or left to them."""

from collections.abc import Callable

import pytest
import torch
from cases import CASES
from opened import batch
from torch import Tensor, nn
from torch.nn import functional as F

import openbox
from openbox.tracing import trace


class Forward(nn.Module):
    def __init__(self, forward: Callable[["Forward", Tensor], Tensor]) -> None:
        super().__init__()
        self.function = forward
        self.conv = nn.Conv2d(1, 3, 3, padding=1)
        self.up = nn.ConvTranspose2d(1, 2, 2, stride=2, output_padding=1)
        self.norm = nn.BatchNorm2d(3)
        self.drop = nn.Dropout(0.5)
        with torch.no_grad():
            self.norm.running_mean.normal_()  # pyright: ignore[reportOptionalMemberAccess]
            self.norm.running_var.uniform_(0.5, 2)  # pyright: ignore[reportOptionalMemberAccess]

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self, x).flatten(1)


def _read_before_it_is_written(m: Forward, x: Tensor) -> Tensor:
    hidden = m.conv(x)
    twice = hidden * 2
    hidden.relu_()
    return hidden + twice


def _seen_through_a_view(m: Forward, x: Tensor) -> Tensor:
    hidden = m.conv(x)
    seen = hidden.view(x.shape[0], -1)
    hidden.relu_()
    return seen


def _written_through_a_view(m: Forward, x: Tensor) -> Tensor:
    hidden = m.conv(x)
    hidden[:, 0].relu_()
    return hidden


def _written_through_dropout(m: Forward, x: Tensor) -> Tensor:
    hidden = m.conv(x)
    m.drop(hidden).relu_()  # in eval mode, dropout returns what it is given
    return hidden


def _input_written(m: Forward, x: Tensor) -> Tensor:
    x = x.view(x.shape)
    return m.conv(F.relu(x, inplace=True))


def _through_one_of_two_items(m: Forward, x: Tensor) -> Tensor:
    first, second = m.conv(x).split([1, 2], 1)
    first.relu_()
    return torch.cat((first, second), 1)


def _copied_into_another_order(m: Forward, x: Tensor) -> Tensor:
    hidden = m.conv(x)
    copy = hidden.contiguous(memory_format=torch.channels_last)
    copy.relu_()
    return hidden + copy


def _seen_through_an_einsum(m: Forward, x: Tensor) -> Tensor:
    scaled = m.conv.weight * 2  # its sum with itself is a view, though its schema does not say so
    seen = torch.einsum("oikl->iolk", scaled)
    scaled.relu_()
    return F.conv2d(x, seen.transpose(0, 1))


def _without_a_batch(m: Forward, x: Tensor) -> Tensor:
    return F.relu(m.conv(x) + m.conv(m.conv.weight[0]).mean())


def _of_nothing(m: Forward, x: Tensor) -> Tensor:
    return torch.cat((F.relu(x).flatten(1), x[..., :0].flatten(1)), 1)


FORWARDS: dict[str, tuple[Callable[[Forward, Tensor], Tensor], bool]] = {
    "conv, norm, relu": (lambda m, x: F.relu(m.norm(m.conv(x))), True),
    "transposed": (lambda m, x: F.relu(m.up(x)), True),
    "in place": (lambda m, x: F.relu(m.norm(m.conv(x)), inplace=True), True),
    "in place three times": (lambda m, x: F.hardtanh(m.conv(x).relu_().mul_(2), -1, 1, inplace=True), True),
    "a sum in place": (lambda m, x: m.conv(x).relu_().add_(m.norm(m.conv(x))), True),
    "a scaled sum in place": (lambda m, x: m.conv(x).relu_().sub_(m.conv(x), alpha=3), True),
    "reshaped and dropped": (lambda m, x: m.drop(m.conv(x).relu_().reshape(x.shape[0], 3, -1)), True),
    "read before it is written": (_read_before_it_is_written, True),
    "written through dropout": (_written_through_dropout, True),
    "a product of matrices": (lambda m, x: F.relu(x.flatten(1)) @ m.conv.weight.flatten()[:16, None], True),
    "seen through a view": (_seen_through_a_view, False),
    "written through a view": (_written_through_a_view, False),
    "input written": (_input_written, False),
    "through one of two items": (_through_one_of_two_items, False),
    "copied into another order": (_copied_into_another_order, False),
    "seen through an einsum": (_seen_through_an_einsum, False),
    "without a batch": (_without_a_batch, False),
    "of nothing": (_of_nothing, False),
    "dropout of a constant": (lambda m, x: F.relu(F.feature_alpha_dropout(m.conv(x), 0.5, False)), True),
    "transposed, then flat": (lambda m, x: F.relu(m.conv(x).transpose(1, 3).flatten(1)), False),
}  # fmt: skip


@pytest.mark.parametrize("name", FORWARDS)
def test_what_is_written_is_read_by_those_who_read_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is the module; and rewriting is left to PyTorch where memory is shared."""
    forward, expected = FORWARDS[name]
    done: list[bool] = []
    lowered = trace.lowered
    monkeypatch.setattr(trace, "lowered", lambda *given: done.append(lowered(*given)) or done[-1])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model, x = Forward(forward).eval().double(), torch.randn(5, 1, 4, 4, dtype=torch.float64)
    net = openbox.capture(model, x)
    assert done == [expected]
    with torch.no_grad():
        own = model(x.clone())
    found = net.linearize(x)
    replayed = (found.weight * x[:, None]).flatten(2).sum(2) + found.bias
    assert (replayed - own).abs().max() < 1e-12


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_the_program_is_that_of_the_decompositions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same weights, bit for bit, for all cases."""
    x = batch(name, torch.float64)
    quick = openbox.capture(CASES[name].model().double(), x).linearize(x)
    monkeypatch.setattr(trace, "lowered", lambda *given: False)
    slow = openbox.capture(CASES[name].model().double(), x).linearize(x)
    assert torch.equal(quick.weight, slow.weight)
    assert torch.equal(quick.bias, slow.bias)
    assert torch.equal(quick.logits, slow.logits)
