"""A study's file: each mistake is one clear line; its hash changes with whatever changes a number."""

import dataclasses
from pathlib import Path

import pytest
from stand_ins import enter_score
from tiny_study import TINY, run_study, write_study

from evaluation.runner.plan.study import Study
from evaluation.runner.plan.study_file import STUDIES, read_study
from evaluation.scores.table import SCORES
from openbox.errors import InputError
from openbox.explainers.table import EXPLAINERS
from openbox.text import TEXT_EXPLAINERS

MISTAKES = {
    "misspelt key": (("references = 4", "refrences = 4"), "unknown key 'refrences'; known: name, seed"),
    "misspelt key of a network": (("images = 6", "imges = 6"), "[[networks]]: unknown key 'imges'"),
    "misspelt key of a method": (("random = {}", "lime = {sample = 3}"), "unknown key 'sample'"),
    "misspelt key of a score": (("sparsity = {}", "sparsity = {gini = 1}"), "unknown key 'gini'"),
    "a list that is a part": (("seed = 0\n", "seed = 0\nscore = []\n"), "unknown key 'score'"),
    "missing key": (("target = \"predicted\"\n", ""), "target is missing"),
    "missing key of a network": (("model = \"cnn\"\n", ""), "[[networks]]: model is missing"),
    "bool for int": (("batch = 8", "batch = true"), "batch = True; expected int"),
    "float for int": (("batch = 8", "batch = 8.0"), "batch = 8.0; expected int"),
    "list for number": (("batch = 8", "batch = [8]"), "batch = [8]; expected int"),
    "number for list": (("explainer_seeds = [0]", "explainer_seeds = 0"), "explainer_seeds = 0; expected"),
    "text in a list": (("model_seeds = [0]", "model_seeds = ['0']"), "= '0'; expected int"),
    "text for a float": (("random = {}", "lime = {fill = 'black'}"), "fill = 'black'; expected float"),
    "number for text": (("dataset = \"digits\"", "dataset = 7"), "dataset = 7; expected str"),
    "table for a number": (("batch = 8", "batch = {}"), "batch = {}; expected int"),
    "a number as a method": (("random = {}", "random = 0"), "[methods.random]: found 0"),
    "a number as lime": (("random = {}", "lime = 0"), "[methods.lime]: found 0, expected a table"),
    "settings of a method without": (("random = {}", "random = {n = 1}"), "this method has no settings"),
    "a number as a score": (("sparsity = {}", "sparsity = 0"), "[scores.sparsity]: found 0"),
    "unknown method": (("random = {}", "rndom = {}"), f"unknown method 'rndom'; known: {min(EXPLAINERS)}"),
    "unknown score": (("sparsity = {}", "spars = {}"), f"unknown score 'spars'; known: {min(SCORES)}"),
    "unknown target": (("\"predicted\"", "\"best\""), "target = 'best'; known: predicted, label"),
    "negative images of a score": (("sparsity = {}", "sparsity = {images = -1}"), "images = -1; pass"),
    "no methods": (("openbox = {}\nrandom = {}\nedges = {}\n", ""), "methods is missing or empty"),
    "no scores": (("[scores]\nsparsity = {}\n", ""), "scores is missing or empty"),
    "a network that is no list": (("[[networks]]", "[networks]"), "networks is missing or empty"),
    "no explainer seed": (("explainer_seeds = [0]", "explainer_seeds = []"), "explainer_seeds = []; pass"),
    "a seed twice": (("model_seeds = [0]", "model_seeds = [0, 0]"), "model_seeds of digits = [0, 0]"),
    "a negative seed": (("\nseed = 0", "\nseed = -1"), "seed = [-1]; a seed is at least 0"),
    "a seed that no row holds": (("explainer_seeds = [0]", "explainer_seeds = [2147483648]"), "below"),
    "no images": (("images = 6", "images = 0"), "images of digits = 0; pass a positive number"),
    "no shard": (("shard_images = 3", "shard_images = 0"), "shard_images = 0; pass a positive number"),
    "a name that leaves the folder": (('name = "tiny"', 'name = "../tiny"'), "name = '../tiny'"),
    "an empty name": (('name = "tiny"', 'name = ""'), "name = ''; it names a folder"),
    "no TOML": (("batch = 8", "batch ="), "cannot be read"),
    "a network twice": (
        ("[methods]", TINY[TINY.index("[[networks]]") : TINY.index("[methods]")] + "[methods]"),
        "digits cnn occurs twice",
    ),
    "unknown data set": (('"digits"', '"digit"'), "unknown checkpoint 'digit-cnn-seed0'; known: "),
    "unknown network": (('"cnn"', '"vgg"'), "unknown checkpoint 'digits-vgg-seed0'; known: "),
    "an untrained seed": (("model_seeds = [0]", "model_seeds = [0, 9]"), "checkpoint 'digits-cnn-seed9'"),
    "more images than there are": (("images = 6", "images = 9999"), "besides 4 references there are only"),
    "more references than images": (("references = 4", "references = 9999"), "leave none to explain"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_nothing_is_written(
    mistake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, expected = MISTAKES[mistake]
    assert run_study(write_study(tmp_path, change), tmp_path / "runs") == 2
    out, err = capsys.readouterr()
    assert expected in err
    assert err.count("\n") == 1, err
    assert not out
    assert not (tmp_path / "runs").exists()


@dataclasses.dataclass(frozen=True)
class Steps:
    """Settings that check themselves, as those of the scores do."""

    steps: int = 10

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise InputError(f"flip: steps {self.steps}; must be 1 or more")


def test_settings_that_refuse_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    enter_score(monkeypatch, "stepping", lambda case: [], Steps)
    study = write_study(tmp_path, ("sparsity = {}", "stepping = {steps = -3}"))
    assert run_study(study, tmp_path / "runs") == 2
    assert capsys.readouterr().err == (
        "study tiny.toml, [scores.stepping]: flip: steps -3; must be 1 or more\n"
    )
    assert not (tmp_path / "runs").exists()


def sha(folder: Path, *changes: tuple[str, str], text: str = TINY) -> str:
    return read_study(write_study(folder, *changes, text=text)).config_sha


@pytest.mark.parametrize(
    "change",
    [
        ("\nseed = 0", "\nseed = 1"),
        ('"predicted"', '"label"'),
        ("references = 4", "references = 5"),
        ("shard_images = 3", "shard_images = 4"),
        ("batch = 8", "batch = 9"),
        ("explainer_seeds = [0]", "explainer_seeds = [0, 1]"),
        ("images = 6", "images = 7"),
        ("model_seeds = [0]", "model_seeds = [0, 1]"),
        ('"cnn"', '"mlp"'),
        ("random = {}\n", ""),
        ("random = {}", "lime = {}"),
        ("sparsity = {}", "sparsity = {images = 2}"),
    ],
)
def test_the_hash_changes_with_what_changes_a_number(change: tuple[str, str], tmp_path: Path) -> None:
    assert sha(tmp_path, change) != sha(tmp_path)


def test_the_hash_changes_with_settings_and_revisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lime = ("random = {}", "lime = {samples = 3}")
    shas = {sha(tmp_path, lime), sha(tmp_path, (lime[0], "lime = {samples = 4}"))}
    monkeypatch.setitem(EXPLAINERS, "lime", dataclasses.replace(EXPLAINERS["lime"], revision=99))
    shas.add(sha(tmp_path, lime))
    monkeypatch.setitem(SCORES, "sparsity", dataclasses.replace(SCORES["sparsity"], revision=99))
    shas.add(sha(tmp_path, lime))
    assert len(shas) == 4


def test_the_hash_changes_with_nothing_else(tmp_path: Path) -> None:
    whole = TINY.replace("[0]", "[0, 1]")
    lines = whole.strip().split("\n\n")
    head = "\n".join(reversed(lines[0].splitlines())).replace("[0, 1]", "[1, 0]  # in any order")
    methods = "[methods]\nedges = {}\nrandom = {}\nopenbox = {}"
    other = "\n\n".join(["# a comment", head, methods, lines[3], lines[1].replace("[0, 1]", "[1,0]")])
    assert other != whole
    assert sha(tmp_path, text=other) == sha(tmp_path, text=whole)
    assert sha(tmp_path, ('name = "tiny"', 'name = "other"')) == sha(tmp_path)
    assert sha(tmp_path, ("random = {}", "lime = {}")) == sha(
        tmp_path, ("random = {}", "lime = {samples = 1000, fill = 0}")
    ), "a default that is written out"


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_studies_of_the_harness_can_be_read(path: Path) -> None:
    study = read_study(path)
    assert isinstance(study, Study)
    assert study.name == path.stem
    table = TEXT_EXPLAINERS if study.of == "titles" else EXPLAINERS
    baselines = {name for name, entry in table.items() if entry.role == "baseline"}
    assert baselines <= {method.name for method in study.methods}, "the baselines are always in"
