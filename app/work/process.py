"""``Process``: a worker as the app sees it. It is started when it is needed, and again after it ended."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from work import frames
from work.job import Job
from work.reporting import Tell

APP = Path(__file__).parents[1]
START = "import sys; sys.path[:0] = {paths!r}; from work.worker import serve; serve({modules!r})"


class WorkerDiedError(Exception):
    """The process ended in the middle of a job: it was stopped, or killed for memory."""


class Process:
    """One child, which computes with so many ``threads`` and imports ``modules`` as it starts.

    ``call`` is for one thread of the app, ``kill`` for any.
    """

    def __init__(self, threads: int, modules: Sequence[str] = ()) -> None:
        self._threads = threads
        self._modules = tuple(modules)
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> subprocess.Popen[bytes]:
        """The child, running."""
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                paths = [str(APP), *(path for path in sys.path if path and path != str(APP))]
                threads = os.environ.get("OMP_NUM_THREADS", str(self._threads))
                self._child = subprocess.Popen(
                    [sys.executable, "-c", START.format(paths=paths, modules=self._modules)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    env={**os.environ, "OMP_NUM_THREADS": threads},
                )  # fmt: skip
            return self._child

    def call(self, job: Job, tell: Tell) -> Any:
        """Raises what the job raised, or ``WorkerDiedError``."""
        child = self.start()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            frames.write(child.stdin, (job.function, job.args))
            while True:
                kind, value = frames.read(child.stdout)
                if kind == "report":
                    tell(*value)
                elif kind == "done":
                    return value
                else:
                    raise value
        except (EOFError, BrokenPipeError) as error:
            with suppress(OSError):
                child.stdin.close()
            child.stdout.close()
            child.wait()
            raise WorkerDiedError from error

    def kill(self) -> None:
        """End the child, and the job that it is at."""
        with self._lock:
            if self._child is not None:
                self._child.kill()
                self._child.wait()
