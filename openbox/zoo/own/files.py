"""``check_file``: a path that the user gave is that of a file."""

from pathlib import Path

from openbox.errors import OpenBoxError


def check_file(path: Path, error: type[OpenBoxError]) -> None:
    """Raises ``error`` if ``path`` is no file or does not exist."""
    if not path.is_file():
        found = "that is no file" if path.exists() else "there is no such file"
        raise error(f"{found}; the current folder is {Path.cwd()}")
