"""Implementation invariance: the table of docs/explainers.md is what the code does."""

from pathlib import Path

import pytest
from explainer_cases import noise
from invariance import REWRITTEN, network, rewritten, table
from torch.testing import assert_close

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", REWRITTEN)
def test_the_same_function_is_written_in_another_way(name: str) -> None:
    x = noise(5, (1, 8, 8))
    assert_close(rewritten(name)(x), network()(x), rtol=1e-4, atol=1e-5)


@pytest.mark.long
def test_the_table_of_the_page_is_what_the_methods_do() -> None:
    assert f"\n{table()}\n" in (ROOT / "docs" / "explainers.md").read_text(encoding="utf-8")


def test_the_readme_counts_the_methods_that_pass() -> None:
    text = (ROOT / "docs" / "explainers.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("| `") and "| same |" in line]
    passing = [line for line in lines if "differs" not in line]
    assert f"by {len(passing)} of {len(lines)} methods" in (ROOT / "README.md").read_text(encoding="utf-8")
