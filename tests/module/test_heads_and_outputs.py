"""A module that ends in probabilities is opened at its logits; of several outputs, the one asked for."""

import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import openbox
from openbox.module.outputs import OutputKey


class Body(nn.Module):
    """Hidden features, then ``finish(module, hidden)``; ``label`` and ``size`` are the last layers."""

    def __init__(self, finish: Callable[["Body", Tensor], Any], labels: int = 4) -> None:
        super().__init__()
        self.hidden = nn.Sequential(nn.Linear(6, 12), nn.ReLU())
        self.label, self.size = nn.Linear(12, labels), nn.Linear(12, 1)
        self.finish = finish

    def forward(self, x: Tensor) -> Any:
        return self.finish(self, self.hidden(x))


def body(finish: Callable[[Body, Tensor], Any], labels: int = 4) -> Body:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        return Body(finish, labels).eval()


def inputs(dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(5, 6, generator=torch.Generator().manual_seed(3), dtype=torch.float64).to(dtype)


def _two_softmaxes(m: Body, h: Tensor) -> dict[str, Tensor]:
    return {"label": m.label(h).softmax(1), "coarse": (m.label(h) / 2).softmax(1)}


def _same_values(m: Body, h: Tensor) -> Tensor:
    unused = m.label(h).softmax(1)  # of the same values, and not the output
    del unused
    return (m.label(h) + 1).softmax(1)


def _halves(m: Body, h: Tensor) -> Tensor:
    return m.label(h).view(-1, 2, 2).softmax(2).flatten(1)


# how a forward ends, the name of the head, the layer with the logits, and how to alter what it returns
HEADS: dict[str, tuple[Callable[[Body, Tensor], Any], str, str, Callable[[Tensor], Tensor]]] = {
    "softmax method": (lambda m, h: m.label(h).softmax(1), "softmax", "label", lambda z: z),
    "softmax module": (lambda m, h: nn.Softmax(1)(m.label(h)), "softmax", "label", lambda z: z),
    "softmax function": (lambda m, h: F.softmax(m.label(h), -1), "softmax", "label", lambda z: z),
    "softmax in groups": (_halves, "softmax", "label", lambda z: z),
    "log_softmax module": (lambda m, h: nn.LogSoftmax(1)(m.label(h)), "log_softmax", "label", lambda z: z),
    "log_softmax function": (lambda m, h: F.log_softmax(m.label(h), 1), "log_softmax", "label", lambda z: z),
    "sigmoid module": (lambda m, h: nn.Sigmoid()(m.label(h)), "sigmoid", "label", lambda z: z),
    "sigmoid function": (lambda m, h: torch.sigmoid(m.label(h)), "sigmoid", "label", lambda z: z),
    "sigmoid in place": (lambda m, h: m.label(h).sigmoid_(), "sigmoid", "label", lambda z: z),
    "sigmoid, squeezed": (lambda m, h: torch.sigmoid(m.size(h)).squeeze(1), "sigmoid", "size", lambda z: z),
    "softmax, one axis more": (
        lambda m, h: m.label(h).softmax(1).unsqueeze(2), "softmax", "label", lambda z: z),
    "softmax, viewed": (lambda m, h: m.label(h).softmax(1).view(-1, 2, 2), "softmax", "label", lambda z: z),
    "softmax, flattened": (
        lambda m, h: m.label(h).view(-1, 4, 1, 1).softmax(1).flatten(1), "softmax", "label", lambda z: z),
    "softmax of scaled logits": (
        lambda m, h: (m.label(h) / 2 - 1).softmax(1), "softmax", "label", lambda z: z / 2 - 1),
    "softmax after relu": (lambda m, h: F.relu(m.label(h)).softmax(1), "softmax", "label", F.relu),
    "softmax and one unused": (_same_values, "softmax", "label", lambda z: z + 1),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_what_is_opened_are_the_logits_before_the_head(name: str) -> None:
    finish, head, layer, alter = HEADS[name]
    model = body(finish)
    net = openbox.capture(model, inputs(torch.float32))
    assert net.head == head
    assert f"before its final {head}" in repr(net)
    for dtype, bound in ((torch.float32, 1e-5), (torch.float64, 1e-12)):
        x = inputs(dtype)
        piece = net.linearize(x)
        same = body(finish).to(dtype)
        with torch.no_grad():
            logits = alter(same.get_submodule(layer)(same.hidden(x)))
        assert torch.allclose(piece.logits, logits, rtol=bound, atol=bound)
        assert torch.allclose(piece(x), logits, rtol=bound, atol=bound)
        assert piece.error.max() <= bound


@pytest.mark.parametrize(
    ("finish", "operation"),
    [
        (lambda m, h: h.softmax(1) @ m.label.weight.T, "aten.softmax.int"),
        (lambda m, h: m.label(h.sigmoid()), "aten.sigmoid.default"),
        (lambda m, h: 2 * m.label(h).softmax(1), "aten.softmax.int"),
        (lambda m, h: m.label(h).softmax(1).sum(1, keepdim=True), "aten.softmax.int"),
        (lambda m, h: m.label(h).softmax(1).log_softmax(1), "aten.softmax.int"),
    ],
)
def test_a_softmax_or_sigmoid_inside_is_refused(
    finish: Callable[[Body, Tensor], Any], operation: str
) -> None:
    with pytest.raises(openbox.NotPiecewiseLinearError) as caught:
        openbox.capture(body(finish), inputs(torch.float32))
    assert caught.value.operation == operation


class Answer(NamedTuple):
    label: Tensor
    size: Tensor


RETURNS: dict[str, tuple[Callable[[Body, Tensor], Any], dict[OutputKey, str]]] = {
    # how a forward ends, and which layer's output each key stands for
    "tuple": (lambda m, h: (m.label(h), m.size(h)), {0: "label", 1: "size"}),
    "list": (lambda m, h: [m.size(h), m.label(h)], {0: "size", (1,): "label"}),
    "dict": (lambda m, h: {"label": m.label(h), "size": m.size(h)}, {"label": "label", "size": "size"}),
    "ordered": (
        lambda m, h: OrderedDict(out=m.label(h), aux=m.size(h)), {"out": "label", ("aux",): "size"}),
    "fields": (
        lambda m, h: Answer(m.label(h), m.size(h)),
        {"label": "label", "size": "size", 0: "label", 1: "size"}),
    "path": (
        lambda m, h: {"heads": (m.label(h), {"size": m.size(h)}), "none": None},
        {("heads", 0): "label", ("heads", 1, "size"): "size"}),
    "a name beside it": (
        lambda m, h: {"label": m.label(h), "kind": "linear"}, {"label": "label"}),
    "one in a tuple": (lambda m, h: (m.label(h),), {None: "label", 0: "label"}),
    "heads of two kinds": (
        lambda m, h: {"label": m.label(h).softmax(1), "size": m.size(h).sigmoid()},
        {"label": "label", "size": "size"}),
    "several softmaxes": (_two_softmaxes, {"label": "label"}),
}  # fmt: skip


@pytest.mark.parametrize("name", RETURNS)
def test_the_output_that_is_asked_for_is_opened(name: str) -> None:
    finish, keys = RETURNS[name]
    model, x = body(finish).double(), inputs()
    for key, layer in keys.items():
        net = openbox.capture(model, x, output=key)
        piece = net.linearize(x)
        logits = model.get_submodule(layer)(model.hidden(x)).detach()
        assert net.outputs == logits.shape[1]
        assert torch.allclose(piece.logits, logits, rtol=0, atol=1e-12)
        assert torch.allclose(piece(x), logits, rtol=0, atol=1e-12)


def test_heads_of_two_outputs_are_told_apart() -> None:
    model, x = body(RETURNS["heads of two kinds"][0]), inputs(torch.float32)
    assert openbox.capture(model, x, output="label").head == "softmax"
    assert openbox.capture(model, x, output="size").head == "sigmoid"
    coarse = openbox.capture(body(_two_softmaxes).double(), inputs(), output="coarse").linearize(inputs())
    label = openbox.capture(body(_two_softmaxes).double(), inputs(), output="label").linearize(inputs())
    assert torch.allclose(coarse.weight, label.weight / 2, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("name", "output", "words"),
    [
        ("dict", None, "returns several values; say which one to open: output can be 'label', 'size'"),
        ("dict", "labels", "no output='labels'; output can be 'label', 'size'"),
        ("dict", 0, "no output=0; output can be 'label', 'size'"),
        ("tuple", 2, "no output=2; output can be 0, 1"),
        ("tuple", (0, 0), "no output=(0, 0)"),
        ("fields", "logits", "no output='logits'; output can be 0, 1, 'label', 'size'"),
        ("path", "heads", "several values for output='heads'"),
        ("path", "none", "output can be 'heads'"),
        ("a name beside it", "kind", "output can be 'label'"),
    ],
)
def test_a_wrong_key_lists_the_right_ones(name: str, output: OutputKey, words: str) -> None:
    with pytest.raises(openbox.OpenBoxError, match=re.escape(words)):
        openbox.capture(body(RETURNS[name][0]), inputs(torch.float32), output=output)


def test_a_key_for_a_single_tensor_says_to_leave_it_out() -> None:
    with pytest.raises(openbox.OpenBoxError, match="it returns one tensor: leave output out"):
        openbox.capture(nn.Linear(6, 2), inputs(torch.float32), output=0)
