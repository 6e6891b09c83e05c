"""Files of captures: what is refused, and that nothing damaged is believed. The law over all cases is in
``tests/linearize/test_kept.py``."""

import json
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import openbox
from openbox.errors import CaptureError, InputError, StaleCaptureError
from openbox.sequences import SequenceNetwork
from openbox.serialization import captures


class Small(nn.Module):
    """With a batch norm, a number that is no parameter, and a head."""

    def __init__(self, slope: float = 0.1, width: int = 3) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv1d(1, width, 3), nn.BatchNorm1d(width), nn.LeakyReLU(slope))
        self.head = nn.Linear(4 * width, 2)
        self.shift = torch.linspace(0, 1, 6)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x + self.shift.to(x.dtype)).flatten(1)).log_softmax(1)


def small(slope: float = 0.1, width: int = 3) -> Small:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return Small(slope, width).eval()


EXAMPLE = torch.zeros(1, 1, 6)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    openbox.capture(small(), EXAMPLE).save(tmp_path / "small.capture")
    return tmp_path / "small.capture"


def test_it_is_the_capture_without_a_trace(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.randn(5, 1, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    then = openbox.capture(small(), EXAMPLE).linearize(x)
    monkeypatch.setattr("openbox.tracing.trace.trace", None)
    model = small()
    for net in (openbox.load_capture(kept, model), openbox.capture(model, EXAMPLE)):
        assert net.head == "log_softmax"
        assert torch.equal(net.linearize(x).weight, then.weight)
    with torch.no_grad():
        model.head.weight.mul_(2)
        model.head.bias.zero_()
    piece = net.linearize(x)
    assert float(piece.error.max()) < 1e-12, "the weights are those of the module, as they are now"
    assert not torch.equal(piece.weight, then.weight)


def test_a_sequence_of_any_length(tmp_path: Path) -> None:
    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = nn.RNN(2, 3, nonlinearity="relu", batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            return self.rnn(x)[0][:, -1]

    model = Reader().double().eval()
    net = openbox.capture(model, torch.zeros(1, 4, 2, dtype=torch.float64))
    net.save(tmp_path / "reader")
    again = openbox.load_capture(tmp_path / "reader", model)
    assert isinstance(again, SequenceNetwork)
    x = torch.randn(2, 7, 2, dtype=torch.float64)
    assert torch.equal(again.linearize(x).weight, net.linearize(x).weight)
    again.at((7, 2)).save(tmp_path / "of seven")
    assert openbox.load_capture(tmp_path / "of seven", model).input_shape == (7, 2)


def _rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """As a program would write it that means harm: with a digest that fits."""
    data = torch.load(path, weights_only=True)
    found = json.loads(data["capture"])
    change(found)
    data["capture"] = json.dumps(found)
    torch.save(data | {"sha256": captures.digest_of(data["capture"], data["constants"])}, path)


def _step(found: dict[str, Any], operation: str) -> dict[str, Any]:
    return next(step for step in found["program"]["steps"] if step["operation"] == operation)


LEAKY, GATE = "ops.aten.leaky_relu.default", "depends"
HARM: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another format": (lambda found: found.update(format=99), "its format is 99"),
    "an operation that opens files": (
        lambda found: _step(found, LEAKY).update(operation="ops.aten.from_file.default"), "does not have",
    ),
    "a function of Python": (
        lambda found: _step(found, LEAKY).update(operation="os.system"), "does not have",
    ),
    "a function that calls": (
        lambda found: _step(found, LEAKY).update(operation="operator.call", depends=False), "does not have",
    ),
    "a function that finds": (
        lambda found: _step(found, LEAKY).update(operation="operator.attrgetter", depends=False),
        "does not have",
    ),
    "an operation that writes": (
        lambda found: _step(found, LEAKY).update(operation="ops.aten.zero_.default", depends=False),
        "does not have",
    ),
    "an operation of another library": (
        lambda found: _step(found, LEAKY).update(operation="ops.prims.neg.default"), "does not have",
    ),
    "an operation without a rule": (
        lambda found: _step(found, LEAKY).update(operation="ops.aten.sigmoid.default"), "damaged",
    ),
    "another slope": (
        lambda found: operator.setitem(_step(found, LEAKY)["args"], 1, 0.2), "something else than this Small",
    ),
    "a missing argument": (lambda found: _step(found, LEAKY)["args"].clear(), "does not run|damaged"),
    "a value that is not there": (lambda found: found["program"].update(output=10_000), "damaged"),
    "another shape": (lambda found: found.update(shape=[1, 5]), "does not run"),
    "nothing": (lambda found: found.clear(), "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", HARM)
def test_what_was_changed_is_refused(name: str, kept: Path) -> None:
    change, message = HARM[name]
    _rewritten(kept, change)
    with pytest.raises(CaptureError, match=message):
        openbox.load_capture(kept, small())


def test_a_flipped_bit_is_refused_or_changes_nothing(kept: Path) -> None:
    whole, held = kept.read_bytes(), captures.read_file(kept)
    refused = 0
    for place in torch.linspace(0, len(whole) - 1, 200).long().tolist():
        damaged = bytearray(whole)
        damaged[place] ^= 1
        kept.write_bytes(damaged)
        try:
            openbox.load_capture(kept, small())
        except CaptureError:
            refused += 1
        else:  # between the records of a zip
            text, constants = captures.read_file(kept)
            assert text == held[0]
            assert all(torch.equal(constants[name], tensor) for name, tensor in held[1].items())
    assert refused > 100


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_a_file_that_ends_too_soon_or_is_missing(share: float, kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[: int(share * kept.stat().st_size)])
    with pytest.raises(CaptureError, match=r"openbox\.load_capture\(.*damaged"):
        openbox.load_capture(kept, small())
    with pytest.raises(CaptureError, match="cannot read it"):
        openbox.load_capture(kept.with_name("nowhere"), small())


class Other(Small):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(-x)


OTHERS: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "another width": (
        lambda: small(width=4),
        r"'body.0' was out_channels=3 when .* here it is out_channels=4",
    ),
    "another mode": (lambda: small().train(), r"the module itself was in eval mode when .* in training mode"),
    "another class": (lambda: Other().eval(), r"the module itself was Small .* Other"),
    "another slope": (lambda: small(slope=0.3), r"'body.2' was negative_slope=0\.1 when .*=0\.3"),
    "a hook": (lambda: hooked(), r"'body' was with 0 hooks .* with 1 hooks"),
    "another dtype": (lambda: small().double(), r"'body.0.weight' was float32 when .* float64"),
}


def hooked() -> Small:
    model = small()
    model.body.register_forward_hook(_twice)
    return model


def _twice(module: nn.Module, given: object, out: Tensor) -> Tensor:
    del module, given
    return 2 * out


@pytest.mark.parametrize("name", OTHERS)
def test_another_module_is_refused(name: str, kept: Path) -> None:
    build, message = OTHERS[name]
    with pytest.raises(StaleCaptureError, match=message):
        openbox.load_capture(kept, build())


def test_a_module_without_an_answer_is_refused(kept: Path) -> None:
    nothing = small()
    torch.nn.init.constant_(nothing.head.bias, float("nan"))
    with pytest.raises(CaptureError, match="something else than this Small"):
        openbox.load_capture(kept, nothing)
    with pytest.raises(InputError, match=r"pass the torch\.nn\.Module"):
        openbox.load_capture(kept, "model.pt")  # pyright: ignore[reportArgumentType]


def test_nothing_is_half_written(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.read_bytes()
    model = small()
    net = openbox.capture(model, EXAMPLE)

    def fail(data: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("full")

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(OSError, match="full"):
        net.save(kept)
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    model.train()
    with pytest.raises(StaleCaptureError):
        net.save(kept)
