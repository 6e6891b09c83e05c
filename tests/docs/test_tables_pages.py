"""The tables of explainers and of scores are the tables of the code."""

from documents import page, rows

from evaluation.scores.table import SCORES
from openbox.explainers import EXPLAINERS, FAMILIES


def test_the_tables_of_explainers_are_the_table() -> None:
    text = page("docs/explainers.md")
    for name, family in FAMILIES.items():
        heading = f"### {family.title}"
        assert f"{heading}\n\nA map claims: {family.claim}.\n" in text
        assert rows(text, heading) == [
            [f"`{method}`", entry.title, entry.summary, entry.unit]
            for method, entry in EXPLAINERS.items()
            if entry.family == name
        ]


def test_the_table_of_scores_is_the_table() -> None:
    assert rows(page("docs/evaluate.md"), "## The scores") == [
        [f"`{name}`", score.summary, ", ".join(f"`{metric}`" for metric in score.metrics)]
        for name, score in SCORES.items()
    ]
