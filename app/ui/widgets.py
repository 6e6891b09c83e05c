"""The choices in the sidebar; each widget's key is its name in the link that restores the state."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from language.catalogue import say
from language.mark import mark
from PIL import Image
from torch import Tensor

from openbox.explainers.table import EXPLAINERS
from openbox.zoo.data import FOLDER_PREFIX
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples
from ui import fitting, pad, paste, uploads, words
from ui.config import MAX_MEGABYTES
from ui.sources import AnyNetwork, Catalogue, OwnNetwork, network_label, network_name, title

DEFAULT_METHODS = [name for name in ("openbox", "lime", "shap", "gradcam") if name in EXPLAINERS]
TEST, SAMPLE, UPLOAD, DRAW = mark("test set"), mark("embedded samples"), mark("upload"), mark("draw")
MAIN_DATA = "digits"  # always there, and opened first
PREVIEW = 140  # pixels on the screen for the picture that is explained
RELATIVE = -1  # the option that follows the network's answer, last in the list of names


@dataclass(frozen=True)
class Picked:
    """The chosen picture ``x`` (1, C, H, W), in words, and what was done to it.

    ``index``: its place in the test set, ``label`` its class there, if it is of it.
    """

    x: Tensor
    words: str
    notices: tuple[str, ...] = ()
    original: Image.Image | None = None
    index: int | None = None
    label: int | None = None


def say_unless(key: str, known: Callable[[str], bool], text: str) -> None:
    """On a session's first run: if the link asks for something that is not there, show the text, in which
    ``{asked}`` is what it asks for."""
    asked = st.query_params.get(key)
    if asked is not None and key not in st.session_state and not known(asked):
        st.warning(text.format(asked=words.plain(asked)))


def choose_data(catalogue: Catalogue, default: str) -> str:
    """The data set."""
    names = list(catalogue.networks)
    text = say("The link asks for the data set “{asked}”, which is not here.")
    say_unless("data", [title(name) for name in names].__contains__, text)
    chosen = st.selectbox(
        say("Data set"), names, names.index(default), format_func=title, key="data", bind="query-params"
    )
    return chosen if chosen in names else default


def choose_card(catalogue: Catalogue) -> AnyNetwork:
    """The data set, then the network."""
    names = list(catalogue.networks)
    usual = MAIN_DATA if MAIN_DATA in names else names[0]
    data = choose_data(catalogue, catalogue.default or usual)
    return choose_network(catalogue.networks[data])


def choose_network(cards: list[AnyNetwork]) -> AnyNetwork:
    """The network among those made for the data set."""
    named = {network_name(card): card for card in cards}
    labels = {name: network_label(card) for name, card in named.items()}
    text = say("The link asks for the network “{asked}”, which is not here.")
    say_unless("network", [*labels.values()].__contains__, text)
    name = st.selectbox(
        say("Network"), list(named), key="network", bind="query-params",
        format_func=lambda name: labels.get(str(name), str(name)),
    )  # fmt: skip
    chosen = named.get(name or "", cards[0])
    if isinstance(chosen, OwnNetwork):
        st.caption(words.plain(words.own_network(chosen.factory, chosen.weights)))
    return chosen


def choose_picture(card: AnyNetwork, test: Images | None, samples: Samples) -> Picked | None:
    """A test image, an embedded sample or an upload; None while there is none.

    Raises ``UploadError`` for an upload that is no usable picture.
    """
    options = [TEST] * (test is not None) + [SAMPLE] * (card.data != "digits" or test is None) + [UPLOAD]
    options += [DRAW] * (card.shape[0] == 1)
    mine = card.data.startswith(FOLDER_PREFIX)
    names = {SAMPLE: mark("your pictures")} if mine and test is None else {}
    source = st.radio(
        say("Image"), options, key="image", bind="query-params",
        format_func=lambda option: say(names.get(str(option), str(option))),
    )  # fmt: skip
    if test is None and not mine:
        text = say(
            "The {data} test set is not on this computer. To use it, set OPENBOX_DATA to the "
            "folder that holds it and start the app again; the embedded samples always work."
        )
        st.caption(text.format(data=title(card.data)))
    if source == UPLOAD:
        return _upload(card)
    if source == DRAW:
        return _drawn(card)
    if source == TEST and test is not None:
        name = say("Test image (0 to {last})").format(last=len(test) - 1)
        return _test_image(card, test, name, "index", 0)
    return _sample(card, samples, say("Sample"), "sample", 0)


def choose_other(card: AnyNetwork, test: Images | None, samples: Samples, letter: str, place: int) -> Picked:
    """A further picture, named by a letter: a test image, or a sample where picture A is one.

    ``place``: the test image that it starts with; among the samples they stand far apart.
    """
    if test is not None and st.session_state.get("image") != SAMPLE:
        place = min(place, len(test) - 1)
        name = say("{letter}: test image").format(letter=letter)
        return _test_image(card, test, name, f"index{letter}", place)
    apart = place * (len(samples.names) // 3) % len(samples.names)
    return _sample(card, samples, say("{letter}: sample").format(letter=letter), f"sample{letter}", apart)


def _test_image(card: AnyNetwork, test: Images, name: str, key: str, default: int) -> Picked:
    last = len(test) - 1
    missing = say("The link asks for test image “{asked}”, which is not here.")
    say_unless(key, lambda text: text.isdecimal() and int(text) <= last, missing)
    index = st.number_input(name, 0, last, default, 1, key=key, bind="query-params")
    index = min(max(default if index is None else int(index), 0), last)
    label = int(test.labels[index])
    said = say("{data} test image {index}, labelled “{label}”").format(
        data=title(card.data), index=index, label=test.classes[label]
    )
    return Picked(test.batch(slice(index, index + 1)), said, index=index, label=label)


def _sample(card: AnyNetwork, samples: Samples, label: str, key: str, default: int) -> Picked:
    name = st.selectbox(label, samples.names, default, key=key, bind="query-params")
    index = samples.names.index(name) if name in samples.names else default
    name = samples.names[index]
    stranger = card.shape[0] == 3 and name not in card.classes and not card.data.startswith(FOLDER_PREFIX)
    notice = say("No class of this network fits this picture; it answers all the same.")
    return Picked(
        samples.batch(slice(index, index + 1)),
        say("“{name}”, one of {source}").format(name=name, source=samples.source),
        notices=(notice,) if stranger else (),
    )


def _drawn(card: AnyNetwork) -> Picked | None:
    upload = pad.draw("pad")
    if upload is None:
        return None
    fitted = fitting.fit(upload, card.shape)
    said = say("your drawing, as the network sees it ({height}x{width} pixels)")
    return Picked(fitted.x, said.format(height=card.shape[1], width=card.shape[2]))


def _upload(card: AnyNetwork) -> Picked | None:
    file = st.file_uploader(
        say("PNG, JPEG or WebP"), uploads.EXTENSIONS, key="file", max_upload_size=MAX_MEGABYTES
    )
    pasted = paste.take("paste")
    if file is not None:
        upload = uploads.read(file.getvalue())
    elif pasted is not None:
        upload = uploads.read_url(pasted)
    else:
        return None
    fitted = fitting.fit(upload, card.shape)
    said = say("your picture, as the network sees it ({height}x{width} pixels)").format(
        height=card.shape[1], width=card.shape[2]
    )
    preview = upload.picture.copy()
    preview.thumbnail((2 * PREVIEW, 2 * PREVIEW))
    return Picked(fitted.x, said, fitted.notices, preview)
