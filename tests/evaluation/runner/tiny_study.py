"""A study that takes a second: its file, a run of it in this process, and the rows it made."""

import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from evaluation.__main__ import main
from evaluation.rows import KEYS

TINY = """
name = "tiny"
seed = 0
target = "predicted"
references = 4
shard_images = 3
batch = 8
explainer_seeds = [0]

[[networks]]
dataset = "digits"
model = "cnn"
model_seeds = [0]
images = 6

[methods]
openbox = {}
random = {}
edges = {}

[scores]
sparsity = {}
"""
NOISY = ("seconds", "peak_memory_mb")  # metrics that no two runs share


def write_study(folder: Path, *changes: tuple[str, str], text: str = TINY) -> Path:
    """The tiny study with some of its text replaced, as a file."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times"
        text = text.replace(old, new)
    path = folder / "tiny.toml"
    path.write_text(text)
    return path


def run_study(study: Path, out: Path, *options: str) -> int:
    """The exit code of ``python -m evaluation run``."""
    return main(["run", "--study", str(study), "--out", str(out), *options])


def row_files(out: Path) -> list[Path]:
    """The files that make up the table of the run, as its ``run.json`` lists them."""
    (about,) = out.glob("*/run.json")
    return [about.parent / "rows" / f"{key}.parquet" for key in json.loads(about.read_text())["rows"]]


def all_rows(out: Path) -> list[dict[str, Any]]:
    """Every row of a finished run, by its key; no row twice."""
    found = pa.concat_tables(parquet.read_table(path) for path in row_files(out)).to_pylist()
    keys = [tuple(row[name] for name in KEYS) for row in found]
    assert len(set(keys)) == len(keys), "a row occurs twice"
    return sorted(found, key=lambda row: tuple(row[name] for name in KEYS))


def same_in_all_runs(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without what depends on the clock."""
    return [
        {
            name: value if row["metric"] not in NOISY or name != "value" else math.isfinite(value)
            for name, value in row.items()
            if name != "timestamp"
        }
        for row in rows
    ]


def files_with_times(out: Path) -> dict[Path, tuple[int, int]]:
    """All whole files below a folder with their times and inodes: a file that was made anew has another."""
    found = (path for path in out.rglob("*.*") if path.suffix != ".partial")
    return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in found}
