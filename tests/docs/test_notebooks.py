"""The notebooks run from top to bottom, and what is stored in them is what they answer now."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from documents import ENVIRONMENT, ROOT
from nbclient import NotebookClient

NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))


def kinds(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """What each cell of code put out: text, pictures, warnings."""
    return [
        [output.get("name") or "/".join(sorted(output.data)) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.long
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ENVIRONMENT["PYTHONPATH"])
    monkeypatch.delenv("MPLBACKEND", raising=False)  # that of the app, which draws nothing in a notebook
    stored = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    client = NotebookClient(fresh, timeout=300, resources={"metadata": {"path": str(ROOT)}})
    with ThreadPoolExecutor(1) as pool:  # the browser tests leave an event loop running in this thread
        pool.submit(asyncio.run, client.async_execute()).result()
    assert kinds(fresh) == kinds(stored), "run it again and commit it with its outputs"
    assert "stderr" not in {kind for found in kinds(fresh) for kind in found}
    assert path.stat().st_size < 400_000
