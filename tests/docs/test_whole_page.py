"""The page of whole networks: its rows are those of the committed tables, and these are made of the facts."""

import pytest
from documents import ROOT, page

from evaluation.cnn_inte.tables import tables as inte_tables
from evaluation.decoupling.tables import tables as decoupling_tables
from evaluation.whole.facts import read_facts

RESULTS = ROOT / "evaluation/whole/results"
MADE = {
    "cnn-inte": inte_tables,
    "decouple-mnist": decoupling_tables,
    "decouple-cifar10": decoupling_tables,
    "decouple-cifar10-vgg19": decoupling_tables,
}


@pytest.mark.parametrize("name", MADE)
def test_the_tables_are_a_function_of_the_facts(name: str) -> None:
    assert MADE[name](read_facts(RESULTS / name / "facts.csv")) == (RESULTS / name / "tables.md").read_text()


def test_every_row_of_the_page_is_a_row_of_the_tables() -> None:
    known = {line for name in MADE for line in (RESULTS / name / "tables.md").read_text().splitlines()}
    rows = [line for line in page("docs/whole.md").splitlines() if line.startswith("|")]
    assert len(rows) > 15
    assert [row for row in rows if row not in known] == []
