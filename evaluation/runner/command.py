"""Command ``run``: measure explainers on trained networks.

python -m evaluation run --study quick
"""

import argparse
import sys
from dataclasses import replace
from functools import partial

from tqdm import tqdm

from ..command import PROGRAM, Command
from ..conditions import current_conditions
from ..engines import ENGINES
from .manifest import plan, write_manifest
from .options import declare_options, read_options
from .progress import Progress
from .shards.work import run_shard


def run(given: argparse.Namespace) -> int:
    """Make what is missing of a study; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    options = read_options(given)
    study, place = options.study, options.place
    manifest = plan(study)
    machine = replace(current_conditions(place.device.partition(":")[0]), threads=options.threads)
    if older := write_manifest(place.folder, study, manifest, machine):
        print(f"{place.folder} is now the run {study.run_id}; it was {older}, whose rows stay")
    progress = Progress(options.shards)
    layout = "{desc}: {percentage:3.0f} %|{bar}| {n_fmt}/{total_fmt} shards, {elapsed} so far{postfix}"
    gpu = place.device.startswith("cuda")
    if gpu and options.engine == "ray":  # each worker sees no GPU but its own
        place = replace(place, device="cuda:0")
    work = partial(run_shard, study, place)
    reports = ENGINES[options.engine].run(work, options.shards, options.workers, options.threads, gpu)
    try:
        with tqdm(total=len(options.shards), desc=study.run_id, bar_format=layout, disable=None) as bar:
            for report in reports:
                progress.finish(report)
                bar.set_postfix_str(f"{progress.left()} left")
                bar.update()
                if report.failed:
                    bar.write(f"{report.shard}: {report.failed} failures, kept as rows")
    except KeyboardInterrupt:
        print("interrupted; the same command goes on where it stopped", file=sys.stderr)
        return 130
    there = sum(place.has_rows(key) for key in manifest.rows)
    print(f"{there} of {len(manifest.rows)} files of {study.run_id} are in {place.folder / 'rows'}")
    print(f"next: {PROGRAM} leaderboard {place.folder}")
    return 0


RUN = Command("measure explainers on trained networks", declare_options, run)
