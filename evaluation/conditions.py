"""``Conditions``: where and with what something was measured; the name of a result file is made of them."""

import platform
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

_CHECKOUT = Path(__file__).parents[1]
_CPUINFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Conditions:
    """``processor``: name of the CPU or GPU; ``git_sha`` ends in ``-dirty`` if a Python file was changed."""

    device: str
    processor: str
    threads: int
    torch: str
    git_sha: str

    def __str__(self) -> str:
        return f"{self.processor} ({self.device}), CPU threads: {self.threads}, torch {self.torch}"

    def file_name(self, benchmark: str) -> str:
        """Such as ``linearize-cpu-amd-epyc-torch2.15-threads2.csv``."""
        processor = re.sub(r"[^a-z0-9]+", "-", self.processor.lower()).strip("-")
        version = ".".join(self.torch.split(".")[:2])
        return f"{benchmark}-{self.device}-{processor}-torch{version}-threads{self.threads}.csv"


def current_conditions(device: str) -> Conditions:
    """Those of this process; ``device`` is "cpu" or "cuda"."""
    processor = torch.cuda.get_device_name() if device == "cuda" else _processor()
    return Conditions(device, processor, torch.get_num_threads(), torch.__version__, git_sha())


def _processor() -> str:
    text = _CPUINFO.read_text() if _CPUINFO.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()


@cache
def git_sha() -> str:
    """The commit of this checkout when it was first asked for; empty outside of one."""
    if not (_CHECKOUT / ".git").exists():  # installed somewhere inside of somebody else's
        return ""
    try:
        sha = _git("rev-parse", "--short=10", "HEAD")
        return sha + ("-dirty" if _git("status", "--porcelain", "--", "*.py") else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=_CHECKOUT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
