"""What was written behind ``streamlit run app --``: the user's own model, or that the lesson is shown.

Nothing of it comes from a browser.

    streamlit run app -- --model package.module:factory --weights w.safetensors --data mnist
    streamlit run app -- --demo
    streamlit run app -- --model package.module:factory --data folder --classes classes.txt --shape 3,64,64

A wrong option is an ``OptionsError`` for the page, not the end of the server.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from language.catalogue import say

from openbox.zoo.data import DATASETS, FOLDER_PREFIX
from openbox.zoo.networks import Shape
from ui import demo

USAGE = (
    "streamlit run app -- --model package.module:factory --weights FILE --data NAME "
    "--classes FILE --shape C,H,W"
)


class OptionsError(Exception):
    """Options that cannot be understood; the message says which and how to write them."""


@dataclass(frozen=True)
class OwnModel:
    """Where the user's model comes from, its weight file if any, and the data set it was made for.

    ``classes``: the file with their names, a line each; ``shape`` (C, H, W) that it reads, for a folder.
    """

    model: str
    weights: str | None
    data: str
    classes: str | None = None
    shape: Shape | None = None


class _OptionParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        text = say("The app was started with options that do not fit: {problem}.")
        raise OptionsError(text.format(problem=message))


def read(arguments: Sequence[str]) -> OwnModel | None:
    """The user's own model, or None if none was named; raises ``OptionsError``."""
    parser = _OptionParser(add_help=False, allow_abbrev=False)
    parser.add_argument(demo.OPTION, action="store_true")
    for option in ("--model", "--weights", "--data", "--classes"):
        parser.add_argument(option)
    parser.add_argument("--shape", type=_shape)
    found = parser.parse_args(list(arguments))
    if found.model is None:
        given = [name for name in ("weights", "data", "classes", "shape") if getattr(found, name) is not None]
        if given:
            parser.error(say("--{option} needs --model").format(option=given[0]))
        return None
    if found.data is None:
        parser.error(say("--model needs --data: which pictures does it read?"))
    data = found.data
    if data not in DATASETS and not data.startswith(FOLDER_PREFIX) and Path(data).is_dir():
        data = FOLDER_PREFIX + data
    if found.shape is not None and not data.startswith(FOLDER_PREFIX):
        text = say("--shape is for the pictures of a folder; those of {data} have their own")
        parser.error(text.format(data=data))
    return OwnModel(found.model, found.weights, data, found.classes, found.shape)


def _shape(text: str) -> Shape:
    try:
        channels, height, width = (int(part) for part in text.split(","))
    except ValueError:
        problem = say("{given}, expected C,H,W such as 3,64,64").format(given=repr(text))
        raise argparse.ArgumentTypeError(problem) from None
    if channels not in (1, 3) or min(height, width) < 1:
        problem = say("{given}, expected 1 or 3 channels, and sizes of 1 or more").format(given=repr(text))
        raise argparse.ArgumentTypeError(problem)
    return channels, height, width
