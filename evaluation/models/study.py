"""``ModelsStudy``: which networks are trained on what, and how much is measured of each."""

from dataclasses import dataclass

from openbox.zoo.training.recipe import Recipe


@dataclass(frozen=True)
class Sampling:
    """How many test images or titles each measure takes, 0 for none of it.

    ``regions``: whose regions are counted; ``maps``: whose decision features are read; ``segments``: pairs of
    one class; ``borders``: whose distance to a border is found; ``balls``: whose region's largest ball is;
    ``agreement``: on which explainers are compared; ``flips``: whose best and worst order of ``patch`` x
    ``patch`` pixels is searched with a beam of ``beam``; ``density``: around which training is watched.
    ``most_halfspaces``: a region of more has no ball computed;
    ``pieces``: training images whose pieces are merged, for the networks that ``merged`` names.
    """

    regions: int = 10_000
    maps: int = 500
    segments: int = 30
    borders: int = 30
    balls: int = 10
    agreement: int = 30
    flips: int = 20
    patch: int = 4
    beam: int = 3
    density: int = 10
    most_halfspaces: int = 1_500
    pieces: int = 1_500


@dataclass(frozen=True)
class ModelEntry:
    """One network of a study: what it is called, and how it is built and trained with each seed."""

    name: str
    recipe: Recipe


@dataclass(frozen=True)
class ModelsStudy:
    """``models`` on one data set, with each of ``seeds``; ``sampling`` is for all of them.

    ``merged``: those whose pieces are merged, with the first seed.
    """

    name: str
    data: str
    seeds: tuple[int, ...]
    models: tuple[ModelEntry, ...]
    sampling: Sampling
    merged: tuple[str, ...] = ()
