"""Convolutions and transposed convolutions, 1-d to 3-d."""

from collections.abc import Callable

from torch import nn

from cases.case import Case, layers

LINE, IMAGE, VOLUME = (2, 11), (2, 6, 5), (2, 4, 3, 4)


def _alone(shape: tuple[int, ...], build: Callable[[], nn.Module]) -> Case:
    """The layer on the input, then a gate and a readout."""
    return layers(*shape, build=lambda: [build(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)])


TABLE: dict[str, Case] = {
    "conv1d strided": _alone(LINE, lambda: nn.Conv1d(2, 4, 3, stride=2, padding=1)),
    "conv1d dilated, grouped": _alone(LINE, lambda: nn.Conv1d(2, 4, 3, padding=2, dilation=2, groups=2)),
    "conv1d same": _alone(LINE, lambda: nn.Conv1d(2, 3, 4, padding="same", dilation=2)),
    "conv1d reflect": _alone(LINE, lambda: nn.Conv1d(2, 3, 3, padding=2, padding_mode="reflect")),
    "conv1d replicate": _alone(LINE, lambda: nn.Conv1d(2, 3, 3, padding=2, padding_mode="replicate")),
    "conv1d circular": _alone(LINE, lambda: nn.Conv1d(2, 3, 3, padding=2, padding_mode="circular")),
    "conv2d of unequal sides": _alone(
        IMAGE, lambda: nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2))),
    "conv2d same": _alone(IMAGE, lambda: nn.Conv2d(2, 3, (2, 3), padding="same", dilation=(2, 1))),
    "conv2d valid": _alone(IMAGE, lambda: nn.Conv2d(2, 3, 3, padding="valid", bias=False)),
    "conv2d same, reflect": _alone(
        IMAGE, lambda: nn.Conv2d(2, 3, (2, 4), padding="same", padding_mode="reflect")),
    "conv2d reflect": _alone(IMAGE, lambda: nn.Conv2d(2, 3, 3, padding=(2, 1), padding_mode="reflect")),
    "conv2d replicate": _alone(IMAGE, lambda: nn.Conv2d(2, 3, 3, padding=2, padding_mode="replicate")),
    "conv2d circular": _alone(
        IMAGE, lambda: nn.Conv2d(2, 3, 3, stride=2, padding=1, padding_mode="circular")),
    "conv2d depthwise": _alone(IMAGE, lambda: nn.Conv2d(2, 4, 3, padding=1, groups=2, bias=False)),
    "conv3d strided": _alone(VOLUME, lambda: nn.Conv3d(2, 3, 2, stride=(2, 1, 2), padding=1)),
    "conv3d dilated, grouped": _alone(
        VOLUME, lambda: nn.Conv3d(2, 4, 2, padding=1, dilation=(2, 1, 2), groups=2)),
    "conv3d same": _alone(VOLUME, lambda: nn.Conv3d(2, 2, (3, 1, 3), padding="same")),
    "conv3d replicate": _alone(VOLUME, lambda: nn.Conv3d(2, 2, 2, padding=1, padding_mode="replicate")),
    "conv3d reflect": _alone(VOLUME, lambda: nn.Conv3d(2, 2, 3, padding=1, padding_mode="reflect")),
    "conv3d circular": _alone(VOLUME, lambda: nn.Conv3d(2, 2, 2, padding=1, padding_mode="circular")),
    "transposed conv1d": _alone(
        (2, 5), lambda: nn.ConvTranspose1d(2, 3, 3, stride=2, padding=1, output_padding=1)),
    "transposed conv1d dilated, grouped": _alone(
        (4, 5), lambda: nn.ConvTranspose1d(4, 6, 2, dilation=2, groups=2, bias=False)),
    "transposed conv2d": _alone(
        (2, 3, 4), lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1)),
    "transposed conv2d of unequal sides": _alone(
        (2, 3, 4), lambda: nn.ConvTranspose2d(2, 3, (2, 3), stride=(3, 1), padding=(0, 1),
                                              output_padding=(2, 0), dilation=(1, 2))),
    "transposed conv2d grouped": _alone((4, 3, 3), lambda: nn.ConvTranspose2d(4, 4, 2, groups=2, bias=False)),
    "transposed conv3d": _alone(
        (2, 2, 3, 2), lambda: nn.ConvTranspose3d(2, 2, 2, stride=2, padding=1, output_padding=(1, 0, 1))),
    "transposed conv3d dilated, grouped": _alone(
        (2, 2, 2, 2), lambda: nn.ConvTranspose3d(2, 4, 2, dilation=(1, 2, 1), groups=2)),
    "autoencoder": layers(1, 6, 6, build=lambda: [
        nn.Conv2d(1, 3, 3, stride=2, padding=1), nn.ReLU(),
        nn.ConvTranspose2d(3, 1, 4, stride=2, padding=1), nn.LeakyReLU(0.25)]),
}  # fmt: skip
