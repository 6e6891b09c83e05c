"""``Workspace``: a copy of the checkout, in which one mutant at a time lives and pytest runs."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

from mutation.mutant import Mutant

QUICKLY = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--timeout", "300"]


@dataclass(frozen=True)
class Run:
    """What pytest ended with, and what it printed; ``code`` None if it had to be stopped."""

    code: int | None
    output: str


@dataclass(frozen=True)
class Workspace:
    """``root`` is the copy; ``scratch`` a folder for what the tests write."""

    root: Path
    scratch: Path

    @contextmanager
    def with_mutant(self, mutant: Mutant) -> Iterator[None]:
        """The copy with one mistake in it, which is taken back at the end."""
        path = self.root / mutant.file
        before = path.read_text()
        try:
            self._write(path, mutant.changed(self.root))
            yield
        finally:
            self._write(path, before)

    async def pytest(self, options: Sequence[str], seconds: float) -> Run:
        """One run of pytest in the copy, with all its children killed if it takes longer or is cancelled."""
        path = os.pathsep.join((str(self.root), str(self.root / "tests")))
        settings = {"PYTHONPATH": path, "TMPDIR": str(self.scratch), "OMP_NUM_THREADS": "1"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "pytest", *QUICKLY, *options,
            cwd=self.root, env=os.environ | settings, start_new_session=True,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            output, _ = await asyncio.wait_for(process.communicate(), seconds)
            return Run(process.returncode, output.decode(errors="replace"))
        except TimeoutError:
            return Run(None, "")
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()

    @staticmethod
    def _write(path: Path, text: str) -> None:
        """A cached bytecode of the same second and size would pass for that of the new text."""
        path.write_text(text)
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


@contextmanager
def workspace(source: Path) -> Iterator[Workspace]:
    """A copy of the checkout ``source``: what git tracks or would track, as it lies there now."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        root, scratch = Path(folder) / "tree", Path(folder) / "tmp"
        scratch.mkdir()
        for name in listed(source):
            if (source / name).is_file():  # a file that was removed is still in the index
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source / name, root / name)
        yield Workspace(root, scratch)


def listed(source: Path) -> list[str]:
    """The files of a checkout that are not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=source, capture_output=True, text=True, check=True).stdout
    return [name for name in found.split("\0") if name]
