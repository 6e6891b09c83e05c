"""What was written behind ``streamlit run app --``: the user's own model. Nothing of it comes from a browser.

    streamlit run app -- --model package.module:factory --weights file.safetensors --data mnist

A wrong option is an ``OptionsError`` for the page, not the end of the server.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

USAGE = "streamlit run app -- --model package.module:factory --weights FILE --data NAME"


class OptionsError(Exception):
    """Options that cannot be understood; the message says which and how to write them."""


@dataclass(frozen=True)
class OwnModel:
    """Where the user's model comes from, its weight file if any, and the data set it was made for."""

    model: str
    weights: str | None
    data: str


class _OptionParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise OptionsError(f"The app was started with options that do not fit: {message}.")


def read(arguments: Sequence[str]) -> OwnModel | None:
    """The user's own model, or None if none was named; raises ``OptionsError``."""
    parser = _OptionParser(add_help=False, allow_abbrev=False)
    for option in ("--model", "--weights", "--data"):
        parser.add_argument(option)
    found = parser.parse_args(list(arguments))
    if found.model is None:
        given = [name for name in ("weights", "data") if getattr(found, name) is not None]
        if given:
            parser.error(f"--{given[0]} needs --model")
        return None
    if found.data is None:
        parser.error("--model needs --data: which pictures does it read?")
    return OwnModel(found.model, found.weights, found.data)
