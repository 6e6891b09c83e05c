"""Captures beside the checkpoints: every network for images has one that fits, and it saves the trace."""

import shutil
from pathlib import Path

import pytest
import torch

import openbox
from openbox.zoo import captures
from openbox.zoo.checkpoints import REPOSITORY, list_checkpoints, load_checkpoint


@pytest.mark.parametrize("name", list_checkpoints(REPOSITORY))
def test_every_checkpoint_is_open_without_a_trace(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = load_checkpoint(name, REPOSITORY)
    monkeypatch.setattr("openbox.tracing.trace.trace", None)
    assert captures.recall(checkpoint, REPOSITORY)
    x = torch.rand(2, *checkpoint.card.shape, dtype=torch.float64)
    net = openbox.capture(checkpoint.model, torch.zeros(1, *checkpoint.card.shape))
    assert float(net.linearize(x, [0]).error.max()) < 1e-10


def test_a_damaged_or_missing_one_is_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    name = "digits-cnn-seed0"
    for kind in ("json", "safetensors"):
        shutil.copy(REPOSITORY / f"{name}.{kind}", tmp_path)
    assert not captures.recall(load_checkpoint(name, tmp_path), tmp_path)
    assert captures.main(["--checkpoints", str(tmp_path)]) == 0
    assert f"{name}.capture: " in capsys.readouterr().out
    kept = tmp_path / f"{name}.capture"
    assert captures.recall(load_checkpoint(name, tmp_path), tmp_path)
    kept.write_bytes(kept.read_bytes()[:-100])
    checkpoint = load_checkpoint(name, tmp_path)
    assert not captures.recall(checkpoint, tmp_path)
    assert "damaged" in caplog.text
    assert openbox.capture(checkpoint.model, torch.zeros(1, 1, 8, 8)).outputs == 10
