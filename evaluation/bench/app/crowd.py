"""Benchmark ``crowd``: many tabs that ask for an exact map at once, one that asks for LIME, and what memory
they leave behind.

python -m evaluation bench crowd
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import torch

from openbox.errors import InputError

from ...conditions import Conditions
from ..conduct.check import rounded
from ..conduct.contest import Outcome
from ..conduct.networks import DIGITS
from ..conduct.row import TimedRow, Where, shared_columns
from ..conduct.session import Benchmark, Report, run_benchmark
from ..conduct.settings import Settings, declare_conduct, read_conduct
from ..conduct.timing import Timing
from .memory import Resident, resident
from .server import serve
from .tab import open_tab

SUMMARY = "many tabs at once: the wait for an exact map, beside LIME, and the memory they leave"
BUDGET = 600.0  # seconds; not used, as each wave is one measurement
LEGEND = "seconds until the map, median and worst; MiB of the server and of its workers"
TABS = 30
OPENING = 45  # seconds for the house to open the other networks
REAPED = 130  # seconds; Streamlit keeps a closed session for two minutes
EXACT, DEAR = "data=Digits+8x8&methods=OpenBox", "data=Digits+8x8&methods=LIME"
LAST = 359  # test digits
PATIENCE = 240.0  # seconds for one wave


@dataclass(frozen=True)
class CrowdRow(TimedRow):
    """A ``TimedRow`` of one wave: how many ``tabs``, the longest wait, and MiB right after it."""

    tabs: int
    seconds_worst: float | None
    server_mib: float | None
    workers_mib: float | None


@dataclass(frozen=True)
class Wave:
    """What one wave of tabs took, and the memory after it."""

    tabs: int
    timing: Timing
    memory: Resident


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    declare_conduct(parser, BUDGET)
    parser.add_argument("--tabs", type=int, default=TABS, help="that ask at once")
    parser.add_argument(
        "--pause", type=float, default=REAPED, metavar="SECONDS", help="after they are closed"
    )


def run(options: argparse.Namespace) -> int:
    """Time, print and write; returns the exit code. Raises ``OpenBoxError`` for a mistake."""
    settings = read_conduct("bench crowd", options)
    if not 1 <= options.tabs <= LAST:
        raise InputError(f"bench crowd: --tabs {options.tabs}; pass 1 to {LAST}")

    def measure(conditions: Conditions, report: Report) -> Iterator[list[CrowdRow]]:
        with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address:
            waves = asyncio.run(_waves(address, settings.repeats, options.tabs, options.pause, report))
        yield rows(waves, settings, conditions)

    return run_benchmark(Benchmark("crowd", CrowdRow, 1, LEGEND, format_cell), settings, measure)


async def _waves(address: str, repeats: int, tabs: int, pause: float, report: Report) -> dict[str, Wave]:
    """Alone, beside LIME, all at once beside LIME; then a pause without anybody."""
    found, places = dict[str, Wave](), cycle(range(LAST))

    async def add(name: str, tabs: int, times: int = 1) -> None:
        report(name)
        waves = [await _wave(address, [next(places) for _ in range(tabs)]) for _ in range(times)]
        seconds = [one for wave in waves for one in wave.timing.seconds]
        found[name] = Wave(tabs, Timing(seconds), waves[-1].memory)

    await add("first map", 1)
    report("the other networks are opened")
    await asyncio.sleep(OPENING)
    await add("alone", 1, repeats)
    async with _lime(address, places):
        await add("one beside LIME", 1, repeats)
        await add("all at once beside LIME", tabs)
    report("all tabs are closed")
    await asyncio.sleep(pause)
    await add("after all are closed", 1)
    return found


async def _wave(address: str, places: list[int]) -> Wave:
    """One tab for each of these pictures, all at once; the memory while they are open."""
    async with AsyncExitStack() as stack, asyncio.timeout(PATIENCE):

        async def seconds(place: int) -> float:
            started = time.perf_counter()
            tab = await stack.enter_async_context(open_tab(address, f"{EXACT}&index={place}"))
            await tab.shown()
            tab.rest()
            return time.perf_counter() - started

        taken = await asyncio.gather(*map(seconds, places))
        return Wave(len(places), Timing([*taken]), resident())


@asynccontextmanager
async def _lime(address: str, places: Iterator[int]) -> AsyncIterator[None]:
    """Inside, somebody asks for LIME, of one picture after the other."""

    async def ask() -> None:
        while True:
            async with open_tab(address, f"{DEAR}&index={next(places)}") as tab:
                await tab.shown()

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking


def rows(found: dict[str, Wave], settings: Settings, conditions: Conditions) -> list[CrowdRow]:
    """What was measured, as rows."""
    timings = {name: wave.timing for name, wave in found.items()}
    outcome = Outcome(timings, dict.fromkeys(found), 0)
    where = Where("crowd", "digits", DIGITS.weights, torch.float32)
    made: list[CrowdRow] = []
    for name, shared in shared_columns(where, outcome, settings, conditions).items():
        wave = found[name]
        own = rounded(max(wave.timing.seconds)), rounded(wave.memory.server), rounded(wave.memory.workers)
        shared["note"] = ""  # a wave is no repetition that was left out
        made.append(
            CrowdRow(**shared, tabs=wave.tabs, seconds_worst=own[0], server_mib=own[1], workers_mib=own[2])
        )
    return made


def format_cell(rows: list[CrowdRow]) -> str:
    """The rows as a small table."""
    lines = ["", f"  {'':<32} {'tabs':>4} {'median':>8} {'worst':>8} {'server':>7} {'workers':>8}"]
    lines += [
        f"  {row.method:<32} {row.tabs:>4} {row.seconds_median or 0:>8.3g} {row.seconds_worst or 0:>8.3g} "
        f"{row.server_mib or 0:>7.0f} {row.workers_mib or 0:>8.0f}"
        for row in rows
    ]
    return "\n".join(lines)
