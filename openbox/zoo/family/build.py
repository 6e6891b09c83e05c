"""The module of an ``Architecture``, with fresh weights."""

from torch import nn

from openbox.errors import InputError
from openbox.zoo.family.architecture import Architecture
from openbox.zoo.family.normalize import Normalize

Shape = tuple[int, int, int]  # (C, H, W)


def build_architecture(architecture: Architecture, shape: Shape, classes: int) -> nn.Module:
    """``shape`` is (C, H, W) of one image. Raises ``InputError`` for an image too small for the depth."""
    layers: list[nn.Module] = [] if architecture.raw else [Normalize(shape[0])]
    if architecture.kind == "conv":
        layers += _conv(architecture, shape)
        width = architecture.width * 2 ** (architecture.depth - 1) * _pixels(architecture, shape)
    else:
        inputs = shape[0] * shape[1] * shape[2]
        layers.append(nn.Flatten())
        if architecture.kind == "dense":
            layers += _dense(architecture, inputs)
        width = inputs if architecture.kind == "linear" else architecture.width
    if architecture.dropout:
        layers.append(nn.Dropout(architecture.dropout))
    return nn.Sequential(*layers, nn.Linear(width, classes))


def _conv(architecture: Architecture, shape: Shape) -> list[nn.Module]:
    if min(shape[1:]) < 2**architecture.depth:
        raise InputError(
            f"{architecture.word}: {architecture.depth} stages halve {shape[1]}x{shape[2]} pixels to none; "
            "choose a smaller depth"
        )
    layers: list[nn.Module] = []
    inputs, strided = shape[0], architecture.pooling == "strided"
    for stage in range(architecture.depth):
        outputs = architecture.width * 2**stage
        bias = not architecture.norm
        layers.append(nn.Conv2d(inputs, outputs, 3, 2 if strided else 1, padding=1, bias=bias))
        layers += [nn.BatchNorm2d(outputs)] if architecture.norm else []
        layers.append(nn.ReLU())
        if not strided:
            layers.append(nn.MaxPool2d(2) if architecture.pooling == "max" else nn.AvgPool2d(2))
        inputs = outputs
    return [*layers, nn.Flatten()]


def _pixels(architecture: Architecture, shape: Shape) -> int:
    """How many pixels are left after all stages."""
    height, width = shape[1:]
    for _ in range(architecture.depth):
        odd = int(architecture.pooling == "strided")  # a padded convolution keeps the last of an odd number
        height, width = (height + odd) // 2, (width + odd) // 2
    return height * width


def _dense(architecture: Architecture, inputs: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for _ in range(architecture.depth):
        bias = not architecture.norm
        layers.append(nn.Linear(inputs, architecture.width, bias=bias))
        layers += [nn.BatchNorm1d(architecture.width)] if architecture.norm else []
        layers.append(nn.ReLU())
        inputs = architecture.width
    return layers
