"""The refusal that the page Open your own network shows is the one that is given."""

import re

import pytest
import torch
from documents import page
from torchvision.models import VisionTransformer

import openbox


def test_the_refusal_is_the_one_that_is_shown() -> None:
    model = VisionTransformer(32, 16, num_layers=1, num_heads=1, hidden_dim=8, mlp_dim=8).eval()
    with pytest.raises(openbox.NotPiecewiseLinearError) as refusal:
        openbox.capture(model, torch.zeros(1, 3, 32, 32))
    said = re.sub(r'"[^"]*/torchvision/', '".../torchvision/', str(refusal.value))
    shown = re.search(r"```\n(openbox\.capture\(Vision.*?)```", page("docs/open.md"), re.DOTALL)
    assert shown
    assert _plain(shown[1]) == _plain(said)


def _plain(message: str) -> str:
    """Without line breaks, and without the number of torchvision's line, which its versions move."""
    return re.sub(r"line \d+", "line", " ".join(message.split()))
