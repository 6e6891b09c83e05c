"""Readers of titles: the same seed gives the same bits, and what a card and a checkpoint hold."""

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from openbox.errors import CheckpointError, DataNotFoundError, InputError, UnknownNameError
from openbox.zoo import list_checkpoints, load_checkpoint, load_titles
from openbox.zoo.checkpoints import read_card
from openbox.zoo.data import Titles
from openbox.zoo.recurrent_readers import PairReader
from openbox.zoo.title_reader import TitleReader
from openbox.zoo.train import main
from openbox.zoo.training.recipe import TitleRecipe
from openbox.zoo.training.title_run import TitleRun, find_vocabulary
from openbox.zoo.training.titles import hold_out, train_titles

CPU = torch.device("cpu")
NAME = "titles-rnn-seed0"


def command(out: Path, *more: str) -> list[str]:
    words = ["--data", "titles", "--network", "rnn", "--epochs", "2", "--batch-size", "32", "--device", "cpu"]
    return [*words, "--out", str(out), *more]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    assert main(command(folder)) == 0
    return folder


def test_a_run_writes_weights_and_a_card_with_baselines(trained: Path) -> None:
    card = read_card(NAME, trained)
    assert sorted(path.name for path in trained.iterdir() if path.is_file()) == [
        f"{NAME}.json", f"{NAME}.safetensors",
    ]  # fmt: skip
    assert card.test_images == 60
    assert len(card.baselines) == 3
    assert all(1 / 6 < share <= 1 for share in card.baselines.values())
    assert card.command.endswith("--epochs 2 --batch-size 32")
    assert (list_checkpoints(trained), list_checkpoints(trained, titles=True)) == ([], [NAME])


def test_the_vocabulary_travels_with_the_checkpoint_and_is_of_training_titles(trained: Path) -> None:
    model = load_checkpoint(NAME, trained).model
    assert isinstance(model, TitleReader)
    assert list(model.vocabulary) == find_vocabulary(load_titles("titles", True).texts)
    x = model.embed(["a cost model", "zzzz cost qqqq"])
    assert torch.equal(x[1, 0], model.embedding.weight[0])
    assert torch.equal(x[0, 1], x[1, 1])


def test_the_same_seed_gives_the_same_bits_also_after_an_interruption(trained: Path, tmp_path: Path) -> None:
    titles = load_titles("titles", True)
    recipe = TitleRecipe("titles", "rnn", 0, epochs=2, batch_size=32)
    run = TitleRun(recipe, titles, CPU)
    run.run_epoch()
    run.save(tmp_path / "state.pt")
    resumed = train_titles(recipe, titles, CPU, tmp_path / "state.pt", lambda line: None)
    whole = load_checkpoint(NAME, trained).model.state_dict()
    for name, weight in resumed.state_dict().items():
        assert torch.equal(weight, whole[name]), name


def test_pairs_of_words_travel_with_the_checkpoint(tmp_path: Path) -> None:
    words = ["--data", "titles", "--network", "rnn_pairs", "--epochs", "1", "--batch-size", "32"]
    assert main([*words, "--device", "cpu", "--out", str(tmp_path)]) == 0
    model = load_checkpoint("titles-rnn_pairs-seed0", tmp_path).model
    assert isinstance(model, PairReader)
    texts = load_titles("titles", True).texts
    assert list(model.entries) == find_vocabulary(texts, pairs=True)
    every = [" ".join(pair) for text in texts for pair in pairwise(text.split())]
    assert set(model.pairs) == {pair for pair in every if every.count(pair) >= 3} != set()
    assert bool(model.added.weight[1:].any())
    assert not bool(model.added.weight[0].any())


def test_validation_holds_out_training_titles_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    titles = load_titles("titles", True)
    kept, held_out = hold_out(titles)
    assert (len(kept), len(held_out)) == (108, 12)
    assert {*kept.texts, *held_out.texts} == set(titles.texts)
    assert main(command(tmp_path, "--validate")) == 0
    assert "of the held-out titles" in capsys.readouterr().out
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_header_without_vocabulary_is_refused(trained: Path, tmp_path: Path) -> None:
    weights = tmp_path / f"{NAME}.safetensors"
    save_file(load_file(trained / weights.name), weights)
    card = json.loads((trained / f"{NAME}.json").read_text())
    text = json.dumps(card | {"sha256": hashlib.sha256(weights.read_bytes()).hexdigest()})
    (tmp_path / f"{NAME}.json").write_text(text)
    with pytest.raises(CheckpointError, match="holds no vocabulary"):
        load_checkpoint(NAME, tmp_path)


MISTAKES = {
    "images, held out": (["--data", "digits", "--network", "mlp", "--validate"], "--validate is for titles"),
    "a network for images": (["--data", "titles", "--network", "cnn"], "unknown network for titles 'cnn'"),
    "a network for titles": (["--data", "digits", "--network", "rnn"], "unknown network 'rnn'"),
    "half precision": (["--data", "titles", "--network", "rnn", "--precision", "bfloat16"], "float32"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_costs_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, message = MISTAKES[name]
    assert main([*words, "--out", str(tmp_path), "--device", "cpu"]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def write_dblp(root: Path, titles: str, labels: str) -> Path:
    (root / "dblp").mkdir()
    for split in ("train", "test"):
        (root / "dblp" / f"text_{split}.txt").write_text(titles)
        (root / "dblp" / f"label_{split}.txt").write_text(labels)
    return root


def test_titles_of_both_splits_are_dropped_from_test(tmp_path: Path) -> None:
    root = write_dblp(tmp_path, "one title \r\nanother\n", "1\n6\n")
    (root / "dblp" / "text_test.txt").write_text("one  title\nnew one\n")
    test: Titles = load_titles("dblp", root=root)
    assert (test.texts, test.labels.tolist(), test.dropped) == (("new one",), [5], 1)


@pytest.mark.parametrize(
    ("titles", "labels", "message"),
    [("a\nb\n", "1\n", "2 titles and 1 labels"), ("a\n", "7\n", "label '7'"), ("a\n", "x\n", "label 'x'")],
)
def test_damaged_titles_are_refused(tmp_path: Path, titles: str, labels: str, message: str) -> None:
    with pytest.raises(DataNotFoundError, match=message):
        load_titles("dblp", True, write_dblp(tmp_path, titles, labels))


def test_names_that_are_no_titles(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown data set of titles 'digits'; known: dblp, titles"):
        load_titles("digits")
    with pytest.raises(DataNotFoundError, match=r"load_titles\('dblp'\).*openbox.zoo.dblp --help"):
        load_titles("dblp", root=tmp_path)
    with pytest.raises(InputError, match="positive"):
        TitleRecipe("titles", "rnn", learning_rate=0).check(*(load_titles("titles", True),) * 2)
