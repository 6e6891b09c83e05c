"""``Trial``: whether the suite sees a mutant, and which test does."""

import re
import time
from dataclasses import dataclass

from mutation.mutant import Mutant
from mutation.workspace import Run, Workspace

CAUGHT, PASSED, ERROR, HUNG, NEAR_PASSED, SURVIVED = (
    "caught", "passed", "error", "hung", "near tests passed", "survived",
)  # fmt: skip
NEAR_SECONDS, SUITE_SECONDS = 900.0, 3600.0
SUITE = "default suite"


@dataclass(frozen=True)
class Trial:
    """``outcome``: one of the words above. ``by``: the first test that failed, or what went wrong.

    ``digest`` is the mutant's, ``commit`` that of the tree, ``tests`` what was run last.
    """

    name: str
    family: str
    digest: str
    commit: str
    outcome: str
    tests: str
    by: str
    seconds: float


async def try_mutant(place: Workspace, mutant: Mutant, commit: str, near_only: bool) -> Trial:
    """The near tests one after the other until one fails; if none does, the whole default suite."""
    began = time.perf_counter()

    def trial(outcome: str, tests: str, by: str) -> Trial:
        seconds = round(time.perf_counter() - began, 1)
        return Trial(mutant.name, mutant.family, mutant.digest, commit, outcome, tests, by, seconds)

    with place.with_mutant(mutant):
        for near in mutant.near:
            outcome, by = judged(await place.pytest(near.options, NEAR_SECONDS))
            if outcome != PASSED:
                return trial(outcome, " -k ".join(filter(None, (near.path, near.only))), by)
        if near_only:
            return trial(NEAR_PASSED, "near", "")
        outcome, by = judged(await place.pytest([], SUITE_SECONDS))
        return trial(SURVIVED if outcome == PASSED else outcome, SUITE, by)


async def try_unmutated(place: Workspace, path: str, onlys: list[str], commit: str) -> Trial:
    """All near tests of one file on the tree as it is: they must pass, or what they catch means nothing."""
    began = time.perf_counter()
    only = " or ".join(f"({one})" for one in onlys) if all(onlys) else ""
    options = [path, *(["-k", only] if only else [])]
    outcome, by = judged(await place.pytest(options, SUITE_SECONDS))
    seconds = round(time.perf_counter() - began, 1)
    return Trial(f"unmutated {path}", "unmutated", "", commit, outcome, only or "all of it", by, seconds)


def judged(run: Run) -> tuple[str, str]:
    """The outcome of a run of pytest, and the test that decided it.

    Only a test that failed catches a mutant; one that could not be imported or set up is an ``error``.
    """
    if run.code is None:
        return HUNG, ""
    if run.code == 0:
        return PASSED, ""
    failed = _first("FAILED", run.output)
    if run.code == 1 and failed:
        return CAUGHT, failed
    return ERROR, _first("ERROR", run.output) or f"pytest ended with {run.code}: {run.output.strip()[-200:]}"


def _first(word: str, output: str) -> str:
    found = re.search(rf"^{word} (.+?)(?: - .*)?$", output, re.MULTILINE)
    return found[1] if found else ""
