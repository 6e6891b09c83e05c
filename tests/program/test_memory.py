"""A batch that does not fit into the memory budget is opened in parts, and nothing but the memory changes."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from cases import CASES
from opened import batch, opened

import openbox
from openbox.network import PiecewiseLinearNetwork

NAMES = ("cnn", "overlapping pool", "duplicated channels", "gates of all kinds, time first", "rnn both ways",
         "time folded before the batch", "zero weights", "constant output")  # fmt: skip


def budget_for(net: PiecewiseLinearNetwork, inputs: int, dtype: torch.dtype) -> int:
    """The smallest power of two of bytes that holds at least so many inputs."""
    net.memory_budget = 1
    while net.inputs_at_once(dtype) < inputs:
        net.memory_budget *= 2
    return net.memory_budget


@pytest.mark.parametrize("inputs", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_a_split_batch_gives_the_same_pieces(name: str, inputs: int) -> None:
    model, whole = opened(name)
    net = openbox.capture(model, torch.zeros(1, *CASES[name].shape))  # found again: an object of its own
    x = batch(name, torch.float64)
    net.memory_budget = 0 if inputs == 1 else budget_for(net, inputs, x.dtype)
    expected, piece = whole.linearize(x), net.linearize(x)
    assert torch.allclose(piece.weight, expected.weight, rtol=0, atol=1e-12)
    assert torch.allclose(piece.bias, expected.bias, rtol=0, atol=1e-12)
    assert torch.allclose(piece.logits, expected.logits, rtol=0, atol=1e-12)
    assert piece.region_ids == expected.region_ids
    assert torch.equal(piece.degenerate, expected.degenerate)
    assert piece.error.max() <= 1e-12
    rows = torch.randn(len(x), 2, net.outputs, generator=torch.Generator().manual_seed(1)).double()
    assert torch.allclose(net.readout(x, rows).weight, whole.readout(x, rows).weight, rtol=0, atol=1e-12)


def test_the_budget_decides_how_many_inputs_are_open_at_once() -> None:
    """Counted by the calls of the module itself: one for each part."""
    case = CASES["overlapping pool"]
    model = case.model()
    net = openbox.capture(model, torch.zeros(1, *case.shape))
    sizes: list[int] = []
    model.register_forward_hook(lambda module, args, output: sizes.append(len(output)))
    x = batch("overlapping pool", torch.float32)
    assert len(x) == 7
    for inputs in (1, 2, 4, 7):
        net.memory_budget = budget_for(net, inputs, x.dtype)
        at_once = net.inputs_at_once(x.dtype)
        sizes.clear()
        net.linearize(x)
        assert sizes == [min(at_once, 7 - start) for start in range(0, 7, at_once)]
    net.memory_budget = 2**20
    twice = net.inputs_at_once(torch.float64)
    net.memory_budget = 2**19
    assert twice == net.inputs_at_once(torch.float32)


RESNET = """
import json, re, torch, openbox
from pathlib import Path
from torchvision.models import resnet50
model = resnet50(weights=None).eval()
net = openbox.capture(model, torch.zeros(1, 3, 224, 224))
x = torch.rand(4, 3, 224, 224, generator=torch.Generator().manual_seed(0))
piece = net.linearize(x, classes=[1, 2, 3])
# not ru_maxrss, which begins at what the process that started this one had
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
print(json.dumps({"peak": peak, "error": float(piece.error.max()), "shape": list(piece.weight.shape)}))
"""


@pytest.mark.long
def test_four_images_of_resnet50_take_less_than_four_gigabytes(
    record_property: Callable[[str, object], None],
) -> None:
    """Peak resident memory of a process that does nothing else, in float32, three of a thousand classes."""
    done = subprocess.run(
        [sys.executable, "-c", RESNET], capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    record_property("GiB of ResNet-50, 4 images of 224 x 224, 3 classes", f"{found['peak'] / 2**30:.2f}")
    assert found["shape"] == [4, 3, 3, 224, 224]
    assert found["error"] <= 1e-5
    assert found["peak"] < 4e9
