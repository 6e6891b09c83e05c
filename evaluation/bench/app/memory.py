"""Resident memory of the server and of its workers, from Linux's own tables."""

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
MIB = 1024  # KiB


@dataclass(frozen=True)
class Resident:
    """MiB of the ``server``, and of its ``workers`` together; None where there is no /proc."""

    server: float | None
    workers: float | None


def resident() -> Resident:
    """Of the children of this process, and of theirs."""
    if not PROC.is_dir():
        return Resident(None, None)
    parents, sizes = dict[int, int](), dict[int, float]()
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (found := _read(folder)) is not None:
            parents[int(folder.name)], sizes[int(folder.name)] = found
    servers = {pid for pid, parent in parents.items() if parent == os.getpid()}
    workers = {pid for pid, parent in parents.items() if parent in servers}
    return Resident(sum(sizes[pid] for pid in servers), sum(sizes[pid] for pid in workers))


def _read(folder: Path) -> tuple[int, float] | None:
    """The parent, and MiB; None for a process that has just ended."""
    try:
        lines = (folder / "status").read_text().splitlines()
    except OSError:
        return None
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(facts["PPid"]), int(facts.get("VmRSS", "0 kB").split()[0]) / MIB
