"""The user's own model as one more network of its data set: loaded once, checked, and first in the list."""

import dataclasses
import sys
from pathlib import Path

import streamlit as st
from language.catalogue import LANGUAGES, current, say
from work import pictures
from work.job import Job
from work.opening import OpenedOwn, open_own

from openbox.errors import DataNotFoundError, InputError, OpenBoxError, named
from openbox.zoo.data import FOLDER_PREFIX, data_root
from openbox.zoo.data.folder import SHAPE
from openbox.zoo.networks import Shape
from openbox.zoo.own.files import check_file
from ui import asking, loading, options, sources, words


def catalogue() -> sources.Catalogue:
    """The checkpoints, with the user's model first if the command line names one, or why it is not there."""
    known = sources.catalogue()
    try:
        mine = options.read(sys.argv[1:])
    except options.OptionsError as error:
        text = say("{problem} Usage: `{usage}`")
        problem = text.format(problem=words.plain(str(error)), usage=options.USAGE)
        return dataclasses.replace(known, error=problem)
    if mine is None:
        return known
    changed = _changed(mine.weights), _changed(mine.classes)
    with st.spinner(say("Opening your model …")):
        found = _opened(mine, changed, str(data_root()), current(), known)
    if isinstance(found, str):
        text = say("Your model is not shown. {problem}\nAfter a change start the app again.")
        return dataclasses.replace(known, error=words.plain(text.format(problem=found)))
    cards = known.networks.get(found.data, [])
    networks = {found.data: [found, *cards]} | {k: v for k, v in known.networks.items() if k != found.data}
    order = sources.order(networks)
    return sources.Catalogue({k: networks[k] for k in order}, known.problems, default=found.data)


def _changed(file: str | None) -> int | None:
    """When a file was written last, if there is one: a retrained model is another one."""
    path = Path(file or "")
    return path.stat().st_mtime_ns if path.is_file() else None


@st.cache_resource(max_entries=2 * len(LANGUAGES), show_spinner=False)
def _opened(
    mine: options.OwnModel, changed: tuple[int | None, int | None], root: str, language: str,
    _known: sources.Catalogue,
) -> sources.OwnNetwork | str:  # fmt: skip
    """The network, or the message why there is none: that is kept too, in each ``language``, as a capture
    takes seconds."""
    del language
    try:
        shape, classes = _made_for(mine, _known)
        args = (mine.model, mine.weights, changed[0], sources.title(mine.data), shape, len(classes))
        found: OpenedOwn = asking.answer(Job(open_own, args, (args, root)))
    except OpenBoxError as error:
        return str(error)
    return sources.OwnNetwork(
        mine.model, mine.weights, mine.data, shape, classes, found.sha256, found.state, found.refused
    )


def _made_for(mine: options.OwnModel, known: sources.Catalogue) -> tuple[Shape, tuple[str, ...]]:
    """The shape and the classes of the data set: as the options say, else its test set, else a card."""
    own = None if mine.classes is None else _read_classes(mine.classes)
    shape = mine.shape or SHAPE
    try:
        images = loading.read_test_images(mine.data, shape)
    except DataNotFoundError:
        cards = known.networks.get(mine.data, [])
        if cards:
            if own is not None:
                _check_classes(own, cards[0].classes, mine)
            return mine.shape or cards[0].shape, own or cards[0].classes
        if pictures.unlabelled_in(mine.data, shape) is None:
            raise
        if own is None:
            text = say("the pictures of {data} have no labels; name the classes: --classes FILE")
            raise InputError(text.format(data=sources.title(mine.data))) from None
        return shape, own
    if own is not None:
        _check_classes(own, images.classes, mine)
    return images.shape, own or images.classes


def _check_classes(own: tuple[str, ...], theirs: tuple[str, ...], mine: options.OwnModel) -> None:
    """The user's classes hold those of a folder by name; for another data set they are other names."""
    title = sources.title(mine.data)
    if not mine.data.startswith(FOLDER_PREFIX):
        if len(own) != len(theirs):
            text = say("{file} names {number} classes, {data} has {classes}")
            raise InputError(text.format(file=mine.classes, number=len(own), data=title, classes=len(theirs)))
    elif missing := [name for name in theirs if name not in own]:
        text = say("{file} does not name the classes {names} of {data}")
        raise InputError(text.format(file=mine.classes, names=", ".join(missing), data=title))


def _read_classes(file: str) -> tuple[str, ...]:
    """The names in a file, a line each. Raises ``InputError``."""
    with named(f"--classes {file}"):
        check_file(Path(file), InputError)
        try:
            lines = Path(file).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(say("cannot be read as text ({error})").format(error=error)) from error
        names = tuple(line.strip() for line in lines if line.strip())
        if len(names) < 2 or len({*names}) < len(names):
            text = say("holds {number} names, {different} of them different; one a line")
            raise InputError(text.format(number=len(names), different=len({*names})))
        return names
