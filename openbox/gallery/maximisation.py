"""Which image a class, or a unit, would like best: by gradient ascent, and exactly inside a region."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openbox.errors import InputError, named
from openbox.geometry.bounds import box, program
from openbox.module.headless import before_head
from openbox.network import PiecewiseLinearNetwork
from openbox.shapes import check_count


@dataclass(frozen=True)
class MaximisationSettings:
    """``steps`` of Adam at ``rate``; each moves the image by up to ``jitter`` pixels. ``smoothness`` weighs
    the total variation, ``prior`` the squared distance to the mean image, in logits."""

    steps: int = 200
    rate: float = 0.05
    jitter: int = 1
    smoothness: float = 2.0
    prior: float = 2.0

    def __post_init__(self) -> None:
        check_count("steps", self.steps, 1)
        check_count("jitter", self.jitter, 0)


@named("maximise")
def maximise(
    model: nn.Module, mean: Tensor, target: int, seed: int = 0,
    settings: MaximisationSettings = MaximisationSettings(),
) -> Tensor:  # fmt: skip
    """An image (1, C, H, W) in [0, 1] that raises the logit ``target`` of a model in eval mode.

    Erhan et al. 2009; with the image prior and the total variation of Mahendran, Vedaldi, IJCV 2016, and
    jitter. ``mean`` (1, C, H, W): the mean of real images, where the ascent starts, with noise. A unit is
    the logit of a model cut off behind it. Raises ``InputError`` for a class that does not exist.
    """
    if mean.ndim != 4 or len(mean) != 1:
        raise InputError(f"mean has shape {tuple(mean.shape)}; pass one image (1, C, H, W)")
    score = before_head(model, mean)
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(mean.shape, generator=generator).to(mean)
    image = (mean + 0.1 * noise).clamp(0, 1).requires_grad_()
    with torch.no_grad():
        outputs = score(mean).shape[1]
    if not 0 <= target < outputs:
        raise InputError(f"target {target} does not exist; the outputs are 0 to {outputs - 1}")
    optimizer = torch.optim.Adam([image], settings.rate)
    for _ in range(settings.steps):
        down, right = torch.randint(-settings.jitter, settings.jitter + 1, (2,), generator=generator).tolist()
        with torch.enable_grad():
            moved = image.roll((down, right), (2, 3))
            loss = settings.smoothness * _variation(image) - score(moved)[0, target]
            loss = loss + settings.prior * ((image - mean) ** 2).sum() / mean[0, 0].numel()
            (image.grad,) = torch.autograd.grad(loss, image)
        optimizer.step()
        with torch.no_grad():
            image.clamp_(0, 1)
    return image.detach()


def _variation(image: Tensor) -> Tensor:
    """The mean size of the differences between neighbouring pixels, times their number in a row."""
    return (image.diff(dim=2).abs().mean() + image.diff(dim=3).abs().mean()) * image.shape[3]


@dataclass(frozen=True, eq=False)
class RegionMaximum:
    """``point`` (1, *input_shape) of the closed region and the box where the score is largest.

    ``score``: the network's own there; ``promised``: the linear programme's, on the region's affine function.
    """

    point: Tensor
    score: float
    promised: float


@named("maximise_in_region")
def maximise_in_region(net: PiecewiseLinearNetwork, x: Tensor, target: int) -> RegionMaximum:
    """The largest logit ``target`` in the region of x (1, *input_shape) and pixels in [0, 1], exactly.

    The network is affine there, so it is one linear programme (HiGHS) over the region's half-spaces. For
    small networks: all half-spaces are held. Raises ``InputError``.
    """
    x = x.double()
    piece, walls = net.linearize(x, [target]), net.region(x).halfspaces()
    weight, limits = piece.weight[0, 0].flatten(), box((0, 1), x.shape[1:])
    rows, offsets = walls.a.flatten(1).cpu().numpy(), walls.c.cpu().numpy()
    found = program(-weight.cpu().numpy(), rows, offsets, limits)
    if not found.success:
        raise InputError(f"HiGHS found no maximum in the region ({found.message}); pass pixels in [0, 1]")
    point = torch.from_numpy(found.x).to(x).view(x.shape)
    score = float(net.original(point)[0, target])
    return RegionMaximum(point, score, float(weight @ point.flatten() + piece.bias[0, 0]))
