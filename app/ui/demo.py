"""``streamlit run app -- --demo``: without a mouse, the lesson comes first and walks through itself.

A file of its own, as it is asked before PyTorch is imported.
"""

from collections.abc import Sequence

OPTION = "--demo"


def asked(arguments: Sequence[str]) -> bool:
    """Whether the command line says so."""
    return OPTION in arguments
