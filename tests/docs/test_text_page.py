"""The page of titles: its tables are those of the code, of the cards and of the committed results."""

import pandas as pd
import pytest
from documents import ROOT, page, rows

from openbox.text import TEXT_EXPLAINERS
from openbox.zoo import list_checkpoints
from openbox.zoo.checkpoints import read_card

TEXT = page("docs/text.md")
CARDS = [read_card(name) for name in list_checkpoints(titles=True)]


def test_the_table_of_methods_is_the_table() -> None:
    assert rows(TEXT, "## The methods") == [
        [f"`{name}`", entry.title, entry.summary, entry.unit] for name, entry in TEXT_EXPLAINERS.items()
    ]


def test_the_table_of_networks_is_that_of_the_cards() -> None:
    assert rows(TEXT, "## The networks") == [
        [f"`{card.name}`", f"{100 * card.test_accuracy:.2f} %", f"`{card.command}`"] for card in CARDS
    ]


def test_the_baselines_are_those_of_the_cards() -> None:
    for card in CARDS:
        for share in card.baselines.values():
            assert f"{100 * share:.2f} %" in TEXT
        assert f"{card.test_images:,} test titles" in TEXT


def test_the_neighbour_study_is_the_committed_one() -> None:
    board = pd.read_csv(ROOT / "evaluation/results/neighbours/leaderboard.csv", keep_default_na=False)
    board = board[board.score_space == "logit"].set_index(["model", "method", "metric", "fill"]).value

    def value(model: str, method: str, metric: str, fill: str) -> float:
        return float(board[model, method, f"prediction.{metric}", fill])

    fills = {"one pixel": "pixel", "moved by one": "shift"}
    found = rows(TEXT, "## What a method says of a neighbour")
    assert len(found) == 4
    for where, *numbers, exact in found:
        model, words = where.split(", ")
        fill = fills[words]
        parts = [value(model, m, "squared_error", fill) for m in ("openbox", "openbox_noise", "lime")]
        parts.append(value(model, "openbox", "constant_squared_error", fill))
        assert [float(number) for number in numbers] == pytest.approx([part**0.5 for part in parts], rel=6e-3)
        assert exact == f"{100 * value(model, 'openbox', 'exact', fill):.1f} %"


COLUMNS = [
    ("word_flip.aopc_1", "unknown", "probability"), ("word_flip.aopc_3", "unknown", "probability"),
    ("eraser.comprehensiveness", "", "probability"), ("eraser.sufficiency", "", "probability"),
    ("hybrid.hit", "", ""), ("title_consistency.cosine", "unknown", ""), ("cost.seconds", "", ""),
]  # fmt: skip


def test_the_study_of_titles_is_the_committed_one() -> None:
    board = pd.read_csv(ROOT / "evaluation/results/dblp/leaderboard.csv", keep_default_na=False)
    board = board.set_index(["method", "metric", "fill", "score_space"]).sort_index()
    found = rows(TEXT, "## What is right, measured")
    assert {row[0].strip("`") for row in found} <= set(TEXT_EXPLAINERS)
    assert len(found) >= 12
    for method, *cells in found:
        for cell, column in zip(cells, COLUMNS, strict=True):
            row = board.loc[(method.strip("`"), *column)]
            cost = column[0] == "cost.seconds"
            said, best = cell.strip("*"), cell.startswith("**")
            assert float(said) == pytest.approx(
                float(row.value), rel=6e-3 if cost else 0, abs=0 if cost else 6e-4
            )
            assert cost or best == (float(row.tie_group) == 1)
