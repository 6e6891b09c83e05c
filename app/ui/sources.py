"""What there is to choose from: the checkpoints, their data sets, and reference pictures. No Streamlit."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openbox.errors import CheckpointError
from openbox.zoo.checkpoints import Card, list_checkpoints, read_card
from openbox.zoo.data import DATASETS, FOLDER_PREFIX
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples

TITLES = {"digits": "Digits 8x8", "mnist": "MNIST", "cifar10": "CIFAR-10"}
REFERENCES = 50


@dataclass(frozen=True)
class Catalogue:
    """The readable cards, by data set in the order of the zoo, and the messages of unreadable ones."""

    networks: dict[str, list[Card]]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class References:
    """Pictures (R, C, H, W) that SHAP compares with, a key for the caches, and where they come from."""

    x: Tensor
    key: str
    words: str


def catalogue() -> Catalogue:
    """Read all cards of the checkpoint folder; a damaged one is a message, not a crash."""
    cards: list[Card] = []
    problems: list[str] = []
    for name in list_checkpoints():
        try:
            cards.append(read_card(name))
        except CheckpointError as error:
            problems.append(str(error))
    known = list(DATASETS)
    order = sorted({card.data for card in cards}, key=lambda data: (data not in known, data))
    order.sort(key=lambda data: known.index(data) if data in known else len(known))
    return Catalogue({data: [card for card in cards if card.data == data] for data in order}, tuple(problems))


def title(data: str) -> str:
    """The data set's name for people."""
    return TITLES.get(data, data.replace(FOLDER_PREFIX, "Folder "))


def network_label(card: Card) -> str:
    """The network with its seed and the test accuracy that its card states."""
    return f"{card.network}, seed {card.seed} ({card.test_accuracy:.2%})".replace("%", " %")


def references(data: str, test: Images | None, samples: Samples) -> References:
    """Pictures spread evenly over the test set if it is there, else all embedded samples."""
    if test is not None:
        index = torch.linspace(0, len(test) - 1, min(REFERENCES, len(test))).long()
        return References(test.batch(index), f"{data}/test", f"{len(index)} {title(data)} test images")
    x = samples.batch(slice(REFERENCES))
    return References(x, f"{data}/embedded", f"{len(x)} of {samples.source}")
