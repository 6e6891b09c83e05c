"""``python -m evaluation models`` on digits, from training to the choice; mistakes are one line."""

from pathlib import Path

import pytest
from starts import begin

from evaluation.__main__ import main
from evaluation.models.facts import MEASURES
from evaluation.models.model_rows import to_models_csv
from evaluation.models.spread import SPREAD
from evaluation.models.tables import tables
from evaluation.whole.facts import read_facts
from openbox.zoo import load_checkpoint

STUDY = """
name = "tiny"
data = "digits"
seeds = [0, 1]
merged = ["conv"]

[training]
epochs = 2
batch_size = 128
learning_rate = 0.05

[sampling]
maps = 20
segments = 2
borders = 2
balls = 1
agreement = 2
flips = 1
patch = 4
density = 1
pieces = 30

[models.linear]
kind = "linear"
raw = true

[models.conv]
kind = "conv"
width = 2
depth = 1
"""


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    text = STUDY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "tiny.toml").write_text(text)
    return folder / "tiny.toml"


def words(study: Path, out: Path, *more: str) -> list[str]:
    return ["models", "--study", str(study), "--out", str(out), *more]


def test_a_study_is_trained_measured_and_chosen_from_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study, out = write(tmp_path), tmp_path / "out"
    assert main(words(study, out, "--prefer", "straight")) == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("linear: straight 1.0000 +- 0.0000, accuracy ")
    folder = out / "tiny"
    facts = read_facts(folder / "facts.csv")
    assert tables(facts) == (folder / "tables.md").read_text()
    spread = [fact for fact in facts if fact.metric == SPREAD]
    assert {fact.network for fact in spread} == {"linear", "conv"}
    assert all(fact.value is not None and 0 < fact.value < 1 for fact in spread)
    assert to_models_csv("digits", facts) == (folder / "models.csv").read_text()
    measured = {(f.network, f.setting, f.metric): f.value for f in facts if f.table == MEASURES}
    checkpoint = load_checkpoint("digits-conv-seed1", folder / "networks")
    assert checkpoint.card.network == "conv(width=2,depth=1)"
    assert measured["conv", "seed 1", "accuracy"] == checkpoint.card.test_accuracy
    linear = {
        metric: value
        for (name, seed, metric), value in measured.items()
        if (name, seed) == ("linear", "seed 0")
    }
    assert linear["regions"] == pytest.approx(1 / 360), "one region holds all test images"
    assert (linear["sharing"], linear["neighbour cosine"]) == (1, 1)
    assert linear["active units"] is None
    assert {f.table for f in facts} == {"training", MEASURES, "trees", "similar", "representative"}
    times = {file: file.stat().st_mtime_ns for file in (folder / "parts").iterdir()}
    assert main(words(study, out)) == 0
    assert all(file.stat().st_mtime_ns == time for file, time in times.items())
    assert main(["models", "--facts", str(folder / "facts.csv"), "--require", "accuracy>=2"]) == 2
    assert "no network has accuracy>=2; the nearest is " in capsys.readouterr().err


TITLES = """
name = "tiny-titles"
data = "titles"
seeds = [0]

[training]
epochs = 1

[sampling]
regions = 20
maps = 10
segments = 5
borders = 2
agreement = 5
flips = 3

[models.rnn_narrow]

[models.isan]

[models.bag]
"""


def test_networks_that_read_titles_are_measured_alike(tmp_path: Path) -> None:
    (tmp_path / "titles.toml").write_text(TITLES)
    assert main(words(tmp_path / "titles.toml", tmp_path / "out", "--prefer", "sharing")) == 0
    facts = read_facts(tmp_path / "out/tiny-titles/facts.csv")
    found = {(f.network, f.metric): f.value for f in facts if f.table == MEASURES}
    assert found["bag", "regions on a segment"] == 1
    assert found["bag", "regions"] == pytest.approx(4 / 20), "a region for each length of the first titles"
    assert found["isan", "regions"] is None, "it lies in none"
    for name in ("isan", "bag", "rnn_narrow"):
        assert all(
            0 < (found[name, metric] or 0) <= 1 for metric in ("gini", "coordinates for 90 %", "NAOPC")
        )


def test_a_trained_network_of_other_settings_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(words(write(tmp_path), out, "--models", "linear")) == 0
    assert main(words(write(tmp_path, ("epochs = 2", "epochs = 1")), out, "--models", "linear")) == 2
    assert "is of other settings; choose another --out, or remove it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("width = 2", "wide = 2"), "[models.conv]: unknown key 'wide'; known: adversarial, "),
        (("width = 2", "width = -2"), "[models.conv]: architecture: width is -2; pass a whole number"),
        (("width = 2", 'non_negative = "some"'), "[models.conv]: conv: non_negative 'some'; pass hidden"),
        (('kind = "conv"\nwidth', "width"), "[models.conv]: kind is missing"),
        (('"digits"', '"digit"'), "unknown data set 'digit'; known: cifar10, dblp, digits, mnist, titles"),
        (("seeds = [0, 1]", "seeds = [1, 1]"), "seeds = [1, 1]; pass different ones"),
        (("maps = 20", "maps = 0"), "[sampling]: maps is below 1; pass 1 or more"),
        (("maps = 20", "map = 20"), "[sampling]: unknown key 'map'; known: regions, maps, "),
        (('merged = ["conv"]', 'merged = ["cnn"]'), "merged: unknown network 'cnn'"),
        (("[models.conv]", "[models.Conv]"), "the name names files; pass small letters"),
        (('name = "tiny"', "name = 1"), "name = 1; expected str"),
        (('name = "tiny"', 'name = "../tiny"'), "name = '../tiny'; it names a folder"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_a_bad_study_is_one_line_and_nothing_is_written(
    change: tuple[str, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(write(tmp_path, change), tmp_path / "out")) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            ["--study", "imagenet"],
            "neither a file nor one of cifar10, dblp, digits, mnist",
        ),
        (["--require", "accuracy>0.9"], "models: --require 'accuracy>0.9'; pass a criterion and a bound"),
        (["--require", "beauty>=1"], "models: unknown criterion 'beauty'; known: accuracy, "),
        (["--prefer", "beauty"], "models: unknown criterion 'beauty'"),
        (["--models", "cnn"], "models --models: unknown network 'cnn'"),
        (["--workers", "2"], "engine local: one process, but --workers 2"),
        (["--workers", "0"], "models: --workers 0; pass a positive number"),
        (["--facts", "/nowhere.csv"], "/nowhere.csv holds no facts of a study"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line(
    more: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "--out", str(tmp_path / "out"), *more]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.long
def test_one_two_and_four_workers_find_the_same(tmp_path: Path) -> None:
    study, found = write(tmp_path), []
    for number, engine in enumerate((["local"], ["ray", "--workers", "2"], ["ray", "--workers", "4"])):
        process = begin(words(study, tmp_path / str(number), "--engine", *engine))
        process.join()
        assert process.exitcode == 0
        found.append(read_facts(tmp_path / str(number) / "tiny" / "facts.csv"))
    assert found[0] == found[1] == found[2]
