"""What made a file: the versions of what computes. No Streamlit."""

import importlib.metadata
import platform

PACKAGES = ("openbox-explain", "torch", "numpy", "scikit-learn", "lime", "shap", "grad-cam", "captum")


def versions() -> dict[str, str]:
    """Of whatever may have computed something on a page, by name."""
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return found | {"python": platform.python_version()}
