"""Peak memory of a piece of work, in megabytes above what was held before it."""

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Peak:
    """``megabytes`` after the work; NaN on a CPU whose system does not tell (not Linux)."""

    megabytes = float("nan")


@contextmanager
def peak_memory(device: str) -> Iterator[Peak]:
    """On CUDA the allocator's own peak; on Linux that of the process's resident memory.

    Free memory is given back to the system before, so that what is used again is counted again.
    """
    peak = Peak()
    cuda = torch.device(device).type == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
    else:
        before = _resident("VmRSS") if _trim() else None
    yield peak
    if before is not None:
        after = torch.cuda.max_memory_allocated(device) if cuda else _resident("VmHWM")
        peak.megabytes = max(0, after - before) / 2**20


def _trim() -> bool:
    try:
        ctypes.CDLL(None).malloc_trim(0)
        _RESET.write_text("5")  # sets the peak back to what is resident now
    except (OSError, AttributeError):
        return False
    return True


def _resident(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
