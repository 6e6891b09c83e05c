"""Try the mutants one by one in copies of the checkout.

PYTHONPATH=tests python -m mutation --table mutation.csv
"""

import argparse
import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from mutation import results
from mutation.mutants import MUTANTS
from mutation.trial import CAUGHT, PASSED, Trial, try_mutant, try_unmutated
from mutation.workspace import Workspace, workspace

ROOT = Path(__file__).parents[2]
Task = Callable[[Workspace], Awaitable[Trial]]


def main() -> int:
    """0 if every chosen mutant was caught and the tree itself passes, 1 if not, 130 after Ctrl-C."""
    options = _parser().parse_args()
    unknown = set(options.only) - {mutant.name for mutant in MUTANTS}
    if unknown:
        print(f"mutation: no mutant is named {sorted(unknown)}; --list names them all", file=sys.stderr)
        return 2
    chosen = [mutant for mutant in MUTANTS if not options.only or mutant.name in options.only]
    if options.list:
        for mutant in chosen:
            print(f"{mutant.name}  [{mutant.family}] {mutant.file}: {mutant.old!r} -> {mutant.new!r}")
        return 0
    known, commit = results.read(options.table), _commit()
    near: dict[str, list[str]] = {}
    for test in dict.fromkeys(test for mutant in chosen for test in mutant.near):
        near.setdefault(test.path, []).append(test.only)
    tasks: list[Task] = []
    if not options.only:
        for path, onlys in near.items():
            if not results.settled(known.get(f"unmutated {path}"), ""):
                tasks.append(lambda place, p=path, o=onlys: try_unmutated(place, p, o, commit))
    for mutant in chosen:
        if not results.settled(known.get(mutant.name), mutant.digest):
            tasks.append(lambda place, m=mutant: try_mutant(place, m, commit, options.near))
    try:
        asyncio.run(_run(tasks, options.jobs, options.table))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("mutation: stopped; the same command goes on from here", file=sys.stderr)
        return 130
    found = results.read(options.table)
    names = [*(f"unmutated {path}" for path in near), *(mutant.name for mutant in chosen)]
    trials = [found[name] for name in names if name in found]
    if not options.only:
        results.rewrite(options.table, trials)
    if options.markdown:
        options.markdown.write_text(results.markdown(trials) + "\n")
    left = [trial for trial in trials if trial.outcome not in (CAUGHT, PASSED)]
    for trial in left:
        print(f"{trial.name}: {trial.outcome} {trial.by}")
    print(f"{sum(trial.outcome == CAUGHT for trial in trials)} of {len(chosen)} mutants caught")
    return 1 if left else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("--table", type=Path, default=Path("mutation.csv"), help="CSV that is gone on with")
    parser.add_argument("--markdown", type=Path, help="write the table as Markdown as well")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these mutants")
    parser.add_argument("--jobs", type=int, default=1, help="copies that are worked in at once")
    parser.add_argument("--near", action="store_true", help="never the whole suite")
    parser.add_argument("--list", action="store_true", help="name the mutants and try none")
    return parser


async def _run(tasks: list[Task], jobs: int, table: Path) -> None:
    main_task = asyncio.current_task()
    assert main_task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main_task.cancel)
    waiting = iter(tasks)

    async def work() -> None:
        with workspace(ROOT) as place:
            for task in waiting:
                trial = await task(place)
                results.append(table, trial)
                print(f"{trial.seconds:7.1f} s  {trial.outcome:17} {trial.name}  {trial.by}", flush=True)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(jobs, len(tasks))):
            group.create_task(work())


def _commit() -> str:
    """The tree that is tried, with a + if it is not the committed one."""
    with contextlib.suppress(subprocess.CalledProcessError):
        command = ["git", "describe", "--always", "--abbrev=9", "--dirty=+"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return ""


if __name__ == "__main__":
    sys.exit(main())
