"""A file from the user's disk to inputs of a network: a picture, a NumPy array or a safetensors tensor."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from openbox.errors import InputError, named
from openbox.zoo.data.pictures import opaque, square
from openbox.zoo.own.files import check_file


@dataclass(frozen=True)
class Inputs:
    """``x`` (N, *input_shape) in float64, and in words what was read and what was done to it."""

    x: Tensor
    words: str


def read_inputs(path: str | Path, shape: tuple[int, ...] | None = None) -> Inputs:
    """Read one file for a network over inputs of ``shape``; without a shape the file tells it.

    A picture becomes (C, H, W) with values in [0, 1]: its centre, resized. An array (``.npy``) or a
    tensor (``.safetensors``: the only one, or the one named x) is one input of the shape or a batch
    (N, *shape), and is used as it is; without a shape it is one input. Raises ``InputError``.
    """
    path = Path(path)
    with named(f"input {str(path)!r}"):
        check_file(path, InputError)
        if path.suffix == ".npy":
            return _batch(path, _read_array(path), shape)
        if path.suffix == ".safetensors":
            return _batch(path, _read_tensor(path), shape)
        return _picture(path, shape)


def random_input(shape: tuple[int, ...], seed: int = 0) -> Inputs:
    """One input with independent values, uniform in [0, 1]."""
    x = torch.rand((1, *shape), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return Inputs(x, f"random input: uniform in [0, 1], seed {seed}; --input takes your own")


def _read_array(path: Path) -> Tensor:
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"not a readable array of numbers ({error})") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise InputError(f"holds {getattr(array, 'dtype', type(array).__name__)}, expected real numbers")
    return torch.from_numpy(array.astype(np.float64))


def _read_tensor(path: Path) -> Tensor:
    try:
        tensors = load_file(path)
    except (SafetensorError, OSError) as error:
        raise InputError(f"not a readable safetensors file ({error})") from error
    name = "x" if "x" in tensors else next(iter(tensors), "")
    if not tensors or (name != "x" and len(tensors) > 1):
        raise InputError(f"holds {list(tensors)[:4]}, expected one tensor, or one named 'x'")
    if tensors[name].is_complex() or tensors[name].dtype == torch.bool:
        raise InputError(f"holds {tensors[name].dtype}, expected real numbers")
    return tensors[name].double()


def _batch(path: Path, found: Tensor, shape: tuple[int, ...] | None) -> Inputs:
    own = tuple(found.shape)
    wanted = own if shape is None else shape
    if own not in (wanted, (*own[:1], *wanted)) or 0 in own or not wanted:
        raise InputError(f"has shape {own}, expected {wanted} or (N, {', '.join(map(str, wanted))})")
    if not bool(found.isfinite().all()):
        raise InputError("holds NaN or infinity")
    x = found.reshape(-1, *wanted)
    low, high = float(x.min()), float(x.max())
    return Inputs(x, f"{path.name}: shape {own}, values from {low:.4g} to {high:.4g}, used as they are")


def _picture(path: Path, shape: tuple[int, ...] | None) -> Inputs:
    if shape is not None and (len(shape) != 3 or shape[0] not in (1, 3)):
        raise InputError(
            f"a picture becomes (1 or 3, height, width), but --shape is {','.join(map(str, shape))}; "
            "save your input as .npy or .safetensors"
        )
    picture = _decoded(path)
    channels, height, width = shape or (1 if picture.mode in ("1", "L") else 3, picture.height, picture.width)
    done = [f"{picture.width}x{picture.height} {picture.mode}"]
    if picture.has_transparency_data:
        done.append("transparent parts on white")
    if picture.width * height != picture.height * width:
        done.append("cut to its centre")
    if picture.size != (width, height):
        done.append(f"resized to {width}x{height}")
    done.append(f"{'grey' if channels == 1 else 'RGB'} with values in [0, 1]")
    fitted = square(opaque(picture).convert("L" if channels == 1 else "RGB"), height, width)
    pixels = torch.from_numpy(np.array(fitted, dtype=np.float64) / 255).reshape(height, width, channels)
    words = ", ".join(done) + "; any other normalisation must be part of the model"
    return Inputs(pixels.permute(2, 0, 1)[None].contiguous(), f"{path.name}: {words}")


def _decoded(path: Path) -> Image.Image:
    try:
        with Image.open(path) as file:
            picture = ImageOps.exif_transpose(file)
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputError(f"not a picture, .npy or .safetensors ({error})") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InputError(f"a damaged picture ({error})") from error
    if picture.mode.startswith(("I", "F")):  # Pillow would cut them off instead of scaling
        raise InputError(f"more than 8 bits a pixel (mode {picture.mode}); save it as .npy")
    return picture
