"""Patterns as rows of numbers, and their names: of a region, and of each node of the tree of regions."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from openbox.program.layout import Layout
from openbox.program.program import Pattern

Digest = Any  # of hashlib, which names no type for them
UnitRows = NDArray[Any]  # (N, units) of one gate: bool, or int32 where a unit chooses among more than two


def decisions(layouts: Sequence[Layout], pattern: Pattern, count: int) -> list[UnitRows]:
    """What every gate decided for each of the ``count`` inputs: (N, units) for each gate."""
    pairs = zip(layouts, pattern, strict=True)
    return [decided(layout, decision, count) for layout, decision in pairs]


def decided(layout: Layout, decision: Tensor, count: int) -> UnitRows:
    """What one gate decided."""
    rows = layout.rows(decision, count).cpu().numpy()
    return rows if rows.dtype == np.bool_ else rows.astype(np.int32)


def no_decision() -> Digest:
    """The root of the tree of regions, before the first gate."""
    return hashlib.blake2b(digest_size=16)


def grown(digests: Sequence[Digest], rows: UnitRows) -> list[Digest]:
    """One step down the tree for N inputs, by what one more gate decided; the given digests stay."""
    packed = np.packbits(rows, axis=1) if rows.dtype == np.bool_ else rows
    children = [digest.copy() for digest in digests]
    for digest, row in zip(children, packed, strict=True):
        digest.update(row.tobytes())
    return children


def tree_ids(gates: Sequence[UnitRows], count: int) -> list[list[str]]:
    """The names of each input after none, one, ..., all of the ``gates``: as many lists, N hex strings each.

    Equal exactly when all gates up to there agree (128-bit hash of what they decided): the path of an
    input from the root of the tree of regions to its leaf, the region.
    """
    digests = [no_decision() for _ in range(count)]
    names = [[digest.hexdigest() for digest in digests]]
    for rows in gates:
        digests = grown(digests, rows)
        names.append([digest.hexdigest() for digest in digests])
    return names


def region_ids(layouts: Sequence[Layout], pattern: Pattern, count: int) -> list[str]:
    """The names of the regions that ``pattern`` holds for ``count`` inputs."""
    return tree_ids(decisions(layouts, pattern, count), count)[-1]
