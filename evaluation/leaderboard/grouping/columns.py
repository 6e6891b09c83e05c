"""``Columns``: a consolidated table as arrays; rows are handled as arrays of their positions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ...rows import SCHEMA

RowIndices = NDArray[np.int64]  # positions of rows


@dataclass(frozen=True)
class Columns:
    """``values`` holds numbers as they are and text as codes into its sorted ``words``.

    ``points`` are all curves end to end; that of row i begins at ``starts[i]`` and has ``lengths[i]``
    points, 0 where there is none.
    """

    values: dict[str, NDArray[Any]]
    words: dict[str, list[str]]
    points: NDArray[np.float32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @property
    def rows(self) -> RowIndices:
        """All of them."""
        return np.arange(len(self.starts))

    def split(self, rows: RowIndices, names: list[str]) -> Iterator[tuple[tuple[str, ...], RowIndices]]:
        """The rows in parts that agree in all these columns, sorted by them; each part keeps its order."""
        key = np.zeros(len(rows), dtype=np.int64)
        for name in names:
            found, codes = np.unique(self.values[name][rows], return_inverse=True)
            key = np.unique(key * len(found) + codes, return_inverse=True)[1]
        order = np.argsort(key, kind="stable")
        for part in np.split(rows[order], np.flatnonzero(np.diff(key[order])) + 1) if len(rows) else []:
            yield tuple(self.text(name, part)[0] for name in names), part

    def text(self, name: str, rows: RowIndices) -> list[str]:
        """The different values of a column in these rows, sorted, as text."""
        found = np.unique(self.values[name][rows]).tolist()
        return [self.words[name][code] for code in found] if name in self.words else [str(v) for v in found]

    def where(self, rows: RowIndices, name: str, word: str) -> NDArray[np.bool_]:
        """(n,): which of these rows hold this word."""
        words = self.words[name]
        code = words.index(word) if word in words else -1
        return np.equal(self.values[name][rows], code)

    def curves(self, rows: RowIndices) -> NDArray[np.float32]:
        """(n, L + 1): the curves of these rows, all of one length."""
        length = int(self.lengths[rows].max(initial=0))
        return self.points[self.starts[rows][:, None] + np.arange(length)]


def vocabulary(table: pa.Table, name: str) -> tuple[NDArray[np.int64], list[str]]:
    """A dictionary column as codes (n,) into its sorted words; null is the empty word."""
    column = table[name].combine_chunks()
    held = [word or "" for word in column.dictionary.to_pylist()] + [""]
    indices = pc.fill_null(column.indices, len(held) - 1).to_numpy(zero_copy_only=False)
    words = sorted(set(held))
    place = {word: code for code, word in enumerate(words)}
    codes = np.array([place[word] for word in held], dtype=np.int64)
    return codes[np.asarray(indices, dtype=np.int64)], words


def columns_of(table: pa.Table) -> Columns:
    """The arrays of a consolidated table."""
    values: dict[str, NDArray[Any]] = {}
    words: dict[str, list[str]] = {}
    for field in SCHEMA:
        if pa.types.is_string(field.type):
            values[field.name], words[field.name] = vocabulary(table, field.name)
        elif pa.types.is_boolean(field.type):
            values[field.name] = pc.fill_null(table[field.name], False).to_numpy()
        elif not pa.types.is_list(field.type):
            values[field.name] = table[field.name].to_numpy()
    lists = table["curve"].combine_chunks()
    offsets = lists.offsets.to_numpy().astype(np.int64)
    there = np.asarray(lists.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    points = lists.values.to_numpy(zero_copy_only=False)
    return Columns(values, words, points, offsets[:-1], np.where(there, np.diff(offsets), 0))
