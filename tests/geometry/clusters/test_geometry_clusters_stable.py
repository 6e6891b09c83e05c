"""The ids of an input whatever else is in the batch; what is refused; a run that is broken off."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from opened import batch, opened
from torch import Tensor, nn

import openbox
from openbox.errors import InputError, StaleCaptureError
from openbox.geometry.clusters import packed
from openbox.geometry.clusters.packed import join, pack
from openbox.module.precision import switches
from openbox.network import PiecewiseLinearNetwork
from openbox.program.program import Program
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load

DTYPES = [torch.float32, torch.float64]
SCRIPT = """
import torch, openbox
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.data import load
torch.set_num_threads(2)
x = load("digits").batch(slice(0, 100))
net = openbox.capture(load_checkpoint("digits-cnn-seed0").model, x[:1])
for dtype in (torch.float32, torch.float64):
    print(*openbox.cluster(net, x.to(dtype)).region_ids)
"""


def digits(count: int, dtype: torch.dtype) -> tuple[PiecewiseLinearNetwork, Tensor]:
    x = load("digits").batch(slice(0, count))
    return openbox.capture(load_checkpoint("digits-cnn-seed0").model, x[:1]), x.to(dtype)


def ids(net: PiecewiseLinearNetwork, x: Tensor) -> list[list[str]]:
    """All names of each input: alone in every layer, and at every depth of the tree."""
    found = openbox.cluster(net, x)
    groups = [layer.alone for layer in found.layers] + list(found.levels)
    return [[one.ids[one.members[i]] for one in groups] for i in range(len(x))]


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_ids_do_not_depend_on_the_batch(dtype: torch.dtype) -> None:
    net, x = digits(150, dtype)
    whole = ids(net, x)
    assert [name for one in range(150) for name in ids(net, x[one : one + 1])] == whole
    assert [name for start in range(0, 150, 7) for name in ids(net, x[start : start + 7])] == whole
    assert ids(net, x.flip(0))[::-1] == whole
    net.memory_budget = 1
    assert ids(net, x) == whole
    assert net.linearize(x[:20], [0]).region_ids == [names[-1] for names in whole[:20]]


@pytest.mark.long
def test_the_ids_do_not_depend_on_threads_or_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "OMP_NUM_THREADS": "2"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for dtype, line in zip(DTYPES, done.stdout.splitlines(), strict=True):
        net, x = digits(100, dtype)
        assert line.split() == openbox.cluster(net, x).region_ids == net.linearize(x, [0]).region_ids


@pytest.mark.parametrize("count", [1, 7, 64, 130])
def test_every_batch_has_the_same_shape(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch of one would run in other kernels: 13 of 500 images of a resnet20 change their region."""
    net, x = digits(count, torch.float32)
    openbox.cluster(net, x)
    seen: list[int] = []
    record = Program.record

    def watched(self: Program, x: Tensor, *rest: object) -> object:
        seen.append(len(x))
        return record(self, x, *rest)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Program, "record", watched)
    openbox.cluster(net, x)
    assert seen == [1] + [64] * -(-count // 64)  # the first is the check of the module by linearize


@pytest.mark.parametrize("chunk", [1, 10, 2**19])
def test_packed_numbers_of_any_size_are_compared_unit_by_unit(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_CHUNK", chunk)
    generator = np.random.default_rng(0)
    for units in (1, 63, 64, 65, 130):
        batches = [generator.integers(0, top, (9, units)).astype(np.int32) for top in (1, 3, 2**31 - 1, 2)]
        rows = np.concatenate(batches)
        every = np.arange(len(rows))
        found = join([pack(one) for one in batches]).between(every, every)
        assert (found == (rows[:, None] != rows).sum(-1)).all()
        bits = rows % 2 == 1
        assert (pack(bits).between(every, every[::-1]) == (bits[:, None] != bits[::-1]).sum(-1)).all()


def test_a_run_can_be_watched_and_broken_off() -> None:
    net, x = digits(150, torch.float32)
    done: list[tuple[int, int]] = []
    openbox.cluster(net, x, progress=lambda *pair: done.append(pair))
    assert done == [(64, 150), (128, 150), (150, 150)]
    before = [switch.fp32_precision for switch in switches()]

    def stop(count: int, _: int) -> None:
        if count == 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        openbox.cluster(net, x, progress=stop)
    assert [switch.fp32_precision for switch in switches()] == before
    assert openbox.cluster(net, x[:3]).region_ids == net.linearize(x[:3], [0]).region_ids


def test_in_inference_mode_and_of_an_input_with_a_gradient() -> None:
    net, x = digits(10, torch.float64)
    expected = openbox.cluster(net, x).region_ids
    assert openbox.cluster(net, x.clone().requires_grad_()).region_ids == expected
    with torch.inference_mode():
        assert openbox.cluster(net, x.clone()).region_ids == expected


X = batch("cnn", torch.float32)
REFUSED = {
    "no tensor": (X.tolist(), None, "cluster: inputs: got list; pass a torch.Tensor"),
    "one input": (X[0], None, r"cluster: inputs has shape \(1, 8, 8\).*add a batch axis"),
    "empty": (X[:0], None, r"cluster: inputs has shape \(0, 1, 8, 8\).*N >= 1"),
    "another shape": (X[..., 1:], None, r"cluster: inputs has shape .* expected \(N, 1, 8, 8\)"),
    "half": (X.half(), None, "cluster: inputs is torch.float16"),
    "whole numbers": (X.long(), None, "cluster: inputs is torch.int64"),
    "NaN": (X / 0, None, "cluster: inputs holds NaN or infinity"),
    "too few labels": (X, [1, 2], r"cluster: labels have shape \(2,\), expected \(7,\)"),
    "one label": (X, 3, r"cluster: labels have shape \(\), expected \(7,\)"),
    "labels in a column": (X, torch.zeros(7, 1), r"cluster: labels have shape \(7, 1\)"),
    "labels with a point": (X, torch.rand(7), "cluster: labels are float32; pass whole numbers or words"),
    "missing labels": (X, [1, 2, None, 3, 4, 5, 6], "cluster: labels are object"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_says_why(what: str) -> None:
    x, labels, message = REFUSED[what]
    with pytest.raises(InputError, match=message):
        openbox.cluster(opened("cnn")[1], x, labels)  # pyright: ignore[reportArgumentType]


def test_a_module_that_is_not_captured_or_stale_or_overflows_is_refused() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    with pytest.raises(InputError, match=r"cluster: got Sequential; pass what openbox.capture"):
        openbox.cluster(model, torch.ones(1, 2))  # pyright: ignore[reportArgumentType]
    net = openbox.capture(model, torch.ones(1, 2))
    x = torch.zeros(70, 2)
    x[66] = 3e38
    with torch.no_grad():
        model[0].weight.fill_(3)  # pyright: ignore[reportArgumentType, reportCallIssue]
    with pytest.raises(InputError, match=r"cluster: the network's output is NaN or infinite .* 64 to 69"):
        openbox.cluster(net, x)
    model[0].weight = nn.Parameter(torch.ones(2, 2))
    with pytest.raises(StaleCaptureError):
        openbox.cluster(net, x)


def test_inputs_and_layers_that_do_not_exist_are_refused() -> None:
    found = openbox.cluster(opened("cnn")[1], X)
    for call, message in {
        lambda: found.hamming(0, 7): "clusters.hamming: input 7 does not exist; there are 7",
        lambda: found.common(-1, 0): "clusters.common: pass whole numbers from 0 to 6",
        lambda: found.distances([0.5]): "clusters.distances: pass whole numbers",  # pyright: ignore[reportArgumentType]
        lambda: found.distances(layer=99): "clusters.distances: layer is 99",
        lambda: found.neighbours(7): "clusters.neighbours: k is 7, expected 1 to 6",
        lambda: found.neighbours(0): "clusters.neighbours: k is 0",
        lambda: found.neighbours(1, layer=-1): "layer is -1",
        lambda: found.parents(0): "clusters.parents: level 0",
    }.items():
        with pytest.raises(InputError, match=message):
            call()
