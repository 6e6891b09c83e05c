"""Make the DBLP titles from dblp's own XML dump, https://dblp.org/xml/dblp.xml.gz.

    python -m openbox.zoo.dblp --dump dblp.xml.gz --out data/dblp --seed 0

Nothing is fetched, the DTD that the dump names included. The same dump and seed make the same files.
"""

import argparse
import sys
from pathlib import Path

from openbox.command import run_guarded


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return run_guarded(lambda: _run(arguments))


def _run(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="python -m openbox.zoo.dblp", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--dump", type=Path, required=True, help="dblp.xml or dblp.xml.gz")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the four files")
    parser.add_argument("--seed", type=int, default=0, help="draws the order and the split")
    parser.add_argument("--overwrite", action="store_true", help="replace the files that are there")
    options = parser.parse_args(arguments)

    from tqdm import tqdm  # late: --help and Ctrl-C do not wait for torch, which the zoo imports

    from openbox.errors import InputError
    from openbox.files import remove_stale
    from openbox.zoo.data.dblp_dump import FILES, build
    from openbox.zoo.data.venues import CLASSES

    there = [path for name in FILES if (path := options.out / name).exists()]
    if there and not options.overwrite:
        raise InputError(
            f"dblp: {there[0]} is there already; pass --out FOLDER to write beside it, "
            "or --overwrite to write in its place"
        )
    remove_stale(options.out)
    with tqdm(unit=" records", leave=False) as bar:

        def progress(read: int) -> None:
            bar.update(read - bar.n)

        counts = build(options.dump, options.out, options.seed, progress)
    print(f"{counts.records} records")
    print(f"  {counts.without_venue} without a venue, {counts.other_venue} of other venues")
    print(f"  {counts.without_title} without a title")
    print(f"  {counts.repeated} in both splits, dropped from test")
    for label, (name, train, test) in enumerate(zip(CLASSES, counts.train, counts.test, strict=True), 1):
        print(f"  {train} + {test} of class {label}, {name}")
    print(f"{options.out}: {sum(counts.train)} + {sum(counts.test)} titles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
