"""Whole networks, as people build them: torchvision's own and a few of other shapes."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torchvision import models
from torchvision.models.segmentation import fcn_resnet50


@dataclass(frozen=True)
class Whole:
    """A network by its builder, the shape of one input, and the output to open."""

    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    output: int | str | None = None

    def model(self) -> nn.Module:
        """In eval mode, the same weights every time, statistics and biases not trivial."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = self.build().eval().requires_grad_(False)
            for module in model.modules():
                if isinstance(module, _BatchNorm):
                    assert module.running_mean is not None
                    assert module.running_var is not None
                    module.running_mean.normal_(0, 0.2)
                    module.running_var.uniform_(0.7, 1.4)
                    module.weight.uniform_(0.6, 1.2)
                elif isinstance(bias := getattr(module, "bias", None), nn.Parameter):
                    bias.uniform_(0, 0.2)
        return model


class UNet(nn.Module):
    """Down by max pooling, up by transposed convolution and by interpolation, with skips."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = _block(3, 8), _block(8, 16), _block(16, 32)
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.wide = nn.Upsample(scale_factor=2, mode="bilinear")
        self.fourth, self.fifth = _block(32, 16), _block(24, 8)
        self.last = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.first(x)
        second = self.second(self.pool(first))
        third = self.third(self.pool(second))
        fourth = self.fourth(torch.cat((self.up(third), second), 1))
        return self.last(self.fifth(torch.cat((self.wide(fourth), first), 1)))


def _block(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="reflect"), nn.BatchNorm2d(outputs), nn.PReLU()
    )


class Siamese(nn.Module):
    """Two halves of the input through one branch, compared by maximum and difference."""

    def __init__(self) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(1, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.AdaptiveMaxPool2d(3), nn.Flatten()
        )
        self.last = nn.Linear(108, 2)

    def forward(self, x: Tensor) -> Tensor:
        left, right = self.branch(x[:, 0]), self.branch(x[:, 1])
        return self.last(torch.cat((torch.maximum(left, right), (left - right).abs()), 1))


class TwoBranches(nn.Module):
    """Two kernels of different size over one image, joined."""

    def __init__(self) -> None:
        super().__init__()
        self.small = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.LeakyReLU(0.1))
        self.large = nn.Sequential(nn.Conv2d(3, 6, 5, padding=2), nn.ReLU6())
        self.last = nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.last((self.small(x) + self.large(x)).mean((2, 3)))


class TwoHeads(nn.Module):
    """Returns a dictionary: probabilities of the class, and a number."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(48, 20), nn.ReLU())
        self.label, self.size = nn.Linear(20, 4), nn.Linear(20, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        hidden = self.body(x)
        return {"label": self.label(hidden).softmax(1), "size": self.size(hidden)}


def _volume() -> nn.Module:
    return nn.Sequential(
        nn.Conv3d(1, 6, 3, padding=1), nn.BatchNorm3d(6), nn.ReLU(), nn.MaxPool3d(2),
        nn.Conv3d(6, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(8, 3),
    )  # fmt: skip


def _sequence() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(5, 12, 3, padding=2, dilation=2), nn.BatchNorm1d(12), nn.ReLU(), nn.MaxPool1d(3, 2),
        nn.Conv1d(12, 8, 3), nn.Hardtanh(), nn.AdaptiveMaxPool1d(4), nn.Flatten(), nn.Linear(32, 4),
    )  # fmt: skip


class Recurrent(nn.Module):
    """Two layers of ReLU cells over time, the last state read out."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.RNN(5, 8, 2, nonlinearity="relu", batch_first=True)
        self.last = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.cells(x)[0][:, -1])


def _vision(name: str, size: int, **settings: bool) -> Whole:
    return Whole(lambda: getattr(models, name)(weights=None, num_classes=5, **settings), (3, size, size))


NETWORKS: dict[str, Whole] = {
    "alexnet": _vision("alexnet", 63),
    "vgg11_bn": _vision("vgg11_bn", 32),
    "resnet18": _vision("resnet18", 32),
    "resnet50": _vision("resnet50", 32),
    "wide_resnet50_2": _vision("wide_resnet50_2", 32),
    "resnext50_32x4d": _vision("resnext50_32x4d", 32),
    "densenet121": _vision("densenet121", 32),
    "googlenet": _vision("googlenet", 32, aux_logits=False, init_weights=False),
    "inception_v3": _vision("inception_v3", 75, aux_logits=False, init_weights=False),
    "squeezenet1_1": _vision("squeezenet1_1", 64),
    "mobilenet_v2": _vision("mobilenet_v2", 32),
    "shufflenet_v2_x1_0": _vision("shufflenet_v2_x1_0", 32),
    "mnasnet1_0": _vision("mnasnet1_0", 32),
    "regnet_x_400mf": _vision("regnet_x_400mf", 32),
    "fcn_resnet50": Whole(
        lambda: fcn_resnet50(weights=None, weights_backbone=None, num_classes=2), (3, 33, 33), "out"
    ),
    "u-net": Whole(UNet, (3, 16, 16)),
    "3-d cnn": Whole(_volume, (1, 8, 8, 8)),
    "1-d cnn": Whole(_sequence, (5, 24)),
    "recurrent": Whole(Recurrent, (7, 5)),
    "siamese": Whole(Siamese, (2, 1, 9, 9)),
    "two branches": Whole(TwoBranches, (3, 10, 10)),
    "two heads, label": Whole(TwoHeads, (3, 4, 4), "label"),
    "two heads, size": Whole(TwoHeads, (3, 4, 4), "size"),
}
"""At the smallest size that each accepts, or a little above it."""


@dataclass(frozen=True)
class Refused:
    """A network that is not piecewise linear: where it stops being so first, and what its message advises."""

    size: int
    operation: str
    module: str
    advice: str


REFUSED: dict[str, Refused] = {
    "efficientnet_b0": Refused(64, "aten.silu.default", "features.0.2", "nn.ReLU"),
    "mobilenet_v3_small": Refused(64, "aten.hardswish.default", "features.0.2", "nn.ReLU6"),
    "regnet_y_400mf": Refused(
        64, "aten.sigmoid.default", "trunk_output.block1.block1-0.f.se.scale_activation",
        "squeeze-and-excitation"),
    "convnext_tiny": Refused(64, "aten.layer_norm.default", "features.0.1", "nn.BatchNorm"),
    "swin_t": Refused(64, "aten.layer_norm.default", "features.0.2", "nn.BatchNorm"),
    "vit_b_16": Refused(
        224, "aten.layer_norm.default", "encoder.layers.encoder_layer_0.ln_1", "nn.BatchNorm"),
}  # fmt: skip
