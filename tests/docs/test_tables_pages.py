"""The tables of explainers and of scores are the tables of the code."""

from documents import page, rows

from evaluation.scores.table import SCORES
from openbox.explainers import EXPLAINERS


def test_the_tables_of_explainers_are_the_table() -> None:
    text = page("docs/explainers.md")
    for family, heading in (
        ("exact", "## The methods"),
        ("rival", "These are the exact family."),
        ("baseline", "And two that know nothing"),
    ):
        assert rows(text, heading) == [
            [f"`{name}`", entry.title, entry.summary, entry.unit]
            for name, entry in EXPLAINERS.items()
            if entry.family == family
        ]


def test_the_table_of_scores_is_the_table() -> None:
    assert rows(page("docs/evaluate.md"), "## The scores") == [
        [f"`{name}`", score.summary, ", ".join(f"`{metric}`" for metric in score.metrics)]
        for name, score in SCORES.items()
    ]
