"""What is borrowed is given back, what changes after a capture is noticed, threads do not disturb."""

import threading
from collections.abc import Callable, Iterator

import pytest
import torch
from borrowed import same, state
from cases import CASES
from torch import nn

import openbox
from openbox.errors import StaleCaptureError
from openbox.module.precision import switches


def test_a_switched_mode_is_noticed() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Dropout(), nn.Linear(4, 2)).eval()
    net = openbox.capture(model, torch.rand(1, 4))
    model.train()
    with pytest.raises(StaleCaptureError, match="capture again"):
        net.linearize(torch.rand(1, 4))
    model.eval()
    assert net.linearize(torch.rand(1, 4)).error.max() <= 1e-5


def test_weights_changed_in_place_are_followed() -> None:
    """Fine-tuning after the capture: the pieces are those of the network as it is now."""
    model, x = CASES["resnet20"].model(), CASES["resnet20"].inputs()["random"][None]
    net = openbox.capture(model, x)
    for dtype, bound in ((torch.float32, 1e-5), (torch.float64, 1e-12)):
        before = net.linearize(x.to(dtype))
        for parameter in model.parameters():
            parameter.data.mul_(1.1)  # which PyTorch's own count of changes does not see
        after = net.linearize(x.to(dtype))
        assert after.error.max() <= bound
        expected = openbox.capture(model, x).linearize(x.to(dtype))
        assert torch.equal(after.weight, expected.weight)
        assert torch.equal(after.logits, expected.logits)
        assert not torch.equal(after.logits, before.logits)


def test_what_was_traced_as_a_constant_and_changed_shows_in_the_certificate() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.LeakyReLU(0.1))
    net, x = openbox.capture(model, torch.rand(1, 4)), torch.randn(3, 4, dtype=torch.float64)
    assert net.linearize(x).error.max() <= 1e-12
    vars(model[1])["negative_slope"] = 0.7
    assert net.linearize(x).error.max() > 1e-3


@pytest.mark.parametrize("change", ["replaced", "cast"])
def test_a_replaced_or_cast_parameter_is_noticed(change: str) -> None:
    model = nn.Sequential(nn.Linear(4, 2))
    net = openbox.capture(model, torch.rand(1, 4))
    if change == "replaced":
        model[0] = nn.Linear(4, 2)
    else:
        model.double()
    with pytest.raises(StaleCaptureError, match="capture again"):
        net.linearize(torch.rand(1, 4))


SWITCHES = switches()


def switch_low(api: str) -> None:
    if api == "new":
        for switch in SWITCHES:
            switch.fp32_precision = "tf32"
    elif api != "untouched":
        torch.set_float32_matmul_precision(api)


@pytest.fixture
def borrowed_switches() -> Iterator[None]:
    """Whatever a test does to the precision switches is undone."""
    before = [switch.fp32_precision for switch in SWITCHES]
    yield
    torch.set_float32_matmul_precision("highest")
    for switch, value in zip(SWITCHES, before, strict=True):
        switch.fp32_precision = value


@pytest.mark.usefixtures("borrowed_switches")
@pytest.mark.parametrize("api", ["untouched", "high", "medium", "new"])
def test_precision_is_exact_inside_and_given_back(api: str) -> None:
    """A hook on the module sees what the certificate is computed with."""
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    net = openbox.capture(model, torch.rand(1, 4))
    seen: list[object] = []

    def look(*_: object) -> None:
        seen.extend(switch.fp32_precision for switch in SWITCHES)
        seen.append(torch.is_autocast_enabled("cpu"))

    model[1].register_forward_hook(look)
    switch_low(api)
    before = [switch.fp32_precision for switch in SWITCHES]
    with torch.autocast("cpu", torch.bfloat16):
        piece = net.linearize(torch.rand(2, 4))
        assert torch.is_autocast_enabled("cpu")
    assert seen == ["ieee"] * len(SWITCHES) + [False]
    assert [switch.fp32_precision for switch in SWITCHES] == before
    assert piece.logits.dtype == torch.float32
    assert piece.error.max() <= 1e-5


def test_the_callers_input_is_not_written_to() -> None:
    model = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 2))
    net, x = openbox.capture(model, torch.rand(1, 4)), torch.randn(3, 4)
    kept = x.clone()
    piece = net.linearize(x)
    assert torch.equal(x, kept)
    assert piece.error.max() <= 1e-5


def test_a_picture_whose_channels_come_last_in_memory() -> None:
    case = CASES["mlp"]
    net = openbox.capture(case.model(), torch.zeros(1, *case.shape))
    x = torch.rand(2, 5, 5, 1).permute(0, 3, 1, 2).transpose(2, 3)
    assert torch.equal(net.linearize(x).weight, net.linearize(x.contiguous()).weight)


@pytest.mark.parametrize("name", ["cnn", "resnet20", "mlp"])
def test_state_is_given_back(name: str) -> None:
    model = CASES[name].model()
    before = state(model)
    net = openbox.capture(model, torch.rand(1, *CASES[name].shape, generator=torch.Generator()))
    piece = net.linearize(CASES[name].inputs()["random"][None])
    net.linearize(CASES[name].inputs()["random"][None].double())
    assert piece.degenerate.shape == (1,)
    with pytest.raises(openbox.InputError):
        net.linearize(torch.zeros(1, 1))
    assert same(state(model), before)


def test_state_is_given_back_after_a_refusal() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.GELU())
    before = state(model)
    with pytest.raises(openbox.NotPiecewiseLinearError):
        openbox.capture(model, torch.zeros(2, 4))
    assert same(state(model), before)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_the_callers_grad_mode_does_not_matter(mode: Callable[[], torch.autograd.grad_mode.no_grad]) -> None:
    model, x = CASES["cnn"].model(), CASES["cnn"].inputs()["random"][None]
    expected = openbox.capture(model, x).linearize(x)
    with mode():
        piece = openbox.capture(model, x).linearize(x)
    assert torch.equal(piece.weight, expected.weight)
    assert not piece.weight.requires_grad
    assert not piece.logits.requires_grad


def test_threads_may_capture_and_run_one_model() -> None:
    model, x = CASES["cnn"].model(), CASES["cnn"].inputs()["random"][None]
    expected = openbox.capture(model, x).linearize(x)
    results: list[bool] = []

    def work() -> None:
        for _ in range(3):
            piece = openbox.capture(model, x).linearize(x)
            results.append(
                torch.equal(piece.weight, expected.weight) and torch.equal(model(x), expected.logits)
            )

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 12


def test_a_model_in_float64_is_opened_in_both_precisions() -> None:
    model = CASES["cnn"].model().double()
    x = CASES["cnn"].inputs()["random"][None]
    net = openbox.capture(model, x.double())
    assert net.linearize(x.double()).error.max() <= 1e-12
    assert net.linearize(x).error.max() <= 1e-5
