"""Command ``leaderboard``: the tables of a run, made of its per-image rows.

python -m evaluation leaderboard runs/quick
"""

import argparse
import shutil
import sys
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from openbox.errors import InputError
from openbox.explainers.table import EXPLAINERS

from ..command import Command
from ..files import check_folder, write_by_rename
from ..runner.manifest import FILE
from .folder import ROWS, read_manifest, read_rows, write_csv, write_parquet
from .grouping.consolidate import consolidate
from .statistics.board import build_board
from .statistics.bootstrap import RESAMPLES
from .statistics.directions import metrics
from .tables.markdown import markdown
from .tables.table import leaderboard


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``leaderboard``."""
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="the folder of a run, with rows/ and run.json"
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the tables go, instead of FOLDER")
    parser.add_argument("--resamples", type=int, default=RESAMPLES, help="of the bootstrap")
    parser.add_argument(
        "--no-curves",
        action="store_true",
        help="leave the images' curves out of rows.parquet: small enough to commit",
    )


def run(given: argparse.Namespace) -> int:
    """Read, judge, write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    folder: Path = given.folder
    out: Path = given.out or folder
    if given.resamples < 1:
        raise InputError(f"leaderboard: --resamples {given.resamples}; pass a positive number")
    manifest = read_manifest(folder)
    found = read_rows(folder, manifest)
    check_folder("leaderboard", out)
    if found.missing:
        print(
            f"{found.missing} of {len(manifest.rows)} files are not there yet: a part of the study",
            file=sys.stderr,
        )
    table = consolidate(found.tables)
    missing = found.missing
    del found
    board = build_board(
        table, manifest, given.resamples, progress=lambda groups: tqdm(groups, unit="group", disable=None)
    )
    families = {
        family: tuple(name for name, entry in EXPLAINERS.items() if entry.role == family)
        for family in ("exact", "rival")
    }
    text = markdown(board, families["exact"], families["rival"], missing)
    frame = leaderboard(board)

    write_parquet(out / ROWS, table, curves=not given.no_curves)
    if board.curves:  # rows without curves leave older ones alone
        write_csv(out / "curves.csv", pd.concat(board.curves), digits=4)
    write_csv(out / "metrics.csv", metrics(), digits=6)
    write_csv(out / "leaderboard.csv", frame, digits=6)
    write_by_rename("leaderboard", out / "leaderboard.md", lambda file: file.write_text(text))
    if out.resolve() != folder.resolve():
        write_by_rename("leaderboard", out / FILE, lambda file: shutil.copyfile(folder / FILE, file))
    print(f"{len(table)} rows of {len(board.standings)} groups: {out / 'leaderboard.csv'}")
    return 0


LEADERBOARD = Command("make the tables of a run out of its rows", declare, run)
