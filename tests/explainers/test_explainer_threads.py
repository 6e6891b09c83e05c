"""Eight threads and one model: the maps of one thread, bit by bit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.long
def test_8_threads_get_the_maps_of_one_thread() -> None:
    """In a subprocess, so that a crash in native code fails this test instead of ending the run."""
    done = subprocess.run(
        [sys.executable, str(HERE / "thread_script.py")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONFAULTHANDLER": "1"},
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    assert "0 wrong" in done.stdout


@pytest.mark.long
def test_8_threads_again_and_again() -> None:
    for _ in range(2):
        test_8_threads_get_the_maps_of_one_thread()
