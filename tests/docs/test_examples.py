"""Every Python example of the README and of the docs is run, and prints what the page says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from documents import ENVIRONMENT, ROOT, documents, examples

PAGES = {path: examples(text) for path, text in documents().items() if "```python" in text}


@pytest.fixture(scope="module")
def printed() -> dict[str, list[str]]:
    """What the examples print, all in one process: PyTorch is imported once."""
    codes = json.dumps({path: [example.code for example in found] for path, found in PAGES.items()})
    script = Path(__file__).with_name("run_examples.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        input=codes, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ENVIRONMENT, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", PAGES)
def test_examples_print_what_the_page_says(path: str, printed: dict[str, list[str]]) -> None:
    assert printed[path] == [example.printed for example in PAGES[path]]


def test_no_example_escapes() -> None:
    for path, text in documents().items():
        assert text.count("```python") == len(PAGES.get(path, [])), path
        assert text.count("\nprints\n") == sum(bool(e.printed) for e in PAGES.get(path, [])), path
