"""Gate patterns as hooks on plain modules see them: an oracle that knows nothing of openbox."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Rows = NDArray[np.int64]


def patterns(model: nn.Module, x: Tensor) -> Rows:
    """(N, units): in which piece every unit of every gate module is, for inputs x (N, ...)."""
    found: list[Rows] = []

    def note(module: nn.Module, args: tuple[Tensor, ...], _: Tensor) -> None:
        decided = _DECIDE[type(module)](module, args[0].detach())
        found.append(decided.reshape(len(x), -1).numpy().astype(np.int64))

    gates = [module for module in model.modules() if type(module) in _DECIDE]
    handles = [module.register_forward_hook(note) for module in gates]
    try:
        with torch.no_grad():
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return np.concatenate(found, 1)


def _threshold(_: nn.Module, z: Tensor) -> Tensor:
    return z > 0


def _band(module: nn.Module, z: Tensor) -> Tensor:
    assert isinstance(module, nn.Hardtanh)  # ReLU6 is one
    return (z > module.min_val).long() + (z >= module.max_val).long()


def _winner(module: nn.Module, z: Tensor) -> Tensor:
    """The place in its window of the first of the largest entries."""
    assert isinstance(module, nn.MaxPool2d)
    size, stride, pad = (int(n) for n in (module.kernel_size, module.stride, module.padding))  # pyright: ignore[reportArgumentType]
    padded = nn.functional.pad(z, (pad,) * 4, value=-torch.inf)
    windows = padded.unfold(2, size, stride).unfold(3, size, stride).flatten(4)
    return torch.from_numpy(windows.numpy().argmax(-1))


_DECIDE: dict[type[nn.Module], Callable[[nn.Module, Tensor], Tensor]] = {
    nn.ReLU: _threshold,
    nn.LeakyReLU: _threshold,
    nn.Hardtanh: _band,
    nn.ReLU6: _band,
    nn.MaxPool2d: _winner,
}


class Residual(nn.Module):
    """x + f(x), then a ReLU."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.last = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.last(x + self.layers(x))


def _dense() -> list[nn.Module]:
    return [
        nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 12), nn.LeakyReLU(0.1),
        nn.Linear(12, 12), nn.Hardtanh(-0.3, 0.2), nn.Linear(12, 4),
    ]  # fmt: skip


def _bands() -> list[nn.Module]:
    """Steep lines through narrow bands: one cut leaves two pieces beyond it."""
    return [
        nn.Linear(6, 8), nn.Hardtanh(-0.1, 0.1), nn.Linear(8, 8), nn.Hardtanh(-0.02, 0.05), nn.Linear(8, 3),
    ]  # fmt: skip


def _pools() -> list[nn.Module]:
    return [
        nn.Conv2d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Conv2d(3, 4, 3, padding=1),
        nn.ReLU6(), nn.MaxPool2d(2, 1), nn.Flatten(), nn.LazyLinear(5),
    ]  # fmt: skip


def _residual() -> list[nn.Module]:
    return [
        nn.Conv2d(1, 3, 3, padding=1), nn.BatchNorm2d(3),
        Residual(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 3, 3, padding=1)),
        nn.MaxPool2d(2), Residual(nn.Conv2d(3, 3, 1), nn.LeakyReLU(), nn.Conv2d(3, 3, 1)),
        nn.Flatten(), nn.LazyLinear(4),
    ]  # fmt: skip


NETWORKS: dict[str, tuple[Callable[[], list[nn.Module]], tuple[int, ...]]] = {
    "dense": (_dense, (6,)),
    "bands": (_bands, (6,)),
    "pools": (_pools, (1, 6, 6)),
    "residual": (_residual, (1, 6, 6)),
}


def network(name: str) -> tuple[nn.Module, tuple[int, ...]]:
    """One of ``NETWORKS`` in float64, the same every time, and its input's shape.

    The weights are large, and the classes equally strong on average, so that much is decided by the input.
    """
    build, shape = NETWORKS[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        model = nn.Sequential(*build())
        model(torch.zeros(2, *shape))
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.weight, -1, 1)
                nn.init.normal_(module.bias, 0, 0.3)
            elif isinstance(module, nn.Linear | nn.Conv2d):
                module.weight.data.mul_(3)
        model = model.double().eval()
        with torch.no_grad():
            last = model[-1]
            assert isinstance(last, nn.Linear)
            last.bias -= model(torch.randn(100, *shape, dtype=torch.float64)).mean(0)
    return model, shape
