"""Memory: a limit that makes a method fail where the whole process would be ended."""

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from openbox.errors import InputError

_STATUS, _MEMINFO = Path("/proc/self/status"), Path("/proc/meminfo")


def free_memory() -> int:
    """Bytes that this machine can still give; 0 where it does not say."""
    return _field(_MEMINFO, "MemAvailable") if _MEMINFO.exists() else 0


@contextmanager
def limited(extra: int) -> Iterator[None]:
    """Let the process grow by ``extra`` bytes; beyond, an allocation raises instead of ending the process.

    Holds for memory that is written to (``RLIMIT_DATA``), where Linux counts it; elsewhere, and with
    ``extra`` 0, there is no limit.
    """
    if extra <= 0 or not _STATUS.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = _field(_STATUS, "VmData") + extra
    ceiling = [wanted] + [value for value in (soft, hard) if value != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min(ceiling), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def is_out_of_memory(error: Exception) -> bool:
    """Whether PyTorch, on any device, or Python could not allocate."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error)


def _field(path: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", path.read_text(), re.MULTILINE)
    if found is None:
        raise InputError(f"bench: {path} has no line {name}")
    return int(found[1]) * 1024
