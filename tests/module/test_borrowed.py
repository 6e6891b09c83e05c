"""Model and process are the same before and after every call, also one that is refused or raises."""

from collections.abc import Callable, Iterator

import pytest
import torch
from borrowed import changed, state
from cases import CASES
from plain import Plain
from torch import Tensor, nn

import openbox
from openbox.module.precision import switches

SAMPLE = list(CASES)[::20]


@pytest.fixture(autouse=True)
def unusual() -> Iterator[None]:
    """What is borrowed must come back as the user had it, so nothing is at its default."""
    before = [switch.fp32_precision for switch in switches()]
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(11)
    yield
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.benchmark = False
    for switch, value in zip(switches(), before, strict=True):
        switch.fp32_precision = value


def used(model: nn.Module) -> nn.Module:
    """With gradients, a hook, and one parameter frozen, as in the middle of somebody's work."""
    model.register_forward_hook(lambda module, args, output: None)
    for index, parameter in enumerate(model.parameters()):
        parameter.grad = torch.full_like(parameter, 0.5)
        parameter.requires_grad_(index > 0)
    return model


@pytest.mark.parametrize("name", SAMPLE)
def test_model_and_process_are_given_back(name: str) -> None:
    model, inputs = used(CASES[name].model()), CASES[name].inputs()
    x = torch.stack([inputs["random"], inputs["bordered"]])
    example = torch.zeros(1, *CASES[name].shape)
    before = state(model)
    net = openbox.capture(model, example)
    assert changed(before, state(model)) == []
    for dtype in (torch.float32, torch.float64):
        piece = net.linearize(x.to(dtype))
        net.readout(x.to(dtype), torch.ones(1, net.outputs))
        assert len(piece.region_ids) == len(piece.degenerate) == len(x)
        assert changed(before, state(model)) == []
    net.memory_budget = 0
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        openbox.capture(model, example)
        net.linearize(x)
        assert torch.is_autocast_enabled("cpu")
        assert not torch.is_grad_enabled()
    with torch.inference_mode():
        net.linearize(x)
        assert torch.is_inference_mode_enabled()
    assert changed(before, state(model)) == []
    with pytest.raises(openbox.InputError):
        net.linearize(x[:, :0])
    with pytest.raises(openbox.InputError):
        net.linearize(torch.full_like(x, torch.nan))
    with pytest.raises(openbox.InputError):
        net.linearize(x, [net.outputs])
    assert changed(before, state(model)) == []


REFUSED: dict[str, Callable[[Tensor], object]] = {
    "no rule": lambda h: h.sin(),
    "a product": lambda h: h * h,
    "a branch": lambda h: h if h.sum() > 0 else -h,
    "random numbers": lambda h: h + torch.rand(4),
    "an error of its own": lambda h: h.view(3, 5, 7),
    "no tensor": lambda h: "logits",
    "several values": lambda h: (h, h),
    "the batch is mixed": lambda h: h - h.mean(0, keepdim=True),
    "the batch is summed": lambda h: h.sum(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_model_and_process_are_given_back_after_a_refusal(name: str) -> None:
    model = used(nn.Sequential(nn.Linear(4, 4), Plain(REFUSED[name])))
    example = torch.randn(2, 4)
    before = state(model)
    with pytest.raises(openbox.OpenBoxError):
        openbox.capture(model, example)
    assert changed(before, state(model)) == []


def test_model_and_process_are_given_back_when_a_hook_raises() -> None:
    """In the module's own run for the certificate, with every switch borrowed."""
    model = used(CASES["cnn"].model())
    net = openbox.capture(model, torch.zeros(1, *CASES["cnn"].shape))

    def fail(module: nn.Module, args: object) -> None:
        raise KeyboardInterrupt

    handle = model.register_forward_pre_hook(fail)
    before = state(model)
    for dtype in (torch.float32, torch.float64):
        with pytest.raises(KeyboardInterrupt):
            net.linearize(torch.zeros(2, *CASES["cnn"].shape, dtype=dtype))
        assert changed(before, state(model)) == []
    handle.remove()
    assert net.linearize(torch.rand(2, *CASES["cnn"].shape)).error.max() <= 1e-5


def test_a_change_would_be_seen() -> None:
    linear, norm = nn.Linear(4, 4), nn.BatchNorm1d(4)
    model = used(nn.Sequential(linear, norm))
    before = state(model)
    torch.rand(1)
    model.eval()
    norm.get_buffer("running_mean").add_(0)
    linear.weight.grad = None
    torch.set_float32_matmul_precision("high")
    assert changed(before, state(model)) == ["tensors", "gradients", "modes", "rng", "precision"]
