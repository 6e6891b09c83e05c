"""The process that makes jobs, one after the other: frames in from its stdin, frames out to its stdout."""

import logging
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Sequence
from importlib import import_module
from typing import IO

from openbox.errors import OpenBoxError
from work import frames
from work.reporting import reporting

OFTEN = 0.1  # seconds between two reports of one job


def serve(modules: Sequence[str]) -> None:
    """Import what is needed anyway, then work until the app is gone, which closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the app, and that closes the pipe
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    for name in modules:
        import_module(name)
    while True:
        try:
            function, args = frames.read(sys.stdin.buffer)
        except EOFError:
            return
        except Exception as error:  # a module that cannot be imported, or an argument that is damaged
            _fail(answers, error)
            continue
        last = 0.0

        def tell(share: float, text: str) -> None:
            nonlocal last
            if time.monotonic() - last > OFTEN:
                last = time.monotonic()
                frames.write(answers, ("report", (share, text)))

        try:
            with reporting(tell):
                frames.write(answers, ("done", function(*args)))
        except Exception as error:
            _fail(answers, error)


def _end_with(parent: int) -> None:
    """An app that was killed leaves no job behind; on Windows the job ends first."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _fail(answers: IO[bytes], error: Exception) -> None:
    """Send what was raised, as its words where it does not pickle."""
    if not isinstance(error, OpenBoxError):
        logging.getLogger(__name__).exception("a job failed", exc_info=error)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    frames.write(answers, ("failed", error))
