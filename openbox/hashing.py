"""Names of regions: 128-bit hashes of what the gates decided, grown gate by gate."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from openbox.step import Layout

Digest = Any  # hashlib names no type for its objects


def no_decision() -> Digest:
    """The name of everything, before the first gate."""
    return hashlib.blake2b(digest_size=16)


def grown(digests: Sequence[Digest], layout: Layout, decision: Tensor) -> list[Digest]:
    """The digests of N inputs after one more gate; the given ones are left as they are."""
    packed = packed_rows(layout, decision, len(digests))
    children = [digest.copy() for digest in digests]
    for digest, row in zip(children, packed, strict=True):
        digest.update(row)
    return children


def packed_rows(layout: Layout, decision: Tensor, count: int) -> NDArray[Any]:
    """What a gate decided for each of ``count`` inputs: a row of bits, or of int32 if it has more pieces."""
    rows = layout.rows(decision, count).cpu().numpy()
    return np.packbits(rows, axis=1) if rows.dtype == np.bool_ else rows.astype(np.int32)
