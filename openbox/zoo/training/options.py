"""The options of ``python -m openbox.zoo.train``, and the recipe that they say."""

import argparse
from pathlib import Path

import torch

from openbox.zoo.checkpoints import training_folder
from openbox.zoo.data import DATASETS, FOLDER_PREFIX, TEXT_DATASETS
from openbox.zoo.networks import NETWORKS
from openbox.zoo.readers import READERS
from openbox.zoo.training.recipe import Recipe, TitleRecipe

_SETTINGS = ("epochs", "batch_size", "learning_rate", "weight_decay", "precision")


def read_options(summary: str | None, arguments: list[str] | None) -> tuple[argparse.Namespace, Recipe]:
    """The options, and what they say of the training itself."""
    options = _parser(summary).parse_args(arguments)
    given = {key: value for key in _SETTINGS if (value := getattr(options, key)) is not None}
    kind = TitleRecipe if options.data in TEXT_DATASETS else Recipe
    return options, kind(options.data, options.network, options.seed, **given)


def _parser(summary: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m openbox.zoo.train", description=summary)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    known = ", ".join([*DATASETS, FOLDER_PREFIX + "PATH"])
    parser.add_argument("--data", required=True, help=f"{known}; titles: {', '.join(TEXT_DATASETS)}")
    networks = f"{', '.join(NETWORKS)}; for titles: {', '.join(READERS)}"
    parser.add_argument("--network", required=True, help=networks)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, help="default: that of the data set")
    parser.add_argument("--batch-size", type=int, help=_defaults("batch_size"))
    parser.add_argument("--learning-rate", type=float, help=_defaults("learning_rate"))
    parser.add_argument("--weight-decay", type=float, help=_defaults("weight_decay"))
    parser.add_argument("--precision", choices=["bfloat16", "float32"], help=_defaults("precision"))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--data-root", help="default: OPENBOX_DATA, else data/")
    parser.add_argument("--download", action="store_true", help="let torchvision fetch missing data")
    parser.add_argument("--out", type=Path, default=training_folder(), help="default: checkpoints/")
    parser.add_argument("--overwrite", action="store_true", help="replace the checkpoint that is there")
    parser.add_argument(
        "--validate", action="store_true",
        help="titles: train on nine tenths of the training set, test on the other tenth, and write nothing",
    )  # fmt: skip
    return parser


def _defaults(key: str) -> str:
    return f"default: {getattr(Recipe, key)}; titles: {getattr(TitleRecipe, key)}"
