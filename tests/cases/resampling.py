"""Images at another size, channels to pixels, patches to columns."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function, layers, through

LINE, IMAGE, VOLUME = (2, 5), (2, 3, 4), (1, 2, 3, 2)


def _gated(shape: tuple[int, ...], resample: Callable[[Tensor], Tensor]) -> Case:
    return through(lambda x: F.relu(resample(F.relu(x)) - 0.25), *shape)


def _sampled(m: Function, x: Tensor) -> Tensor:
    grid = m.get_buffer("grid").expand(x.shape[0], -1, -1, -1)
    return F.relu(F.grid_sample(x, grid, align_corners=False) - 0.25)


def _sampled_to_corners(m: Function, x: Tensor) -> Tensor:
    grid = m.get_buffer("grid").expand(x.shape[0], -1, -1, -1)
    return F.relu(F.grid_sample(F.relu(x), grid, mode="bilinear", align_corners=True))


def _with_grid(function: Callable[[Function, Tensor], Tensor]) -> Callable[[], nn.Module]:
    def construct() -> nn.Module:
        model = Function(function)
        model.register_buffer("grid", torch.rand(1, 3, 2, 2) * 2.5 - 1.25)
        return model

    return construct


TABLE: dict[str, Case] = {
    "nearest 1-d": _gated(LINE, lambda x: F.interpolate(x, scale_factor=2)),
    "nearest to a size": _gated(IMAGE, lambda x: F.interpolate(x, (5, 3))),
    "nearest by a fraction": _gated(IMAGE, lambda x: F.interpolate(x, scale_factor=(1.7, 0.6))),
    "nearest 3-d": _gated(VOLUME, lambda x: F.interpolate(x, scale_factor=(2, 1, 2))),
    "nearest-exact": _gated(IMAGE, lambda x: F.interpolate(x, (5, 7), mode="nearest-exact")),
    "nearest-exact 1-d": _gated(LINE, lambda x: F.interpolate(x, 3, mode="nearest-exact")),
    "nearest-exact 3-d": _gated(VOLUME, lambda x: F.interpolate(x, (3, 2, 3), mode="nearest-exact")),
    "linear 1-d": _gated(LINE, lambda x: F.interpolate(x, scale_factor=2, mode="linear")),
    "linear 1-d to corners": _gated(
        LINE, lambda x: F.interpolate(x, 8, mode="linear", align_corners=True)),
    "bilinear": _gated(IMAGE, lambda x: F.interpolate(x, scale_factor=2, mode="bilinear")),
    "bilinear to fewer": _gated(IMAGE, lambda x: F.interpolate(x, (2, 3), mode="bilinear")),
    "bilinear by a fraction": _gated(IMAGE, lambda x: F.interpolate(x, scale_factor=1.3, mode="bilinear")),
    "bilinear to corners": _gated(
        IMAGE, lambda x: F.interpolate(x, (5, 1), mode="bilinear", align_corners=True)),
    "trilinear": _gated(VOLUME, lambda x: F.interpolate(x, scale_factor=2, mode="trilinear")),
    "trilinear to corners": _gated(
        VOLUME, lambda x: F.interpolate(x, (3, 4, 3), mode="trilinear", align_corners=True)),
    "bicubic": _gated(IMAGE, lambda x: F.interpolate(x, scale_factor=2, mode="bicubic")),
    "bicubic to corners": _gated(
        IMAGE, lambda x: F.interpolate(x, (5, 3), mode="bicubic", align_corners=True)),
    "area": _gated(IMAGE, lambda x: F.interpolate(x, (2, 3), mode="area")),
    "upsample layers": layers(*IMAGE, build=lambda: [
        nn.Conv2d(2, 2, 3, padding=1), nn.ReLU(), nn.Upsample(scale_factor=2), nn.Conv2d(2, 1, 3), nn.ReLU(),
        nn.Upsample((3, 3), mode="bilinear", align_corners=True)]),
    "pixel shuffle": layers(4, 2, 3, build=lambda: [nn.ReLU(), nn.PixelShuffle(2), nn.MaxPool2d(2, 1)]),
    "pixel unshuffle": layers(2, 4, 6, build=lambda: [nn.ReLU(), nn.PixelUnshuffle(2), nn.MaxPool2d(2, 1)]),
    "channel shuffle": layers(6, 2, 2, build=lambda: [
        nn.Conv2d(6, 6, 1, groups=3), nn.ReLU(), nn.ChannelShuffle(3), nn.Conv2d(6, 4, 1, groups=2)]),
    "grid sample": Case(_with_grid(_sampled), (2, 4, 3)),
    "grid sample to corners": Case(_with_grid(_sampled_to_corners), (2, 4, 3)),
    "unfold": _gated((2, 4, 5), lambda x: F.unfold(x, (3, 2), dilation=(1, 2), padding=1, stride=2)),
    "fold": _gated((2, 4, 5), lambda x: F.fold(F.unfold(x, 2), (4, 5), 2)),
    "fold with a stride": _gated(
        (8, 6), lambda x: F.fold(x, (4, 5), 2, padding=(1, 0), stride=2)),
    "windows of a sequence": _gated((2, 9), lambda x: x.unfold(2, 4, 2).flatten(1)),
}  # fmt: skip
