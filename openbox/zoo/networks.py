"""The networks of the zoo: small enough to train on a laptop, real enough to publish with.

Every network takes pixels in [0, 1] and normalises inside, so that an explanation is in pixel space.
Activations are separate ``nn.ReLU`` modules, never in place and never used twice, because several
explainers of other packages are silently wrong otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from openbox.errors import InputError, UnknownNameError, named
from openbox.zoo.family.architecture import Architecture
from openbox.zoo.family.build import Shape, build_architecture
from openbox.zoo.family.normalize import Normalize


def mlp(shape: Shape, classes: int) -> nn.Module:
    """Fully connected, hidden layers 256-128-100 (the network of Chu et al. 2018's follow-up)."""
    widths = (shape[0] * shape[1] * shape[2], 256, 128, 100)
    layers: list[nn.Module] = [Normalize(shape[0]), nn.Flatten()]
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(widths[-1], classes))


def _stages(shape: Shape) -> tuple[tuple[int, ...], ...]:
    """Widths of the convolutions before each max pooling."""
    channels, height, width = shape
    if min(height, width) < 8:
        raise InputError(f"cnn(shape={shape}): images need at least 8x8 pixels")
    if min(height, width) < 16:
        return ((16, 32),)
    if channels == 1:
        return ((16,), (32,), (32,))
    return ((32, 32), (64, 64), (128, 128))


def cnn(shape: Shape, classes: int) -> nn.Module:
    """3x3 convolution + batch norm + ReLU, max pooling after each stage, one linear layer."""
    layers: list[nn.Module] = [Normalize(shape[0])]
    inputs, height, width = shape
    for stage in _stages(shape):
        for outputs in stage:
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        layers += [nn.MaxPool2d(2)]
        height, width = height // 2, width // 2
    layers += [nn.Flatten(), nn.Linear(inputs * height * width, classes)]
    return nn.Sequential(*layers)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2016); 1x1 convolution where shapes change."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            convolution = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.shortcut = nn.Sequential(convolution, nn.BatchNorm2d(outputs))
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        residual = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(residual + self.shortcut(x))


def resnet20(shape: Shape, classes: int) -> nn.Module:
    """The 20-layer residual network for CIFAR of He et al. 2016, section 4.2 (projection shortcuts)."""
    layers: list[nn.Module] = [Normalize(shape[0])]
    layers += [nn.Conv2d(shape[0], 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    inputs = 16
    for outputs, stride in ((16, 1), (32, 2), (64, 2)):
        for first_stride in (stride, 1, 1):
            layers.append(BasicBlock(inputs, outputs, first_stride))
            inputs = outputs
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes)]
    return nn.Sequential(*layers)


_VGG19_STAGES = ((8, 8), (16, 16), (32,) * 4, (64,) * 4, (64,) * 4)  # an eighth of the published widths


def vgg19(shape: Shape, classes: int) -> nn.Module:
    """VGG-19 with batch norm (Simonyan and Zisserman 2015), an eighth as wide, with one linear layer.

    Max pooling between the stages while there is more than one pixel, the mean of what is left at the end.
    """
    inputs, side = shape[0], min(shape[1:])
    layers: list[nn.Module] = [Normalize(inputs)]
    for number, stage in enumerate(_VGG19_STAGES):
        if number and side > 1:
            layers.append(nn.MaxPool2d(2))
            side //= 2
        for outputs in stage:
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))


@dataclass(frozen=True)
class Network:
    """One entry of the table: how to build it, and in one sentence what it is."""

    build: Callable[[Shape, int], nn.Module]
    summary: str


NETWORKS: dict[str, Network] = {
    "mlp": Network(mlp, "fully connected, 256-128-100 hidden units"),
    "cnn": Network(cnn, "convolution + batch norm + ReLU + max pooling"),
    "resnet20": Network(resnet20, "20-layer residual network"),
    "vgg19": Network(vgg19, "16 convolutions + batch norm + ReLU, an eighth of VGG-19's width"),
}


@named("zoo.build")
def build(name: str, shape: Shape, classes: int) -> nn.Module:
    """Build a network with fresh weights; ``shape`` is (C, H, W) of one image.

    ``name``: one of the table, or the word of an ``Architecture``, such as ``conv(width=16)``.
    """
    if architecture := Architecture.read(name):
        return build_architecture(architecture, shape, classes)
    if name not in NETWORKS:
        raise UnknownNameError("network", name, NETWORKS)
    return NETWORKS[name].build(shape, classes)
