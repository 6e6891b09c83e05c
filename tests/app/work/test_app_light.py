"""The page's own process answers many at once: it holds no library that only a worker needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

APP = Path(__file__).parents[3] / "app"
HEAVY = ("sklearn", "captum", "lime", "shap", "torchvision")
PAGES = (
    "explain.panels", "geometry.computing", "gallery.sections", "whole.tree", "whole.filters",
    "lesson.showing", "models.kept", "text.kept",
)  # fmt: skip


@pytest.fixture(scope="module")
def imported() -> list[str]:
    code = f"import sys\nfor name in {PAGES!r}: __import__(name)\nprint(*sys.modules)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(APP), str(APP.parent)])}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.split()


@pytest.mark.parametrize("library", HEAVY)
def test_no_page_imports_what_only_workers_need(imported: list[str], library: str) -> None:
    assert "torch" in imported, "the pages were imported"
    assert library not in imported
