"""``consolidate``: all shards as one sorted table in which no key occurs twice."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from openbox.errors import InputError

from ...rows import KEYS, SCHEMA
from .columns import vocabulary


def consolidate(tables: Sequence[pa.Table]) -> pa.Table:
    """One table sorted by ``KEYS``, text as dictionaries; the same rows in any order give the same table.

    Raises ``InputError`` for a table of other columns, a key that is null, and a key that occurs twice.
    """
    if not sum(len(table) for table in tables):
        raise InputError("leaderboard: there is no row; run the study first")
    whole = pa.concat_tables([_encode(table) for table in tables]).unify_dictionaries().combine_chunks()
    key = np.zeros(len(whole), dtype=np.int64)
    size = 1
    for name in KEYS:
        codes, count = _codes(whole, name)
        if size * count >= 2**62:  # room for the next column: only the order of the keys matters
            key, size = np.unique(key, return_inverse=True)[1].astype(np.int64), len(key)
        key = key * count + codes
        size *= count
    order = np.argsort(key, kind="stable")
    twice = np.flatnonzero(np.diff(key[order]) == 0)
    if len(twice):
        row = whole.select(KEYS).slice(int(order[twice[0]]), 1).to_pylist()[0]
        raise InputError(
            f"leaderboard: {len(twice)} rows occur twice, the first is {row}; "
            "two runs lie in one folder: move the older shards away"
        )
    return whole.take(pa.array(order))


def _encode(table: pa.Table) -> pa.Table:
    names = [field.name for field in SCHEMA]
    if table.column_names != names:
        raise InputError(f"leaderboard: the rows have columns {table.column_names}, expected {names}")
    columns = []
    for field in SCHEMA:
        column = table[field.name]
        text = pa.types.is_dictionary(column.type)
        if (column.type.value_type if text else column.type) != field.type:
            raise InputError(
                f"leaderboard: column {field.name!r} is {column.type}, expected {field.type}; "
                "another version wrote these rows"
            )
        if field.name in KEYS and column.null_count:
            raise InputError(f"leaderboard: column {field.name!r} is null in {column.null_count} rows")
        columns.append(column.dictionary_encode() if pa.types.is_string(field.type) and not text else column)
    return pa.table(columns, names=names)


def _codes(table: pa.Table, name: str) -> tuple[NDArray[np.int64], int]:
    """Codes that sort as the column does, and how many there may be."""
    if pa.types.is_dictionary(table.schema.field(name).type):
        codes, words = vocabulary(table, name)
        return codes, len(words)
    values, codes = np.unique(table[name].to_numpy(), return_inverse=True)
    return codes.astype(np.int64), len(values)
