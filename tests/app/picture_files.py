"""Files that a user may upload, good and bad, as bytes."""

import io

import numpy as np
from PIL import Image, ImageDraw


def encode(picture: Image.Image, kind: str = "PNG", exif: Image.Exif | None = None) -> bytes:
    buffer = io.BytesIO()
    if exif is None:
        picture.save(buffer, kind)
    else:
        picture.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def text() -> bytes:
    return b"I am a text file, renamed.\n" * 10


def huge() -> bytes:
    """15000 x 15000 pixels in 27 kB."""
    return encode(Image.new("1", (15000, 15000)))


def single_pixel() -> bytes:
    return encode(Image.new("RGB", (1, 1)))


def truncated() -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise))
    return data[: len(data) // 2]


def seven(ground: str = "white", ink: str = "black", mode: str = "RGB") -> bytes:
    """A thick drawn seven, off centre; in mode RGBA a transparent ground may be named "#0000"."""
    picture = Image.new(mode, (300, 240), ground)
    ImageDraw.Draw(picture).line([(90, 40), (180, 40), (130, 200)], fill=ink, width=22)
    return encode(picture)


def transparent() -> bytes:
    return seven(ground="#00000000", mode="RGBA")
