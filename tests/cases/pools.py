"""Maximum and average pools, 1-d to 3-d; the plain 2-d ones are among the networks."""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn import functional as F

from cases.case import Case, Function, layers

LINE, IMAGE, VOLUME = (2, 11), (2, 6, 7), (2, 4, 3, 4)


def _gated(shape: tuple[int, ...], build: Callable[[], nn.Module]) -> Case:
    """A gate, the pool, another gate: borders and black images tie in the pool."""
    return layers(*shape, build=lambda: [nn.ReLU(), build(), nn.Threshold(0.25, 0.25)])


def _indices(m: Function, x: Tensor) -> Tensor:
    """Winners of one channel pick the values of the other."""
    values, indices = F.max_pool2d(x[:, :1], 2, return_indices=True)
    picked = x[:, 1:].flatten(2).gather(2, indices.flatten(2))
    return values.flatten(1) - 2 * picked.flatten(1)


class _First(nn.Module):
    """The values of a pooling by two that returns its indices as well."""

    def __init__(self, pool: Callable[..., tuple[Tensor, Tensor]]) -> None:
        super().__init__()
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        return self.pool(x, 2, return_indices=True)[0]


TABLE: dict[str, Case] = {
    "max pool 1-d": _gated(LINE, lambda: nn.MaxPool1d(3, 2)),
    "max pool 1-d padded, dilated": _gated(LINE, lambda: nn.MaxPool1d(3, 2, padding=1, dilation=2)),
    "max pool 1-d ceil": _gated((2, 10), lambda: nn.MaxPool1d(2, 3, ceil_mode=True)),
    "max pool 3-d": _gated(VOLUME, lambda: nn.MaxPool3d(2, 1)),
    "max pool 3-d padded": _gated(VOLUME, lambda: nn.MaxPool3d(3, 2, padding=1)),
    "max pool 3-d dilated, ceil": _gated(
        VOLUME, lambda: nn.MaxPool3d((2, 2, 1), (1, 2, 3), dilation=(2, 1, 1), ceil_mode=True)),
    "max pool after a conv 1-d": layers(*LINE, build=lambda: [
        nn.Conv1d(2, 3, 3), nn.MaxPool1d(2), nn.Flatten(), nn.LazyLinear(3)]),
    "max pool after a conv 3-d": layers(*VOLUME, build=lambda: [
        nn.Conv3d(2, 2, 2), nn.MaxPool3d(2, 1), nn.Flatten(), nn.LazyLinear(3)]),
    "max pool 1-d with indices": _gated(LINE, lambda: _First(F.max_pool1d)),
    "max pool 3-d with indices": _gated(VOLUME, lambda: _First(F.max_pool3d)),
    "max pool of a pool": _gated(IMAGE, lambda: nn.Sequential(nn.MaxPool2d(2, 1), nn.MaxPool2d(2))),
    "max pool, its indices used": Case(lambda: Function(_indices), (2, 4, 4)),
    "adaptive max pool 1-d": _gated(LINE, lambda: nn.AdaptiveMaxPool1d(4)),
    "adaptive max pool": _gated(IMAGE, lambda: nn.AdaptiveMaxPool2d((4, 3))),
    "adaptive max pool to one": _gated(IMAGE, lambda: nn.AdaptiveMaxPool2d(1)),
    "adaptive max pool, one side kept": _gated((2, 5, 3), lambda: nn.AdaptiveMaxPool2d((2, None))),
    "adaptive max pool 3-d": _gated(VOLUME, lambda: nn.AdaptiveMaxPool3d((3, 2, 3))),
    "average pool 1-d": _gated(LINE, lambda: nn.AvgPool1d(3, 2, padding=1)),
    "average pool 1-d ceil, pad not counted": _gated(
        (2, 10), lambda: nn.AvgPool1d(3, 2, padding=1, ceil_mode=True, count_include_pad=False)),
    "average pool ceil": _gated(IMAGE, lambda: nn.AvgPool2d(3, 2, padding=1, ceil_mode=True)),
    "average pool ceil, pad not counted": _gated(
        IMAGE, lambda: nn.AvgPool2d((3, 2), 2, padding=1, ceil_mode=True, count_include_pad=False)),
    "average pool with a divisor": _gated(
        IMAGE, lambda: nn.AvgPool2d(2, 2, padding=1, divisor_override=3)),
    "average pool 3-d": _gated(VOLUME, lambda: nn.AvgPool3d(2, 2, padding=1)),
    "average pool 3-d ceil, pad not counted": _gated(
        VOLUME, lambda: nn.AvgPool3d(2, (2, 3, 2), padding=1, ceil_mode=True, count_include_pad=False)),
    "average pool 3-d with a divisor": _gated(VOLUME, lambda: nn.AvgPool3d(2, 1, divisor_override=5)),
    "adaptive average pool 1-d": _gated(LINE, lambda: nn.AdaptiveAvgPool1d(4)),
    "adaptive average pool to more": _gated((2, 3, 4), lambda: nn.AdaptiveAvgPool2d((5, 3))),
    "adaptive average pool 3-d": _gated(VOLUME, lambda: nn.AdaptiveAvgPool3d((3, 2, None))),
}  # fmt: skip
