"""What made a file: the versions of what computes. No Streamlit."""

import importlib.metadata
import platform

import torch

PACKAGES = ("openbox-explain", "torch", "numpy", "scikit-learn", "lime", "shap", "grad-cam", "captum")


def versions() -> dict[str, str]:
    """Of whatever may have computed something on a page, by name."""
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return found | {"torch": str(torch.__version__), "python": platform.python_version()}  # which build, too
