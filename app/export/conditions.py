"""What made a file: the versions of what computes. No Streamlit."""

import importlib.metadata
import platform

import numpy as np
import torch


def versions() -> dict[str, str | int]:
    """By name; and the threads of this process."""
    return {
        "openbox-explain": importlib.metadata.version("openbox-explain"),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
    }
