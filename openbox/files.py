"""Files that are never half there: written beside their place, renamed, and cleared after a kill."""

import contextlib
import re
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_OURS = re.compile(r".+\.[0-9a-f]{32}\.partial")


def write_by_rename(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside ``path``, then rename it into place; raises its ``OSError``.

    The file beside it has a name of its own, so that two processes never write into the same one, and is
    locked until it is renamed. Nothing is left of a write that fails or is interrupted; one that is killed
    leaves a ``.partial`` behind, which nobody reads and ``remove_stale`` removes.
    """
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        with _locked(partial):
            write(partial)
            partial.replace(path)
    finally:  # also after Ctrl-C: a half-written file is worth nothing; a renamed one is gone
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def remove_stale(folder: Path, name: str = "") -> None:
    """Remove what killed writers left in a folder, of the file ``name`` or of all; live ones are locked.

    Where files cannot be locked (Windows, some network disks) nothing is removed.
    """
    if sys.platform == "win32":
        return
    for partial in folder.glob("*.partial"):
        if not _OURS.fullmatch(partial.name) or (name and partial.name[: -len(".partial") - 33] != name):
            continue
        with contextlib.suppress(OSError), partial.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """A new empty file that is locked; the lock goes with the process, however it ends."""
    if sys.platform == "win32":
        yield
        return
    while True:
        with path.open("wb") as file:
            with contextlib.suppress(OSError):  # a disk without locks: then nobody else locks it either
                fcntl.flock(file, fcntl.LOCK_EX)
            if not path.exists():  # swept between the two lines
                continue
            yield
            return
