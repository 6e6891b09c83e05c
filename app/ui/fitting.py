"""An uploaded picture to the tensor that the network was trained on: same size, same layout."""

from dataclasses import dataclass

import numpy as np
import torch
from language.catalogue import say
from PIL import Image
from torch import Tensor

from openbox.errors import InputError
from openbox.zoo.data.pictures import BOX, centred_digit, square
from ui.uploads import Upload, UploadError

_WORKING_SIDE = 256  # large scans are first brought to this size
_PAPER = 0.25  # darker shades of the paper than this share of the ink's strength are not ink


@dataclass(frozen=True)
class Fitted:
    """``x`` (1, C, H, W) float32 in [0, 1], and what was done to the picture, in sentences."""

    x: Tensor
    notices: tuple[str, ...]


def fit(upload: Upload, shape: tuple[int, int, int]) -> Fitted:
    """Bring a picture to a network's (C, H, W): photographs by a centre cut, digits as MNIST was made.

    Raises ``UploadError`` if there is no digit in the picture, or the network reads no pictures.
    """
    channels, height, width = shape
    if channels == 3:
        return _photograph(upload, height, width)
    if channels == 1:
        return _digit(upload, height, width)
    raise UploadError(
        say("This network reads {number} channels; a picture has 1 or 3. Choose another network.").format(
            number=channels
        )
    )


def _photograph(upload: Upload, height: int, width: int) -> Fitted:
    picture, notices = upload.picture, list(upload.notices)
    if picture.width * height != picture.height * width:
        notices.append(
            say("Only the centre of the picture was used, cut to the shape of the network's input.")
        )
    if min(picture.size) < min(height, width):
        notices.append(say("The picture is smaller than the network's input; it was enlarged."))
    pixels = np.asarray(square(picture, height, width), dtype=np.float32) / 255
    return Fitted(torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous(), tuple(notices))


def _digit(upload: Upload, height: int, width: int) -> Fitted:
    notices = list(upload.notices)
    grey = upload.picture.convert("L")
    if grey.size == (width, height) and np.median(_rim(np.asarray(grey))) < 26:
        pixels = np.asarray(grey, dtype=np.float32) / 255
        notices.append(
            say("The picture already has the network's size and a dark ground; it was used as it is.")
        )
        return Fitted(torch.from_numpy(pixels)[None, None].contiguous(), tuple(notices))
    grey.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.LANCZOS)
    values = np.asarray(grey, dtype=np.float32) / 255
    ground = float(np.median(_rim(values)))
    if ground > 0.5:
        ink = ground - values
        notices.append(
            say("The ground is bright: dark and bright were swapped, as the network saw white ink.")
        )
    else:
        ink = values - ground
    strength = float(ink.max())
    if strength < 0.1:
        raise UploadError(say("No digit was found: the picture is of one colour. Draw with a strong line."))
    ink = np.clip((ink / strength - _PAPER) / (1 - _PAPER), 0, 1)
    side = min(height, width)
    try:
        small = centred_digit(ink, side, BOX.get(side, round(side * 20 / 28)))
    except InputError as error:
        raise UploadError(say("No digit was found ({error}).").format(error=error)) from None
    canvas = np.zeros((height, width), np.float32)
    top, left = (height - side) // 2, (width - side) // 2
    canvas[top : top + side, left : left + side] = small
    notices.append(say("The digit was cut out, scaled and centred as in the training pictures."))
    return Fitted(torch.from_numpy(canvas)[None, None], tuple(notices))


def _rim(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
