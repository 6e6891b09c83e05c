"""A capture that was kept in a file is the capture, bit for bit; in the default set for every eighth case."""

from pathlib import Path

import pytest
import torch
from cases import CASES
from opened import batch, opened

import openbox

EIGHTH = 8
SOME = [
    pytest.param(name, marks=() if place % EIGHTH == 0 else pytest.mark.long)
    for place, name in enumerate(CASES)
]


@pytest.mark.parametrize("name", SOME)
def test_a_kept_capture_is_the_capture(name: str, tmp_path: Path) -> None:
    _, net = opened(name)
    net.save(tmp_path / "kept")
    again = openbox.load_capture(tmp_path / "kept", CASES[name].model())
    x = batch(name, torch.float64)
    then, now = net.linearize(x), again.linearize(x)
    assert repr(again) == repr(net)
    assert torch.equal(now.weight, then.weight)
    assert torch.equal(now.bias, then.bias)
    assert now.region_ids == then.region_ids
