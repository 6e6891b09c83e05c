"""``Packed``: what one gate decided for many inputs, as bits, and how many units two inputs differ in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openbox.program.patterns import UnitRows

Counts = NDArray[np.int64]
_CHUNK = 2**19  # words compared at a time: 4 MiB, what a cache holds


@dataclass(frozen=True, eq=False)
class Packed:
    """``words`` (N, planes, W) uint64: plane p holds bit p of every unit's decision, 64 units a word.

    A gate of two pieces needs one plane, a max pooling over a plane of 28 x 28 pixels ten.
    """

    words: NDArray[np.uint64]
    units: int

    def between(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> Counts:
        """Hamming distances (R, C) between the inputs ``rows`` (R,) and the inputs ``columns`` (C,)."""
        found = np.empty((len(rows), len(columns)), np.int64)
        some = max(1, _CHUNK // max(1, self.words[0].size))
        for start in range(0, len(columns), some):
            part = slice(start, start + some)
            others = self.words[columns[part]]
            for place, row in zip(found[:, part], rows, strict=True):
                differ = np.bitwise_or.reduce(others ^ self.words[row], axis=1)
                np.bitwise_count(differ).sum(1, dtype=np.int64, out=place)
        return found


def pack(rows: UnitRows) -> Packed:
    """Pack the decisions (N, units) of one gate."""
    units = rows.shape[1]
    if rows.dtype == np.bool_:
        return Packed(_words(rows)[:, None], units)
    numbers = rows.view(np.uint32)
    planes = max(1, int(numbers.max(initial=0)).bit_length())
    return Packed(np.stack([_words((numbers >> plane) & 1) for plane in range(planes)], 1), units)


def join(parts: Sequence[Packed]) -> Packed:
    """The inputs of all parts, one after the other, of the same gate."""
    planes = max(part.words.shape[1] for part in parts)
    shape = (sum(len(part.words) for part in parts), planes, parts[0].words.shape[2])
    words = np.zeros(shape, np.uint64)
    start = 0
    for part in parts:
        count, own, _ = part.words.shape
        words[start : start + count, :own] = part.words
        start += count
    return Packed(words, parts[0].units)


def _words(bits: UnitRows) -> NDArray[np.uint64]:
    """(N, units) of zeros and ones -> (N, W)."""
    packed = np.packbits(bits.astype(np.bool_, copy=False), axis=1)
    return np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)
