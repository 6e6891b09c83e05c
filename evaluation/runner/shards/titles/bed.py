"""``TitleBed``: a trained reader with the test titles that methods are tried on."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from openbox.errors import InputError
from openbox.text.open_reader import OpenReader
from openbox.zoo.checkpoints import Card, load_checkpoint
from openbox.zoo.data import load_titles
from openbox.zoo.title_reader import TitleReader

from ....titles.case import Pool
from ...plan.study import Study
from ..testbed import checkpoint_name


@dataclass(frozen=True)
class TitleBed:
    """``order``: the test titles in the order in which a study takes them."""

    card: Card
    reader: OpenReader
    pool: Pool
    order: Tensor


def load_title_bed(
    study: Study, dataset: str, model: str, seed: int, device: str, root: str | None
) -> TitleBed:
    """The network and its titles, from memory if they were asked for before.

    Raises ``CheckpointError``, ``UnknownNameError``, ``DataNotFoundError`` or ``InputError``.
    """
    return _bed(checkpoint_name(dataset, model, seed), study.seed, device, root)


@cache
def _bed(name: str, seed: int, device: str, root: str | None) -> TitleBed:
    checkpoint = load_checkpoint(name)
    if not isinstance(checkpoint.model, TitleReader):
        raise InputError(f"study: {name} reads no titles")
    titles = load_titles(checkpoint.card.data, root=root)
    order = torch.from_numpy(np.random.default_rng(seed).permutation(len(titles)))
    pool = Pool(tuple(tuple(text.split(" ")) for text in titles.texts), titles.labels)
    return TitleBed(checkpoint.card, OpenReader(checkpoint.model.to(device)), pool, order)
