"""``openbox_neighbourhood``: exact pieces on the way to reference images, around the image's place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from openbox.capture import capture
from openbox.errors import InputError
from openbox.explainers.average import BATCH, CLAIM, Points, average
from openbox.explainers.exact import decision_rows
from openbox.explainers.explanation import Maps
from openbox.explainers.points import Draws, draw, moved
from openbox.explainers.spread import correlation_width, kernel

CLAIM_OTHERS = f"{CLAIM}; score: minus the mean of the others"


@dataclass(frozen=True)
class NeighbourhoodSettings:
    """``samples`` pieces, with shares of the image within ``way``.

    The image moves by up to ``shift`` of its shorter side; each contribution is spread by a Gaussian of
    ``spread`` pixels, None: the ``correlation_width`` of the reference images.
    """

    samples: int = 128
    shift: float = 0.0625
    way: tuple[float, float] = (0.2, 0.8)
    spread: float | None = None


class Neighbourhood:
    """``mean_i W_i * (x_i - z_i)``, moved back and spread over neighbouring pixels.

    x_i is the image moved by some pixels, z_i a reference image (the example batch given to
    ``create``; a batch of one means black), W_i the exact piece of the decision feature (target
    minus the mean of the others) at ``s_i x_i + (1 - s_i) z_i``, the shares s_i spread evenly.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: NeighbourhoodSettings) -> None:
        if example.ndim != 4:
            raise InputError(
                f"openbox_neighbourhood: inputs of shape {tuple(example.shape[1:])} are no images (C, H, W)"
            )
        self.net = capture(model, example)
        reference = example if len(example) > 1 else torch.zeros_like(example)
        shift = int(settings.shift * min(example.shape[2:]))
        self.draws = draw(reference, settings.samples, shift, seed, "openbox_neighbourhood", settings.way)
        spread = correlation_width(example) if settings.spread is None else settings.spread
        self.kernels = tuple(kernel(size, spread).to(example) for size in example.shape[2:])

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        rows = decision_rows(coefficients)
        found = average(self.net, x, rows, lambda image: on_the_way(image, self.draws), CLAIM_OTHERS)
        down, right = self.kernels
        return replace(found, values=down @ found.values @ right.T)


def on_the_way(image: Tensor, draws: Draws) -> Iterator[Points]:
    """The points ``s_i x_i + (1 - s_i) z_i``; where the moved image is not, x_i is z_i."""
    samples = len(draws.share)
    for start in range(0, samples, BATCH):
        some = slice(start, start + BATCH)
        baseline, offsets = draws.baseline[some], draws.offsets[some]
        images = [moved(image, offset, onto) for offset, onto in zip(offsets, baseline, strict=True)]
        target = torch.stack(images)
        share = draws.share[some].reshape(-1, *[1] * image.ndim)
        yield Points(baseline + share * (target - baseline), target, baseline, offsets)
