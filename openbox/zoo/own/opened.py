"""``OpenedInput``: one input of a user's network with its affine function, as text and as a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from openbox.errors import InputError, ModelError
from openbox.files import remove_stale, write_by_rename
from openbox.linearize import LinearPiece
from openbox.network import PiecewiseLinearNetwork
from openbox.zoo.own.options import FEW, TOP


@dataclass(frozen=True, eq=False)
class OpenedInput:
    """``x`` (1, *input_shape), the chosen outputs ``classes`` (R,), and their rows of the affine function."""

    x: Tensor
    classes: Tensor
    largest: int
    piece: LinearPiece

    def lines(self) -> list[str]:
        """What a user wants to trust, in lines for a terminal."""
        piece, error = self.piece, float(self.piece.error)
        table = zip(self.classes.tolist(), piece(self.x)[0].tolist(), piece.logits[0].tolist(), strict=True)
        return [
            f"largest output {self.largest}",
            f"{'output':>8} {'W x + b':>20} {'f(x)':>20}",
            *(f"{k:>8} {sum_:>#20.12g} {f:>#20.12g}" for k, sum_, f in table),
            f"certificate error {error:.1e} (|W x + b - f(x)| as a share of the largest |f(x)|; "
            f"{piece.bias.dtype} rounds at {torch.finfo(piece.bias.dtype).eps:.0e})",
            f"region {piece.region_ids[0]}",
            f"ties {int(piece.degenerate)} (units exactly on a border of the region)",
        ]


def explained(outputs: int, classes: Sequence[int] | None) -> str:
    """Which outputs ``open_input`` reads, in words."""
    if classes is not None:
        return ", ".join(str(index) for index in classes)
    return f"all {outputs}" if outputs <= FEW else f"the {TOP} largest of each input, out of {outputs}"


def open_input(net: PiecewiseLinearNetwork, x: Tensor, classes: Sequence[int] | None = None) -> OpenedInput:
    """Open ``net`` at x (1, *input_shape): the given outputs, or all if they are few, or the largest.

    Raises ``ModelError`` if the network's output is not finite there, and what ``readout`` raises.
    """
    f = net.original(x)[0]
    if not bool(f.isfinite().all()):
        raise ModelError(f"{net!r}: the output is NaN or infinite at this input, so nothing can be checked")
    every = torch.arange(net.outputs, device=x.device)
    chosen = f.topk(TOP).indices if net.outputs > FEW else every
    chosen = chosen if classes is None else every[list(classes)]
    piece = net.readout(x, one_hot(chosen, net.outputs))
    return OpenedInput(x, chosen, int(f.argmax()), piece)


def save_opened(path: Path, rows: Sequence[OpenedInput]) -> str:
    """Write x, classes, weight, bias and logits of all inputs (N) as .npz by rename; returns the shapes."""
    arrays = {
        "weight": torch.cat([row.piece.weight for row in rows]),
        "bias": torch.cat([row.piece.bias for row in rows]),
        "logits": torch.cat([row.piece.logits for row in rows]),
        "x": torch.cat([row.x for row in rows]),
        "classes": torch.stack([row.classes for row in rows]),
    }

    def write(partial: Path) -> None:
        with partial.open("wb") as file:  # NumPy would add .npz to a name
            np.savez(
                file, allow_pickle=False, **{name: array.cpu().numpy() for name, array in arrays.items()}
            )

    try:
        remove_stale(path.parent, path.name)
        write_by_rename(path, write)
    except OSError as error:
        raise InputError(f"--save {str(path)!r}: cannot be written ({error})") from error
    return ", ".join(f"{name} {tuple(array.shape)}" for name, array in arrays.items())
