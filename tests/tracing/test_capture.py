"""What ``capture`` and ``linearize`` refuse, how they say so, and that the process is left as it was."""

import gc
import re
from collections.abc import Callable

import pytest
import torch
from plain import Plain
from torch import Tensor, nn
from torch.nn import functional as F

import openbox


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
        self.head = nn.Sequential(nn.Linear(4, 4), activation, nn.Linear(4, 4))

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


PRODUCTS: dict[str, Callable[[Tensor], Tensor]] = {
    "aten.mm.default": lambda x: torch.mm(x, x[:1].T),
    "aten.bmm.default": lambda x: torch.bmm(x[:, :, None], x[:, None]).flatten(1),
    "aten.addmm.default": lambda x: torch.addmm(torch.ones(4), x, x[:1].expand(4, 4)),
    "aten.linear.default": lambda x: F.linear(x, x[:1].expand(3, 4)),
    "aten.convolution.default": lambda x: F.conv1d(x[:, None], x[:1, None, :2]).flatten(1),
    "aten.mul.Tensor": lambda x: x * x.sum(1, keepdim=True),
    "aten.div.Tensor": lambda x: x / x.sum(1, keepdim=True),
    "aten._native_batch_norm_legit_no_training.default": lambda x: F.batch_norm(x, x[0], torch.ones(4)),
    "aten.mean.dim": lambda x: x + x.mean(1, keepdim=True, dtype=torch.bfloat16),
    "aten.sum.dim_IntList": lambda x: x + x.sum(1, keepdim=True, dtype=torch.float64),
    "aten.mv.default": lambda x: torch.mv(x, x[0]),
    "aten.addmv.default": lambda x: torch.addmv(torch.ones(1), x, x[0]),
    "aten.baddbmm.default": lambda x: torch.baddbmm(torch.ones(4, 4), x[:, :, None], x[:, None]).flatten(1),
    "aten.addcmul.default": lambda x: torch.addcmul(x, x, x),
    "aten.lerp.Tensor": lambda x: torch.lerp(x, torch.ones(4), x),
    "aten.instance_norm.default": lambda x: F.instance_norm(x[:, None]).flatten(1),
    "aten.grid_sampler.default": lambda x: F.grid_sample(
        x.view(-1, 1, 2, 2), x.view(-1, 1, 2, 2), align_corners=False
    ).flatten(1),
    "aten.prelu.default": lambda x: F.prelu(x, x[0, :1]),
    "aten.rrelu.default": lambda x: F.rrelu(x, training=True),
    "aten.clamp.Tensor": lambda x: x.clamp(min=x.flip(1)),
}


@pytest.mark.parametrize("operation", PRODUCTS)
def test_what_is_affine_in_one_operand_only_is_refused_otherwise(operation: str) -> None:
    """Each of these is exact at the centre if its rule forgets to look at the other operands."""
    with pytest.raises(openbox.NotPiecewiseLinearError) as caught:
        openbox.capture(Plain(PRODUCTS[operation]), torch.rand(2, 4))
    assert caught.value.operation == operation


REFUSED: dict[str, tuple[Callable[[], nn.Module], str, str, str]] = {
    # name: module, operation, module path, advice
    "gelu": (lambda: Nested(nn.GELU()), "aten.gelu.default", "head.1", "nn.ReLU"),
    "silu": (lambda: Nested(nn.SiLU()), "aten.silu.default", "head.1", "nn.ReLU"),
    "softplus": (lambda: Nested(nn.Softplus()), "aten.softplus.default", "head.1", "nn.ReLU"),
    "tanh": (lambda: Nested(nn.Tanh()), "aten.tanh.default", "head.1", "nn.Hardtanh"),
    "sigmoid": (lambda: Nested(nn.Sigmoid()), "aten.sigmoid.default", "head.1", "nn.Hardsigmoid"),
    "softmax": (lambda: Nested(nn.Softmax(1)), "aten.softmax.int", "head.1", "attention"),
    "layer norm": (lambda: Nested(nn.LayerNorm(4)), "aten.layer_norm.default", "head.1", "BatchNorm"),
    "product": (Gated, "aten.mul.Tensor", "", "torch.maximum"),
    "division by x": (Division, "aten.reciprocal.default", "", "openbox.program.rules"),
    "a number read off x": (Item, "aten._local_scalar_dense.default", "", "openbox.program.rules"),
    "random numbers": (Noisy, "aten.rand.default", "", "openbox.program.rules"),
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


class Counter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x * self.calls


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Counter(), "writes into buffer 'calls'"),
        (Plain(lambda x: x - x.mean(0, keepdim=True)), "others of the batch"),
        (Plain(lambda x: x.mean(0, keepdim=True).expand(x.shape[0], -1)), "others of the batch"),
        (Plain(lambda x: x.reshape(-1, 2)), "output has shape"),
        (TwoOutputs(), "several values"),
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
    "bfloat16": (torch.rand(2, 4).bfloat16(), "float32 and float64"),
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


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_is_collected_as_before_after_a_trace_and_after_one_that_fails(collects: bool) -> None:
    switch = {True: gc.enable, False: gc.disable}
    try:
        switch[collects]()
        openbox.capture(nn.Linear(3, 2), torch.zeros(1, 3))
        assert gc.isenabled() == collects
        with pytest.raises(openbox.CaptureError):
            openbox.capture(Branching(), torch.zeros(2, 4))
        assert gc.isenabled() == collects
    finally:
        gc.enable()


def test_a_composite_operation_that_a_library_adds_later_is_dissolved() -> None:
    """The table of decompositions is kept from capture to capture; this one is not in it yet."""
    openbox.capture(nn.Linear(3, 2), torch.zeros(1, 3))
    library = torch.library.Library("added_late", "DEF")
    library.define("hinge(Tensor x) -> Tensor")
    library.impl("hinge", lambda x: torch.relu(x) - 1, "CompositeImplicitAutograd")
    x = torch.tensor([[-1.0, 2.0]], dtype=torch.float64)
    piece = openbox.capture(Plain(torch.ops.added_late.hinge), x).linearize(x)
    assert piece.weight.tolist() == [[[0, 0], [0, 1]]]
    assert piece.bias.tolist() == [[-1, -1]]
