"""``Study``: what is measured on what; frozen, and its hash names the run."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openbox.explainers.table import EXPLAINERS
from openbox.text.table import TEXT_EXPLAINERS
from openbox.zoo.data import TEXT_DATASETS

from ...scores.table import SCORES


@dataclass(frozen=True)
class Networks:
    """One network of the zoo with its training seeds, and how many test images it is asked about."""

    dataset: str
    model: str
    model_seeds: tuple[int, ...]
    images: int


@dataclass(frozen=True)
class MethodConfig:
    """One explainer of the table with its own settings (None if it has none)."""

    name: str
    settings: object


@dataclass(frozen=True)
class Measure:
    """One score of the table with its own settings, on the first ``images`` (0: on all)."""

    name: str
    images: int
    settings: object


@dataclass(frozen=True)
class Study:
    """Data sets x models x seeds x methods x scores.

    ``seed`` decides which images are drawn and every random number of a score; ``target`` is
    "predicted" or "label"; ``references`` is the number of images given to the methods, none of which is
    explained; a shard has ``shard_images``; ``batch`` images go through a network at once.
    """

    name: str
    seed: int
    target: str
    references: int
    shard_images: int
    batch: int
    explainer_seeds: tuple[int, ...]
    networks: tuple[Networks, ...]
    methods: tuple[MethodConfig, ...]
    scores: tuple[Measure, ...]

    @property
    def of(self) -> str:
        """What the networks read: "images" or "titles"."""
        return "titles" if self.networks[0].dataset in TEXT_DATASETS else "images"

    def revision(self, method: MethodConfig) -> int:
        """That of the method in its table."""
        return (TEXT_EXPLAINERS if self.of == "titles" else EXPLAINERS)[method.name].revision

    @property
    def config_sha(self) -> str:
        """Changes with anything that changes a number of the study, and with nothing else.

        Neither the name nor the order of networks, methods, scores and seeds does.
        """
        parts = dataclasses.asdict(self) | {
            "explainer_seeds": sorted(self.explainer_seeds),
            "networks": sorted([n.dataset, n.model, n.images, sorted(n.model_seeds)] for n in self.networks),
            "methods": {m.name: [plain(m.settings), self.revision(m)] for m in self.methods},
            "scores": {m.name: [m.images, plain(m.settings), SCORES[m.name].revision] for m in self.scores},
        }
        del parts["name"]
        return digest(parts)

    @property
    def run_id(self) -> str:
        """The study's name and hash."""
        return f"{self.name}-{self.config_sha[:8]}"


def digest(value: Mapping[str, Any]) -> str:
    """A 128-bit hash of plain data, whatever the order of its keys."""
    text = json.dumps(value, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def plain(settings: object) -> dict[str, Any]:
    """A settings object as plain data; nothing of None."""
    return dataclasses.asdict(settings) if dataclasses.is_dataclass(settings) else {}  # pyright: ignore[reportArgumentType]
