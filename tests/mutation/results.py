"""The table of trials: a CSV that a later run goes on from, and the same as Markdown."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from mutation.trial import CAUGHT, PASSED, Trial

COLUMNS = [field.name for field in fields(Trial)]


def read(path: Path) -> dict[str, Trial]:
    """The trials of a file by name, the last one of each; none if there is no file."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["name"]: _trial(**row) for row in rows}


def _trial(*, seconds: str, **words: str) -> Trial:
    return Trial(**words, seconds=float(seconds))


def append(path: Path, trial: Trial) -> None:
    """One more line, whole on the disk before the next mutant starts."""
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if new:
            writer.writeheader()
        writer.writerow(asdict(trial))


def rewrite(path: Path, trials: Iterable[Trial]) -> None:
    """The file with these trials only, in this order."""
    path.unlink(missing_ok=True)
    for trial in trials:
        append(path, trial)


def markdown(trials: Iterable[Trial]) -> str:
    """A table for people, and how many were caught."""
    rows = [trial for trial in trials if trial.family != "unmutated"]
    lines = ["| mutant | family | outcome | by | s |", "|---|---|---|---|---|"]
    for trial in rows:
        by = f"`{trial.by}`" if trial.by else ""
        lines.append(f"| {trial.name} | {trial.family} | {trial.outcome} | {by} | {trial.seconds:.0f} |")
    caught = sum(trial.outcome == CAUGHT for trial in rows)
    return "\n".join([*lines, "", f"{caught} of {len(rows)} mutants were caught."])


def settled(trial: Trial | None, digest: str) -> bool:
    """Whether a trial answers for good: of the same change, caught, or passed without one."""
    return trial is not None and trial.digest == digest and trial.outcome in (CAUGHT, PASSED)
