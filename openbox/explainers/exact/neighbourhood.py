"""``openbox_neighbourhood``: exact pieces on the way to other images, around the image's place."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from openbox.errors import InputError, named
from openbox.explainers.exact.average import BATCH, CLAIM, Points, average
from openbox.explainers.exact.pieces import decision_rows
from openbox.explainers.exact.points import Draws, draw, moved
from openbox.explainers.exact.spread import correlation_width, kernel
from openbox.explainers.explanation import Maps
from openbox.opening import capture

CLAIM_OTHERS = f"{CLAIM}; score: minus the mean of the others"
BLUR = 8  # the shorter side over this is the standard deviation of the blurred image


@dataclass(frozen=True)
class NeighbourhoodSettings:
    """``samples`` pieces, with shares of the image within ``way``.

    The image moves by up to ``shift`` of its shorter side. ``masked`` of the points take their share in
    pixels, ``blurred`` of them have the blurred image for a baseline. Each contribution is spread by a
    Gaussian of ``spread`` times the ``correlation_width`` of the reference images.
    """

    samples: int = 128
    shift: float = 0.0625
    way: tuple[float, float] = (0.2, 0.8)
    masked: float = 0.5
    blurred: float = 0.25
    spread: float = 0.75

    @named("openbox_neighbourhood")
    def __post_init__(self) -> None:
        parts = (self.shift, *self.way, self.masked, self.blurred)
        if self.samples < 1 or self.spread < 0 or not all(0 <= part <= 1 for part in parts):
            raise InputError(
                f"{self}; samples must be 1 or more, spread not negative, all others between 0 and 1"
            )


class Neighbourhood:
    """``mean_i W_i * (x_i - z_i)``, moved back and spread over neighbouring pixels.

    x_i is the image moved by some pixels, z_i a reference image (the example batch given to
    ``create``; a batch of one means black) or the blurred image, W_i the exact piece of the decision
    feature (target minus the mean of the others) at ``s_i x_i + (1 - s_i) z_i``, where the shares s_i are
    spread evenly; at half of the points s_i is the share of pixels that show x_i, as in an image some of
    whose pixels were removed.
    """

    def __init__(self, model: nn.Module, example: Tensor, seed: int, settings: NeighbourhoodSettings) -> None:
        if example.ndim != 4:
            raise InputError(f"inputs of shape {tuple(example.shape[1:])} are no images (C, H, W)")
        self.net = capture(model, example)
        reference = example if len(example) > 1 else torch.zeros_like(example)
        side = min(example.shape[2:])
        self.draws = draw(
            reference, settings.samples, int(settings.shift * side), seed, "openbox_neighbourhood",
            settings.way, settings.blurred, settings.masked,
        )  # fmt: skip
        spread = settings.spread * correlation_width(example)
        self.spread = tuple(kernel(size, spread).to(example) for size in example.shape[2:])
        self.blur = tuple(kernel(size, side / BLUR).T.to(example) for size in example.shape[2:])

    def maps(self, x: Tensor, coefficients: Tensor) -> Maps:
        rows = decision_rows(coefficients)
        blurred = _both_ways(self.blur, x)
        found = average(
            self.net, x, rows, lambda image, n: on_the_way(image, self.draws, blurred[n]), CLAIM_OTHERS
        )
        return replace(found, values=_both_ways(self.spread, found.values))


def _both_ways(matrices: tuple[Tensor, ...], images: Tensor) -> Tensor:
    down, right = matrices
    return down @ images @ right.T


def on_the_way(image: Tensor, draws: Draws, blurred: Tensor | None = None) -> Iterator[Points]:
    """The points ``z_i + s_i (x_i - z_i)``; where the moved image is not, x_i is z_i."""
    for start in range(0, len(draws.share), BATCH):
        some = slice(start, start + BATCH)
        baseline, offsets = draws.baseline[some], draws.offsets[some]
        if blurred is not None:
            moving = torch.stack([moved(blurred, offset, blurred) for offset in offsets])
            own = draws.blurred[some].reshape(-1, *[1] * image.ndim)
            baseline = torch.where(own, moving, baseline)
        images = [moved(image, offset, onto) for offset, onto in zip(offsets, baseline, strict=True)]
        target = torch.stack(images)
        yield Points(baseline + draws.share[some] * (target - baseline), target, baseline, offsets)
