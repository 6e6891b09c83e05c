"""The reader that attends: its weights, its gradient, its file, and the shipped one."""

from pathlib import Path

import pytest
import torch
from requirements import require_data
from torch.testing import assert_close

from openbox.errors import CheckpointError
from openbox.gallery.attention import AttentionReader, attend, load_reader, mean_tau, save_reader
from openbox.gallery.attention_training import reader_accuracy, train_reader
from openbox.gallery.shipped import attention_file
from openbox.zoo import load_titles

TITLE = "index structures for spatial queries"


def fresh() -> AttentionReader:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return AttentionReader(["index", "for", "queries", "spatial"], ["a", "b", "c"]).eval()


def test_weights_and_gradient_are_those_of_softmax_by_hand() -> None:
    reader = fresh()
    found = attend(reader, TITLE)
    assert found.words == tuple(TITLE.split())
    x = reader.embedding(reader.read(found.words)).detach().double().requires_grad_()
    inner = reader.attention
    weight, bias = (part.detach().double() for part in (inner.in_proj_weight, inner.in_proj_bias))
    q, k, v = (
        source.double() @ w.T + b
        for source, w, b in zip((reader.question[0], x, x), weight.chunk(3), bias.chunk(3), strict=True)
    )
    shares = (q @ k.T / 32**0.5).softmax(1)
    out = inner.out_proj
    read = (shares @ v) @ out.weight.double().T + out.bias.double()
    logits = read @ reader.head.weight.double().T + reader.head.bias.double()
    assert found.answer == "abc"[int(logits.argmax())]
    assert_close(found.attention.double(), shares[0].detach(), rtol=1e-5, atol=1e-6)
    (slope,) = torch.autograd.grad(logits.max(), x)
    assert_close(found.gradient.double(), (slope * x).sum(1).abs().detach(), rtol=1e-4, atol=1e-6)


def test_it_comes_back_from_its_file_and_a_damaged_one_says_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "reader.safetensors"
    save_reader(fresh(), path, 0.5)
    reader, accuracy = load_reader(path)
    assert accuracy == 0.5
    assert torch.equal(attend(reader, TITLE).attention, attend(fresh(), TITLE).attention)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(CheckpointError, match=r"cannot be read .* python -m openbox\.gallery"):
        load_reader(path)


def test_the_shipped_one_disagrees_with_its_gradient() -> None:
    reader, accuracy = load_reader(attention_file())
    assert 0.7 < accuracy < 0.8
    tau = mean_tau(reader, load_titles("titles").texts)
    assert 0 < tau < 0.9, "related, and not the same"


def test_training_lowers_the_loss() -> None:
    said: list[str] = []
    train_reader(load_titles("titles", train=True), said.append, least=1)
    losses = [float(line.split()[-1]) for line in said]
    assert len(losses) == 6
    assert losses[-1] < losses[0]


@pytest.mark.long
def test_the_accuracy_of_the_shipped_one_is_reproduced() -> None:
    require_data("dblp")
    reader, accuracy = load_reader(attention_file())
    assert reader_accuracy(reader, load_titles("dblp")) == pytest.approx(accuracy, abs=1e-4)
