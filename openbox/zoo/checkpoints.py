"""Checkpoints: trained weights as safetensors, each with a card that says where they came from."""

import dataclasses
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from openbox.errors import CheckpointError, UnknownNameError, named
from openbox.files import write_by_rename
from openbox.zoo.data import TEXT_DATASETS
from openbox.zoo.networks import Shape, build
from openbox.zoo.readers import READERS, build_reader
from openbox.zoo.title_reader import TitleReader

REPOSITORY = Path(__file__).parents[2] / "checkpoints"
_VOCABULARY = "vocabulary"  # of a reader of titles, in the metadata of its weights
PACKAGED = Path(__file__).with_name("packaged")  # in the wheel alone: setup.py puts some of them there


@dataclass(frozen=True)
class Card:
    """What is known of one checkpoint; stored as JSON beside the weights.

    ``shape`` is (C, H, W) of one image, for a reader of titles (1, 0, E): any number of words in E features.
    ``test_accuracy`` is a share of ``test_images`` (or titles) measured in float32, ``baselines`` that of
    simpler models on the same, ``sha256`` that of the weight file.
    """

    name: str
    data: str
    network: str
    seed: int
    shape: Shape
    classes: tuple[str, ...]
    test_accuracy: float
    test_images: int
    epochs: int
    command: str
    precision: str
    device: str
    versions: dict[str, str]
    sha256: str = ""
    baselines: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Checkpoint:
    """A trained network in eval mode with frozen parameters, and its card."""

    card: Card
    model: nn.Module


def checkpoint_folder() -> Path:
    """``OPENBOX_CHECKPOINTS``, else ``checkpoints/`` of the repository this package lies in.

    Installed from a wheel, it lies in none: then the folder of those that come with it.
    """
    given = os.environ.get("OPENBOX_CHECKPOINTS")
    return Path(given) if given else PACKAGED if PACKAGED.is_dir() else REPOSITORY


def training_folder() -> Path:
    """Where training writes: the same, but never into an installed package, then ``checkpoints/`` here."""
    found = checkpoint_folder()
    return Path("checkpoints") if found == PACKAGED else found


def list_checkpoints(folder: str | Path | None = None, titles: bool = False) -> list[str]:
    """The names of all checkpoints for images that have a card, sorted; of those for ``titles`` instead."""
    return [name for name in _cards(Path(folder or checkpoint_folder())) if _reads_titles(name) == titles]


def _cards(folder: Path) -> list[str]:
    return sorted(card.stem for card in folder.glob("*.json"))


def _reads_titles(name: str) -> bool:
    return name.partition("-")[0] in TEXT_DATASETS


def read_card(name: str, folder: str | Path | None = None) -> Card:
    """The card of a checkpoint; raises ``UnknownNameError`` or ``CheckpointError``."""
    folder = Path(folder or checkpoint_folder())
    if name not in _cards(folder):
        with named("zoo.read_card"):
            raise UnknownNameError("checkpoint", name, _cards(folder), _advice(name, folder))
    path = folder / f"{name}.json"
    try:
        fields = json.loads(path.read_text())
        fields["shape"], fields["classes"] = tuple(fields["shape"]), tuple(fields["classes"])
        return Card(**fields)
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(f"read_card({name!r}): {path} is not a card ({error!r})") from error


def load_checkpoint(name: str, folder: str | Path | None = None) -> Checkpoint:
    """Build the network, check the weights against the card's sha256, and load them.

    Raises ``CheckpointError`` if the file is missing, was changed, or does not fit the network.
    """
    with named(f"load_checkpoint({name!r})"):
        return _load(name, Path(folder or checkpoint_folder()))


def _load(name: str, folder: Path) -> Checkpoint:
    card = read_card(name, folder)
    path = folder / f"{name}.safetensors"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"cannot read {path} ({error}); restore it or train again") from error
    found = hashlib.sha256(data).hexdigest()
    if found != card.sha256:
        raise CheckpointError(
            f"{path} has sha256 {found[:12]}.., its card says {card.sha256[:12]}..; "
            f"restore the file, or train again: {card.command}"
        )
    try:
        model = _built(card, data)
        model.load_state_dict(load_tensors(data))
    except (RuntimeError, SafetensorError) as error:
        raise CheckpointError(f"the weights do not fit {card.network!r} ({error})") from error
    return Checkpoint(card, model.eval().requires_grad_(False))


def save_checkpoint(model: nn.Module, card: Card, folder: Path | None = None) -> Card:
    """Write weights and card, each renamed into place; returns the card with its sha256."""
    folder = Path(folder or training_folder())
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {_VOCABULARY: "\n".join(model.entries)} if isinstance(model, TitleReader) else None
    tensors = {key: value.cpu().contiguous() for key, value in model.state_dict().items()}
    data = save_tensors(tensors, vocabulary)
    card = dataclasses.replace(card, sha256=hashlib.sha256(data).hexdigest())
    fields = dataclasses.asdict(card)
    if not card.baselines:
        del fields["baselines"]
    text = json.dumps(fields, indent=2) + "\n"
    for path, content in (
        (folder / f"{card.name}.safetensors", data),
        (folder / f"{card.name}.json", text.encode()),
    ):
        write_by_rename(path, lambda partial, content=content: partial.write_bytes(content))
    return card


def _built(card: Card, data: bytes) -> nn.Module:
    """The network of a card, with fresh weights."""
    if card.network not in READERS:
        return build(card.network, card.shape, len(card.classes))
    try:
        vocabulary = _vocabulary(data)
    except (ValueError, KeyError) as error:
        raise CheckpointError(f"the weight file of {card.name} holds no vocabulary ({error!r})") from error
    return build_reader(card.network, vocabulary, len(card.classes))


def _vocabulary(data: bytes) -> list[str]:
    """The words that a reader of titles was trained with: in the header of its weights (safetensors)."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])["__metadata__"][_VOCABULARY].split("\n")


def _advice(name: str, folder: Path) -> str:
    """Where a checkpoint comes from that is not in the folder."""
    parts = re.fullmatch(r"(\w+)-(\w+)-seed(\d+)", name)
    options = f"--data {parts[1]} --network {parts[2]} --seed {parts[3]}" if parts else "--help"
    return (
        f"these are in {folder}; train another (python -m openbox.zoo.train {options}), or let "
        "OPENBOX_CHECKPOINTS name a folder that holds it, such as checkpoints/ of OpenBox's repository"
    )
