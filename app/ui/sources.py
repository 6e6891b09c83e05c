"""What there is to choose from: the checkpoints, their data sets, and reference pictures. No Streamlit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from language.catalogue import figure, say
from language.mark import mark
from work.explaining import References

from openbox.errors import CheckpointError
from openbox.zoo.checkpoints import Card, list_checkpoints, read_card
from openbox.zoo.data import DATASETS, FOLDER_PREFIX
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples
from openbox.zoo.networks import Shape

TITLES = {"digits": "Digits 8x8", "mnist": "MNIST", "cifar10": "CIFAR-10"}
REFERENCES = 50
OWN, CARD = mark("your model ({factory})"), mark("{network}, seed {seed} ({accuracy})")


@dataclass(frozen=True)
class OwnNetwork:
    """The user's own model: what the app asks of a card. ``state``: a file with what its factory drew,
    ``refused`` why it cannot be opened, or nothing."""

    factory: str
    weights: str | None
    data: str
    shape: Shape
    classes: tuple[str, ...]
    sha256: str
    state: str | None
    refused: str = ""


AnyNetwork = Card | OwnNetwork


@dataclass(frozen=True)
class Catalogue:
    """The networks by data set in the order of the zoo, and the messages of unreadable cards.

    ``default`` is the data set of the user's own model, ``error`` why that model is not there, in Markdown.
    """

    networks: dict[str, list[AnyNetwork]]
    problems: tuple[str, ...]
    default: str | None = None
    error: str | None = None


def catalogue() -> Catalogue:
    """Read all cards of the checkpoint folder; a damaged one is a message, not a crash."""
    cards: list[Card] = []
    problems: list[str] = []
    for name in list_checkpoints():
        try:
            cards.append(read_card(name))
        except CheckpointError as error:
            problems.append(str(error))
    names = order(card.data for card in cards)
    return Catalogue({data: [card for card in cards if card.data == data] for data in names}, tuple(problems))


def order(names: Iterable[str]) -> list[str]:
    """The data sets in the order of the zoo, then the others by name; each once."""
    known = list(DATASETS)
    return sorted(set(names), key=lambda data: (known.index(data) if data in known else len(known), data))


def title(data: str) -> str:
    """The data set's name for people."""
    return TITLES.get(data, data.replace(FOLDER_PREFIX, "Folder "))


def refusal(network: AnyNetwork) -> str:
    """Why a network cannot be opened; empty if it can."""
    return network.refused if isinstance(network, OwnNetwork) else ""


def network_label(network: AnyNetwork) -> str:
    """The network with its seed and the test accuracy that its card states; of the user's own, its name."""
    return _label(network, say, figure)


def network_name(network: AnyNetwork) -> str:
    """Its label in English, as a widget holds it in any language."""
    return _label(network, mark, mark)


def _label(network: AnyNetwork, told: Callable[[str], str], written: Callable[[str], str]) -> str:
    if isinstance(network, OwnNetwork):
        return told(OWN).format(factory=network.factory)
    accuracy = written(f"{network.test_accuracy:.2%}").replace("%", " %")
    return told(CARD).format(network=network.network, seed=network.seed, accuracy=accuracy)


def references(data: str, test: Images | None, samples: Samples) -> References:
    """Pictures spread evenly over the test set if it is there, else all embedded samples."""
    if test is not None:
        index = torch.linspace(0, len(test) - 1, min(REFERENCES, len(test))).long()
        said = say("{number} {data} test images").format(number=len(index), data=title(data))
        return References(test.batch(index), f"{data}/test", said)
    x = samples.batch(slice(REFERENCES))
    said = say("{number} of {source}").format(number=len(x), source=samples.source)
    return References(x, f"{data}/embedded", said)
