"""Files that are never half there: written beside their place and renamed."""

import contextlib
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from openbox.errors import InputError


def write_by_rename(call: str, path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside ``path``, then rename it into place.

    The file beside it has a name of its own, so that two processes never write into the same one; one that
    is killed leaves a ``.partial`` behind, which nobody reads. Raises ``InputError`` if the disk is full or
    the folder cannot be written; then nothing is left behind.
    """
    partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        write(partial)
        partial.replace(path)
    except OSError as error:
        raise InputError(
            f"{call}: cannot write {path} ({error}); make room or choose another --out"
        ) from error
    finally:  # also after Ctrl-C: a half-written file is worth nothing; a renamed one is gone
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def check_folder(call: str, folder: Path) -> None:
    """Make the folder and try it before the work begins; raises ``InputError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise InputError(f"{call}: cannot write into --out {str(folder)!r} ({error})") from error
