"""Patterns as rows of numbers, and their names: of a region, and of each node of the tree of regions."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openbox.graph import Pattern, Program

Rows = NDArray[Any]  # (N, units) of one gate: bool, or int32 where a unit chooses among more than two


def decisions(program: Program, pattern: Pattern, count: int) -> list[Rows]:
    """What every gate decided for each of the ``count`` inputs: (N, units) for each gate."""
    found = []
    for step, decision in zip(program.gates, pattern, strict=True):
        rows = step.layout.rows(decision, count).cpu().numpy()
        found.append(rows if rows.dtype == np.bool_ else rows.astype(np.int32))
    return found


def tree_ids(gates: Sequence[Rows], count: int) -> list[list[str]]:
    """The names of each input after none, one, ..., all of the ``gates``: as many lists, N hex strings each.

    Equal exactly when all gates up to there agree (128-bit hash of what they decided): the path of an
    input from the root of the tree of regions to its leaf, the region.
    """
    hashes = [hashlib.blake2b(digest_size=16) for _ in range(count)]
    names = [[digest.hexdigest() for digest in hashes]]
    for rows in gates:
        packed = np.packbits(rows, axis=1) if rows.dtype == np.bool_ else rows
        for digest, row in zip(hashes, packed, strict=True):
            digest.update(row.tobytes())
        names.append([digest.hexdigest() for digest in hashes])
    return names


def region_ids(program: Program, pattern: Pattern, count: int) -> list[str]:
    """The names of the regions that ``pattern`` holds for ``count`` inputs."""
    return tree_ids(decisions(program, pattern, count), count)[-1]
