"""The networks as a worker holds them: loaded and opened once, a few at a time; and what they answer."""

from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor, nn

from openbox.explainers.create import Score
from openbox.module.headless import before_head
from openbox.module.lock import computing
from openbox.network import PiecewiseLinearNetwork
from openbox.opening import capture
from openbox.zoo.captures import recall
from openbox.zoo.checkpoints import load_checkpoint
from openbox.zoo.networks import Shape
from openbox.zoo.own.models import load_model

BATCH = 128  # pictures at once


@dataclass(frozen=True)
class Source:
    """Where a network comes from: the checkpoint ``name`` in ``folder`` (None: the usual one), or the factory
    ``name`` with its ``weights``. ``sha256`` says which weights, ``shape`` what it reads.

    ``state``: a file with what the factory drew itself, so that all processes have the same numbers.
    """

    name: str
    sha256: str
    shape: Shape = field(compare=False)
    own: bool = False
    weights: str | None = None
    state: str | None = None
    folder: str | None = None


@lru_cache(maxsize=8)
def module(source: Source) -> nn.Module:
    """In eval mode, frozen. Raises ``CheckpointError`` or ``ModelError``."""
    if not source.own:
        checkpoint = load_checkpoint(source.name, source.folder)
        recall(checkpoint, source.folder)  # whoever captures it then waits for no trace
        return checkpoint.model
    model = load_model(source.name, source.weights).cpu()
    if source.state is not None:
        model.load_state_dict(torch.load(source.state, weights_only=True))
    return model


@lru_cache(maxsize=8)
def opened(source: Source) -> PiecewiseLinearNetwork:
    """Captured. Raises ``CaptureError``, ``NotPiecewiseLinearError`` and what ``module`` raises."""
    return capture(module(source), torch.zeros(1, *source.shape))


@torch.no_grad()
def outputs(source: Source, x: Tensor, score: Score = "logits") -> Tensor:
    """(N, K) at x (N, C, H, W): before the softmax or sigmoid that the network may end in, or its own."""
    model = module(source)
    with computing():
        asked = before_head(model, x[:1]) if score == "logits" else model
        return torch.cat([asked(some).reshape(len(some), -1) for some in x.split(BATCH)])
