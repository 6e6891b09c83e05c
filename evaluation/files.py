"""Files that are never half there: written beside their place and renamed."""

import os
from collections.abc import Callable
from pathlib import Path

from openbox.errors import InputError


def write_by_rename(call: str, path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside ``path``, then rename it into place.

    Raises ``InputError`` if the disk is full or the folder cannot be written; nothing is left behind.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        write(partial)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise InputError(
            f"{call}: cannot write {path} ({error}); make room or choose another --out"
        ) from error
    except BaseException:  # also Ctrl-C: a half-written file is worth nothing
        partial.unlink(missing_ok=True)
        raise


def check_folder(call: str, folder: Path) -> None:
    """Make the folder and try it before the work begins; raises ``InputError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(f"{call}: cannot write into --out {str(folder)!r} ({error})") from error
