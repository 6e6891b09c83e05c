"""``serve``: the app as a user starts it, in a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from openbox.errors import InputError

APP = Path(__file__).parents[3] / "app"
TRIES, PAUSE = 600, 0.1  # a minute until it answers


@contextmanager
def serve(
    folder: Path, options: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of a server on a free port, started in ``folder``, where its log lies.

    ``options`` are those behind ``--``, ``environment`` what differs from this process. Raises
    ``InputError`` with the log if it does not answer.
    """
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    log = (folder / "log").open("w+")
    command = [sys.executable, "-m", "streamlit", "run", str(APP), f"--server.port={port}"]
    server = subprocess.Popen(
        [*command, "--server.headless=true", "--", *options], cwd=folder,
        env={**os.environ, **(environment or {})}, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        _wait(port, server, Path(log.name))
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(TRIES):
        if server.poll() is not None:
            raise InputError(f"bench app: the server ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(PAUSE)
    raise InputError(f"bench app: the server did not answer: {log.read_text()}")
