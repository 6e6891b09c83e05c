"""A second capture finds the trace of the first one, as long as nothing that was traced has changed."""

import gc
import importlib
import weakref
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

import openbox
from openbox.module.outputs import OutputKey
from openbox.tracing.trace import Traced, trace


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one for each trace that is made."""
    made: list[str] = []

    def count(model: nn.Module, example: Tensor, output: OutputKey) -> Traced:
        made.append(type(model).__name__)
        return trace(model, example, output)

    monkeypatch.setattr(importlib.import_module("openbox.tracing.trace"), "trace", count)
    return made


class Small(nn.Module):
    """One of each thing that may change; returns (label, size)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(1, 3, 3, stride=1, padding=1), nn.BatchNorm1d(3), nn.LeakyReLU(0.1), nn.Dropout()
        )
        self.label, self.size = nn.Linear(12, 3), nn.Linear(12, 1)
        self.scale = 2.0
        self.places = [0, 1]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.body(x)[:, self.places].flatten(1) * self.scale
        return self.label(hidden), self.size(hidden)


EXAMPLE = torch.zeros(1, 1, 6)


def small() -> Small:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        return Small().eval()


def inputs(dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(4, 1, 6, generator=torch.Generator().manual_seed(6), dtype=torch.float64).to(dtype)


def test_a_second_capture_makes_no_trace(traces: list[str]) -> None:
    model = small()
    first = openbox.capture(model, EXAMPLE, output=0)
    assert len(traces) == 1
    second = openbox.capture(model, inputs(torch.float32), output=0)  # neither batch size nor values matter
    assert len(traces) == 1
    assert torch.equal(first.linearize(inputs()).weight, second.linearize(inputs()).weight)


def _replace(model: Small) -> None:
    model.body[0] = nn.Conv1d(1, 3, 3, padding=1)


def _replace_parameter(model: Small) -> None:
    model.label.weight = nn.Parameter(model.label.weight.detach().clone())


CHANGES: dict[str, Callable[[Small], object]] = {
    "a submodule of the same class": _replace,
    "another activation": lambda m: setattr(m.body, "2", nn.ReLU()),
    "a longer chain": lambda m: m.body.append(nn.ReLU()),
    "negative_slope": lambda m: vars(m.body[2]).update(negative_slope=0.5),
    "stride and padding": lambda m: vars(m.body[0]).update(stride=(1,), padding=(2,), dilation=(2,)),
    "eps": lambda m: vars(m.body[1]).update(eps=0.1),
    "a number of the module": lambda m: vars(m).update(scale=3.0),
    "an entry of a list of the module": lambda m: m.places.reverse(),
    "the mode of a submodule": lambda m: m.body[3].train(),
    "a forward hook": lambda m: m.body[2].register_forward_hook(lambda module, args, out: out.neg()),
    "a forward pre-hook": lambda m: m.body[2].register_forward_pre_hook(lambda module, args: (args[0] + 1,)),
    "a parameter": _replace_parameter,
    "a forward of its own": lambda m: vars(m.body[2]).update(forward=lambda x: x.abs()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_module_is_traced_again(name: str, traces: list[str]) -> None:
    model = small()
    openbox.capture(model, EXAMPLE, output=0)
    CHANGES[name](model)
    if name == "the mode of a submodule":  # dropout in train mode is refused: by a trace, not by the cache
        with pytest.raises(openbox.NotPiecewiseLinearError):
            openbox.capture(model, EXAMPLE, output=0)
        assert len(traces) == 2
        return
    piece = openbox.capture(model, EXAMPLE, output=0).linearize(inputs())
    assert len(traces) == 2
    model.double()
    with torch.no_grad():
        expected = model(inputs())[0]
    assert torch.allclose(piece(inputs()), expected, rtol=0, atol=1e-12)


def test_another_shape_dtype_or_output_is_another_capture(traces: list[str]) -> None:
    model = nn.Sequential(nn.Conv1d(1, 3, 3), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten())
    for example in (torch.zeros(1, 1, 6), torch.zeros(1, 1, 7), torch.zeros(1, 1, 6)):
        assert openbox.capture(model, example).input_shape == example.shape[1:]
    assert len(traces) == 2
    model.double()
    assert openbox.capture(model, torch.zeros(1, 1, 6).double()).linearize(inputs()).error.max() <= 1e-12
    assert len(traces) == 3
    two = small()
    assert [openbox.capture(two, EXAMPLE, output=key).outputs for key in (0, 1, 0, 1)] == [3, 1, 3, 1]
    assert len(traces) == 5


def test_weights_changed_in_place_are_found_again_and_followed(traces: list[str]) -> None:
    model = small()
    before = openbox.capture(model, EXAMPLE, output=0).linearize(inputs())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5)
    model.body[1].get_buffer("running_mean").add_(0.3)
    after = openbox.capture(model, EXAMPLE, output=0).linearize(inputs())
    assert len(traces) == 1
    expected = model.double()(inputs())[0].detach()
    assert torch.allclose(after(inputs()), expected, rtol=0, atol=1e-12)
    assert not torch.allclose(before(inputs()), expected, rtol=0, atol=1e-3)


def test_a_module_is_freed_although_it_was_captured() -> None:
    model = small()
    net = openbox.capture(model, EXAMPLE, output=0)
    net.linearize(inputs())
    alive = [weakref.ref(model), weakref.ref(model.body[0]), weakref.ref(model.label.weight)]
    del model, net
    gc.collect()
    assert [ref() is None for ref in alive] == [True] * 3


def test_equal_modules_do_not_share(traces: list[str]) -> None:
    one, other = small(), small()
    first = openbox.capture(one, EXAMPLE, output=0)
    with torch.no_grad():
        other.label.weight.zero_()
    second = openbox.capture(other, EXAMPLE, output=0)
    assert len(traces) == 2
    assert bool(first.linearize(inputs()).weight.any())
    assert not bool(second.linearize(inputs()).weight.any())


def test_a_module_at_the_address_of_a_freed_one_is_traced_anew(traces: list[str]) -> None:
    for count in range(1, 4):
        model = nn.Sequential(nn.Linear(3, count))
        assert openbox.capture(model, torch.zeros(1, 3)).outputs == count
        assert len(traces) == count
        del model
