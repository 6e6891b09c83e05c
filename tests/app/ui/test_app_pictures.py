"""The embedded pictures: the right shapes, named once, and never fetched from the network."""

import socket

import pytest
import torch
from ui import sources

from openbox.errors import InputError
from openbox.zoo.data.pictures import centred_digit, embedded


@pytest.fixture
def offline(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the embedded pictures asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 28, 28), (1, 8, 8), (3, 48, 40)])
def test_samples_fit_the_network(offline, shape):
    samples = embedded(shape)
    assert samples.pixels.shape == (len(samples.names), *shape)
    assert samples.pixels.dtype == torch.uint8
    assert len(set(samples.names)) == len(samples.names) >= 8
    assert samples.pixels.flatten(1).float().std(1).min() > 1
    x = samples.batch(slice(3))
    assert x.dtype == torch.float32
    assert 0 <= x.min() <= x.max() <= 1


def test_digits_are_laid_out_as_mnist():
    pixels = embedded((1, 28, 28)).pixels[:, 0].float()
    inked = pixels > 25
    height = inked.any(2).sum(1)
    assert height.min() >= 16
    assert height.max() <= 20
    assert pixels[:, 0].sum() == pixels[:, -1].sum() == 0


def test_other_channels_are_refused():
    with pytest.raises(InputError, match="1 or 3 channels"):
        embedded((2, 8, 8))


def test_an_empty_sheet_is_refused():
    with pytest.raises(InputError, match="no digit"):
        centred_digit(torch.zeros(20, 20).numpy(), 28, 20)


def test_without_a_test_set_the_references_are_the_samples():
    samples = embedded((3, 32, 32))
    references = sources.references("cifar10", None, samples)
    assert len(references.x) == len(samples.names)
    assert "scikit-image" in references.words
    assert references.key != "cifar10/test"


def test_the_catalogue_lists_the_shipped_checkpoints():
    catalogue = sources.catalogue()
    assert catalogue.problems == ()
    assert {"digits", "mnist", "cifar10"} <= catalogue.networks.keys()
    labels = [sources.network_label(card) for card in catalogue.networks["mnist"]]
    assert len(set(labels)) == len(labels)


def test_a_damaged_card_is_a_message(tmp_path, monkeypatch):
    (tmp_path / "broken.json").write_text("{")
    monkeypatch.setenv("OPENBOX_CHECKPOINTS", str(tmp_path))
    catalogue = sources.catalogue()
    assert catalogue.networks == {}
    assert "broken" in catalogue.problems[0]
