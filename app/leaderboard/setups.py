"""A method as the study set it up: its settings, and the references it was given."""

import dataclasses
import json
from types import NoneType

import numpy as np
import torch
from language.catalogue import say
from ui.sources import References

from leaderboard.results import Draw
from openbox.errors import InputError
from openbox.explainers.create import settings_type
from openbox.zoo.data.images import Images


def settings(method: str, params: str) -> object:
    """The settings of a method from the JSON of its row, None for one without; raises ``InputError``."""
    kind = settings_type(method)
    if kind is NoneType:
        return None
    try:
        given = json.loads(params or "{}")
        known = {field.name for field in dataclasses.fields(kind)}
        if unknown := given.keys() - known:
            raise ValueError(say("unknown: {names}").format(names=", ".join(sorted(unknown))))
        return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()})
    except (ValueError, TypeError, AttributeError) as error:
        wrong = say("The settings {settings} of {method} do not fit this version ({error}).")
        raise InputError(wrong.format(settings=params, method=method, error=error)) from error


def references(data: str, test: Images, draw: Draw) -> References:
    """The images that the study kept for its methods: the last of its own shuffle of the test set."""
    order = np.random.default_rng(draw.seed).permutation(len(test))
    index = torch.from_numpy(order[len(order) - draw.references :])
    key = f"{data}/study {draw.seed}, last {draw.references}"
    return References(test.batch(index), key, f"{len(index)} test images")
