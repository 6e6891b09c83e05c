"""Architectures are words and words are architectures; each is built as it says."""

import pytest
import torch
from torch import nn

from openbox.errors import InputError
from openbox.zoo import build
from openbox.zoo.family.architecture import Architecture

WORDS = (
    "conv",
    "conv(width=4,depth=3,pooling=average)",
    "conv(pooling=strided,norm=false)",
    "conv(dropout=0.3,raw=true)",
    "dense(width=16,depth=3)",
    "dense(width=16,norm=false,raw=true)",
    "linear",
)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 9, 12)])
def test_a_word_is_built_as_it_says(word: str, shape: tuple[int, int, int]) -> None:
    architecture = Architecture.read(word)
    assert architecture is not None
    assert architecture.word == word
    model = build(word, shape, 7)
    assert model(torch.zeros(2, *shape)).shape == (2, 7)
    kinds = [type(module) for module in model.modules()]
    assert kinds.count(nn.ReLU) == (0 if architecture.kind == "linear" else architecture.depth)
    pooled = architecture.kind == "conv" and architecture.pooling
    assert (nn.MaxPool2d in kinds, nn.AvgPool2d in kinds) == (pooled == "max", pooled == "average")
    normed = nn.BatchNorm2d in kinds or nn.BatchNorm1d in kinds
    assert normed == (architecture.norm and architecture.kind != "linear")
    assert (nn.Dropout in kinds) == bool(architecture.dropout)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("conv(pooling=median)", "pooling 'median'; pass one of max, average, strided"),
        ("conv(width=0)", "width is 0; pass a whole number"),
        ("conv(width=1.5)", "width is 1.5; pass a whole number"),
        ("conv(wide=3)", "no setting 'wide'; known: kind, width"),
        ("conv(norm=maybe)", "norm is 'maybe'; pass true or false"),
        ("dense(dropout=1)", "dropout is 1; pass a share"),
        ("conv(depth=5)", "5 stages halve 28x28 pixels to none"),
    ],
)
def test_a_mistake_is_one_line(word: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        build(word, (1, 28, 28), 10)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_words_are_names_of_the_table() -> None:
    assert Architecture.read("resnet20") is None
    assert build("mlp", (1, 8, 8), 10)(torch.zeros(1, 1, 8, 8)).shape == (1, 10)
