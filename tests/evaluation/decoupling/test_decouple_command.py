"""``python -m evaluation decouple``, on digits."""

from pathlib import Path

import pytest

from evaluation.__main__ import main
from evaluation.decoupling.tables import tables
from evaluation.whole.facts import read_facts

WORDS = [
    "decouple",
    "--checkpoints",
    "digits-cnn-seed0",
    "--rates",
    "0.5",
    "--epochs",
    "1",
    "--images",
    "150",
]


@pytest.mark.long
def test_the_command_makes_every_table_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = [*WORDS, "--attacks", "fgsm,deepfool", "--epsilon", "0.2", "--out", str(out)]
    assert main(words) == 0
    first = (out / "tables.md").read_text()
    facts = read_facts(out / "facts.csv")
    assert tables(facts) == first, "the tables are made of the facts alone"
    assert {fact.table for fact in facts} == {
        "acceleration", "classes", "layers", "exactness", "attacks", "detection"
    }  # fmt: skip
    numbers = {fact.metric: fact.value for fact in facts if fact.table == "exactness"}
    assert numbers["certificate"] is not None
    assert numbers["certificate"] < 1e-12
    assert numbers["maps apart"] is not None
    assert numbers["maps apart"] < 1e-10
    times = {file: file.stat().st_mtime_ns for file in (out / "parts").iterdir()}
    next(iter(times)).unlink()
    capsys.readouterr()
    assert main(words) == 0
    kept = [file for file, time in times.items() if file.stat().st_mtime_ns == time]
    assert len(kept) == len(times) - 1, "what is there stays, what is missing is made"
    assert "| digits-cnn-seed0, rate 0.5 |" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--rates", "2"], "decouple: --rates has '2'; pass shares from 0 to 1"),
        (["--rates", "half"], "decouple: --rates has 'half'"),
        (["--checkpoints", "digits-gnn-seed0"], "unknown checkpoint 'digits-gnn-seed0'"),
        (
            ["--checkpoints", "mnist-mlp-seed0"],
            "Sequential has no convolution before a batch norm",
        ),
        (["--checkpoints", "digits-cnn-seed0", "--layers", "conv9"], "unknown layer 'conv9'; known: 4"),
        (["--attacks", "hopskip"], "unknown attack 'hopskip'; known: cw, deepfool, fgsm, none, pgd"),
        (["--checkpoints", "digits-cnn-seed0", "--images", "5"], "the first 5 images have none of class"),
        (["--epochs", "0"], "decouple: --epochs 0; pass 1 or more"),
        (["--sparsity", "nan"], "decouple: --sparsity must be 0 or more and finite"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decouple", *words, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
