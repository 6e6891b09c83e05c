"""The harness's files: written whole or not at all, into folders that are tried before the work begins."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from openbox import files
from openbox.errors import InputError


def write_by_rename(call: str, path: Path, write: Callable[[Path], object]) -> None:
    """As ``openbox.files.write_by_rename``, for a command with ``--out``.

    Raises ``InputError`` if the disk is full or the folder cannot be written.
    """
    try:
        files.write_by_rename(path, write)
    except OSError as error:
        raise InputError(
            f"{call}: cannot write {path} ({error}); make room or choose another --out"
        ) from error


def check_folder(call: str, folder: Path) -> None:
    """Make the folder, try it, and clear it of what killed runs left half-written; raises ``InputError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        files.remove_stale(folder)
    except OSError as error:
        raise InputError(f"{call}: cannot write into --out {str(folder)!r} ({error})") from error
