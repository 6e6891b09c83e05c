"""The page's own process answers many at once: it holds no library that only a worker needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ui.asking import MODULES

APP = Path(__file__).parents[3] / "app"
HEAVY = ("sklearn", "captum", "lime", "shap", "torchvision")
PAGES = (
    "explain.panels", "geometry.computing", "gallery.sections", "whole.tree", "whole.filters",
    "lesson.showing", "models.kept", "text.kept",
)  # fmt: skip


def modules_after(names: tuple[str, ...]) -> list[str]:
    """All that is imported in a process which imports these."""
    code = f"import sys\nfor name in {names!r}: __import__(name)\nprint(*sys.modules)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(APP), str(APP.parent)])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()


@pytest.fixture(scope="module")
def imported() -> list[str]:
    return modules_after(PAGES)


@pytest.mark.parametrize("library", HEAVY)
def test_no_page_imports_what_only_workers_need(imported: list[str], library: str) -> None:
    assert "torch" in imported, "the pages were imported"
    assert library not in imported


def test_a_process_that_computes_holds_no_page() -> None:
    """What it imports before its first job, streamlit alone takes a second."""
    found = modules_after(MODULES)
    assert "torch" in found
    assert {"streamlit", "babel", *HEAVY}.isdisjoint(found)
