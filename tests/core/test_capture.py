"""What ``capture`` refuses and how it says so; what it must leave as it was."""

import re
import threading
from collections.abc import Callable

import pytest
import torch
from cases import CASES
from torch import Tensor, nn

import openbox
from openbox.errors import StaleCaptureError


class Gated(nn.Module):
    """Multiplies two values that depend on x."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.gate(x)


class Nested(nn.Module):
    def __init__(self, activation: nn.Module) -> None:
        super().__init__()
        self.head = nn.Sequential(nn.Linear(4, 4), activation)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x)


class Division(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return 1 / x


class Item(nn.Module):
    """A product with itself in disguise: exact at the centre, wrong everywhere else."""

    def forward(self, x: Tensor) -> Tensor:
        return x * x.sum().item()


class Noisy(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + torch.rand(4)


class Compared(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * (x > 0)


REFUSED: dict[str, tuple[Callable[[], nn.Module], str, str, str]] = {
    # name: module, operation, module path, advice
    "gelu": (lambda: Nested(nn.GELU()), "aten.gelu.default", "head.1", "nn.ReLU"),
    "silu": (lambda: Nested(nn.SiLU()), "aten.silu.default", "head.1", "nn.ReLU"),
    "softplus": (lambda: Nested(nn.Softplus()), "aten.softplus.default", "head.1", "nn.ReLU"),
    "tanh": (lambda: Nested(nn.Tanh()), "aten.tanh.default", "head.1", "nn.Hardtanh"),
    "sigmoid": (lambda: Nested(nn.Sigmoid()), "aten.sigmoid.default", "head.1", "logits"),
    "softmax": (lambda: Nested(nn.Softmax(1)), "aten.softmax.int", "head.1", "logits"),
    "layer norm": (lambda: Nested(nn.LayerNorm(4)), "aten.layer_norm.default", "head.1", "BatchNorm"),
    "product": (Gated, "aten.mul.Tensor", "", "openbox.rules"),
    "division by x": (Division, "aten.reciprocal.default", "", "openbox.rules"),
    "a number read off x": (Item, "aten._local_scalar_dense.default", "", "openbox.rules"),
    "random numbers": (Noisy, "aten.rand.default", "", "openbox.rules"),
    "a comparison": (Compared, "aten.gt.Scalar", "", "openbox.rules"),
    "dropout in train mode": (lambda: Nested(nn.Dropout()).train(), "aten.native_dropout.default", "head.1",
                              "model.eval()"),
    "batch norm in train mode": (
        lambda: Nested(nn.BatchNorm1d(4)).train(), "aten._native_batch_norm_legit_functional.default",
        "head.1", "model.eval()"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_names_module_operation_line_and_way_out(name: str) -> None:
    construct, operation, module, advice = REFUSED[name]
    model = construct() if "train mode" in name else construct().eval()
    with pytest.raises(openbox.NotPiecewiseLinearError) as caught:
        openbox.capture(model, torch.rand(2, 4))
    error = caught.value
    assert error.operation == operation
    assert error.module == module
    assert advice in error.advice
    assert re.search(r"\.py\", line \d+", error.source)
    for part in (f"openbox.capture({type(model).__name__})", operation, module, error.source, error.advice):
        assert part in str(error)


def test_the_source_line_is_the_users_own() -> None:
    with pytest.raises(openbox.NotPiecewiseLinearError) as caught:
        openbox.capture(Gated(), torch.rand(2, 4))
    assert "test_capture.py" in caught.value.source
    assert "return x * self.gate(x)" in caught.value.source


class TwoOutputs(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


class FixedBatch(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(2, 4)


class Branching(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class Total(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.sum(0)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (TwoOutputs(), "2 values"),
        (FixedBatch(), "free batch size"),
        (Branching(), "free batch size"),
        (Total(), "output"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else "",
)
def test_what_cannot_be_captured_says_why(model: nn.Module, words: str) -> None:
    with pytest.raises(openbox.OpenBoxError, match=words):
        openbox.capture(model, torch.rand(2, 4))


LINEAR = nn.Linear(4, 3)
BAD_EXAMPLES = {
    "no batch axis": (torch.rand(4), "batch"),
    "empty batch": (torch.rand(0, 4), "batch"),
    "integers": (torch.zeros(2, 4, dtype=torch.long), "embedded sequence"),
}


@pytest.mark.parametrize("name", BAD_EXAMPLES)
def test_bad_examples(name: str) -> None:
    example, words = BAD_EXAMPLES[name]
    with pytest.raises(openbox.InputError, match=words):
        openbox.capture(LINEAR, example)


BAD_INPUTS = {
    "single image": (torch.rand(4), "add a batch axis"),
    "wrong shape": (torch.rand(2, 5), "expected"),
    "no image": (torch.rand(0, 4), "N >= 1"),
    "half": (torch.rand(2, 4).half(), "float32 and float64"),
    "bfloat16": (torch.rand(2, 4).bfloat16(), "float32 and float64"),
    "integers": (torch.ones(2, 4, dtype=torch.long), "float32 and float64"),
    "nan": (torch.tensor([[0.0, 1.0, float("nan"), 0.0]]), "NaN"),
    "infinity": (torch.tensor([[0.0, 1.0, float("inf"), 0.0]]), "infinity"),
    "other device": (torch.rand(2, 4, device="meta"), "meta"),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_bad_inputs(name: str) -> None:
    x, words = BAD_INPUTS[name]
    with pytest.raises(openbox.InputError, match=words):
        openbox.capture(LINEAR, torch.rand(1, 4)).linearize(x)


@pytest.mark.parametrize("classes", [[], [3], [-1], [0, 7]])
def test_bad_classes(classes: list[int]) -> None:
    with pytest.raises(openbox.InputError, match="class"):
        openbox.capture(LINEAR, torch.rand(1, 4)).linearize(torch.rand(1, 4), classes)


@pytest.mark.parametrize("shape", [(3,), (2, 4), (3, 1, 3), (1, 1, 1, 3)])
def test_bad_readouts(shape: tuple[int, ...]) -> None:
    with pytest.raises(openbox.InputError, match="coefficients"):
        openbox.capture(LINEAR, torch.rand(1, 4)).readout(torch.rand(2, 4), torch.ones(shape))


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
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(1.1)
        after = net.linearize(x.to(dtype))
        assert after.error.max() <= bound
        expected = openbox.capture(model, x).linearize(x.to(dtype))
        assert torch.equal(after.weight, expected.weight)
        assert torch.equal(after.logits, expected.logits)
        assert not torch.equal(after.logits, before.logits)


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


def state(model: nn.Module) -> dict[str, object]:
    """Everything of a model and of the process that we may borrow but must give back."""
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return {
        "tensors": {
            key: (id(value), value.clone()) for key, value in model.state_dict(keep_vars=True).items()
        },
        "gradients": [p.grad for p in model.parameters()],
        "requires": [p.requires_grad for p in model.parameters()],
        "modes": [m.training for m in model.modules()],
        "hooks": [len(getattr(m, kind)) for m in model.modules() for kind in hooks],
        "rng": torch.get_rng_state(),
        "grad": torch.is_grad_enabled(),
        "tf32": (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32),
        "dtype": torch.get_default_dtype(),
    }


def same(a: object, b: object) -> bool:
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a == b


@pytest.mark.parametrize("name", ["cnn", "resnet20", "mlp"])
@pytest.mark.parametrize("tf32", [True, False])
def test_state_is_given_back(name: str, tf32: bool) -> None:
    model = CASES[name].model()
    torch.backends.cuda.matmul.allow_tf32 = tf32
    try:
        before = state(model)
        net = openbox.capture(model, torch.rand(1, *CASES[name].shape, generator=torch.Generator()))
        piece = net.linearize(CASES[name].inputs()["random"][None])
        net.linearize(CASES[name].inputs()["random"][None].double())
        assert piece.degenerate.shape == (1,)
        with pytest.raises(openbox.InputError):
            net.linearize(torch.zeros(1, 1))
        assert same(state(model), before)
    finally:
        torch.backends.cuda.matmul.allow_tf32 = False


def test_state_is_given_back_after_a_refusal() -> None:
    model = Nested(nn.GELU())
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
