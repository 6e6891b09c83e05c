"""Bytes from a stranger to a checked RGB picture, or one ``UploadError`` that a teacher understands."""

import base64
import binascii
import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from language.catalogue import figure, say
from PIL import Image, ImageOps, UnidentifiedImageError

from openbox.zoo.data.pictures import opaque
from ui.config import MAX_MEGABYTES

MAX_SIDE = 4096
MIN_SIDE = 8
FORMATS = ("PNG", "JPEG", "WEBP")
EXTENSIONS = ["png", "jpg", "jpeg", "webp"]


class UploadError(Exception):
    """A file that is not a picture this app can read; the message says what to do."""


@dataclass(frozen=True)
class Upload:
    """A checked picture in mode RGB, and the ``notices`` the user must be told."""

    picture: Image.Image
    notices: tuple[str, ...]


def read_url(url: str) -> Upload:
    """The same for a data URL, as the browser sends what was drawn or pasted."""
    head, _, body = url.partition(";base64,")
    try:
        if not head.startswith("data:image/"):
            raise ValueError("no picture")
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UploadError(say("The picture did not arrive; try again.")) from error
    return read(data)


def read(data: bytes) -> Upload:
    """Check and decode a PNG, JPEG or WebP file; nothing is decoded before its size is known.

    Raises ``UploadError`` for an empty, too large, damaged, tiny or huge picture, or no picture at all.
    """
    if not data:
        raise UploadError(say("The file is empty. Choose a PNG, JPEG or WebP picture."))
    if len(data) > MAX_MEGABYTES * 2**20:
        text = say("The file has {size} MB; the limit is {limit} MB. Save it smaller.")
        raise UploadError(text.format(size=figure(f"{len(data) / 2**20:.1f}"), limit=MAX_MEGABYTES))
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise UploadError(
            say(
                "This file is not a PNG, JPEG or WebP picture, whatever its name says. "
                "Open it in a picture viewer and save it as PNG."
            )
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UploadError(_too_large()) from None
    except _DAMAGE as error:
        raise UploadError(_damaged(error)) from None
    width, height = picture.size
    if max(width, height) > MAX_SIDE:
        raise UploadError(_too_large(picture.size))
    if min(width, height) < MIN_SIDE:
        text = say(
            "The picture has {width} x {height} pixels; at least {least} x {least} are needed to see "
            "anything. Choose a larger one."
        )
        raise UploadError(text.format(width=width, height=height, least=MIN_SIDE))
    return _decode(picture)


_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)


def _decode(picture: Image.Image) -> Upload:
    notices: list[str] = []
    try:
        if getattr(picture, "n_frames", 1) > 1:
            notices.append(say("The file is an animation; its first frame was used."))
        picture.load()
        picture = ImageOps.exif_transpose(picture)
    except _DAMAGE as error:
        raise UploadError(_damaged(error)) from None
    if picture.mode.startswith("I"):  # 16-bit grey, which Pillow would cut off instead of scaling
        deep = np.asarray(picture, dtype=np.float64)
        picture = Image.fromarray(np.clip(deep / 257, 0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        if clear.getchannel("A").getextrema() != (255, 255):
            notices.append(say("The picture has transparent parts; they were filled with white."))
    return Upload(opaque(picture), tuple(notices))


def _too_large(size: tuple[int, int] | None = None) -> str:
    if size is None:
        return say(
            "The picture is too large: at most {most} x {most} pixels are read. "
            "Scale it down and upload it again; the network looks at a small version anyway."
        ).format(most=MAX_SIDE)
    return say(
        "The picture is too large ({width} x {height} pixels): at most {most} x {most} pixels are read. "
        "Scale it down and upload it again; the network looks at a small version anyway."
    ).format(width=size[0], height=size[1], most=MAX_SIDE)


def _damaged(error: Exception) -> str:
    text = say("The picture is damaged or incomplete ({error}). Save it again and upload the new file.")
    return text.format(error=error)
