"""The user's own model as one more network of its data set: loaded once, checked, and first in the list."""

import dataclasses
import sys
from pathlib import Path

import streamlit as st
from work.job import Job
from work.opening import OpenedOwn, open_own

from openbox.errors import DataNotFoundError, OpenBoxError
from openbox.zoo.data import data_root
from openbox.zoo.networks import Shape
from ui import asking, loading, options, sources, words


def catalogue() -> sources.Catalogue:
    """The checkpoints, with the user's model first if the command line names one, or why it is not there."""
    known = sources.catalogue()
    try:
        named = options.read(sys.argv[1:])
    except options.OptionsError as error:
        return dataclasses.replace(known, error=f"{words.plain(str(error))} Usage: `{options.USAGE}`")
    if named is None:
        return known
    found = _opened(named, _changed(named.weights), str(data_root()), known)
    if isinstance(found, str):
        return dataclasses.replace(known, error=words.plain(found))
    cards = known.networks.get(found.data, [])
    networks = {found.data: [found, *cards]} | {k: v for k, v in known.networks.items() if k != found.data}
    order = sources.order(networks)
    return sources.Catalogue({k: networks[k] for k in order}, known.problems, default=found.data)


def _changed(weights: str | None) -> int | None:
    """When the weight file was written last, if there is one: a retrained model is another one."""
    path = Path(weights or "")
    return path.stat().st_mtime_ns if path.is_file() else None


@st.cache_resource(max_entries=2, show_spinner="Opening your model …")
def _opened(
    named: options.OwnModel, changed: int | None, root: str, _known: sources.Catalogue
) -> sources.OwnNetwork | str:
    """The network, or the message why there is none: that is kept too, as a capture takes seconds."""
    try:
        shape, classes = _made_for(named.data, _known)
        args = (named.model, named.weights, changed, sources.title(named.data), shape, len(classes))
        found: OpenedOwn = asking.answer(Job(open_own, args, (args, root)))
    except OpenBoxError as error:
        return f"Your model is not shown. {error}\nAfter a change start the app again."
    return sources.OwnNetwork(
        named.model, named.weights, named.data, shape, classes, found.sha256, found.state
    )


def _made_for(data: str, known: sources.Catalogue) -> tuple[Shape, tuple[str, ...]]:
    """The shape and the classes of the data set: as its test set says, else as a checkpoint's card says."""
    try:
        images = loading.read_test_images(data)
        return images.shape, images.classes
    except DataNotFoundError:
        cards = known.networks.get(data, [])
        if not cards:
            raise
        return cards[0].shape, cards[0].classes
