"""The family Maximisation: a class by ascent, and the exact maximum inside the region of a digit."""

import streamlit as st
from export.view import SavedPictures, SavedView, SavedWords
from language.catalogue import figure, say
from language.mark import mark
from torch import Tensor
from ui import words
from ui.digits import choose_digit, digit, enlarged
from ui.words import MINUS

from gallery import kept
from gallery.claims import CLAIMS
from gallery.digits import KEY, SIZE, choose_class, network, show

CODE = """
import numpy as np

import openbox
from openbox.gallery.maximisation import maximise, maximise_in_region
from openbox.zoo import load, load_checkpoint

model = load_checkpoint({network!r}).model
x = load("digits").batch(slice({index}, {index} + 1))
mean = load("digits", train=True).batch(slice(None)).mean(0, keepdim=True)
highest = maximise_in_region(openbox.capture(model, x), x, {target})
made = {{"x": x.numpy(), "ascent": maximise(model, mean, {target}).numpy(), "highest": highest.point.numpy()}}
"""
CAPTIONS = {
    "ascent": mark("by gradient ascent from the mean digit: logit of “{name}” {logit}"),
    "digit": mark("the digit: logit of “{name}” {logit}"),
    "maximum": mark("the exact maximum in the digit's region: logit of “{name}” {logit}"),
}


def show_maximisation() -> SavedView:
    """A class, a digit, three pictures, two numbers."""
    with st.container(horizontal=True):
        target, index = choose_class(mark("Class"), 3), choose_digit(KEY, SIZE)
    x = digit(index)
    dreamt, found = kept.dreamt(target), kept.highest(index, target)
    shown = [
        (enlarged(image[0]), say(CAPTIONS[name]).format(name=target, logit=_logit(image, target, name)))
        for name, image in (("ascent", dreamt), ("digit", x), ("maximum", found.point.float()))
    ]
    show(st.container(horizontal=True, gap="large"), shown)
    said = say(
        "In the region of this digit the network is one affine function, so the largest logit of "
        "“{name}” is the answer of one linear programme: **{promised}**. The "
        "network itself says **{score}** there."
    ).format(name=target, promised=words.signed(found.promised, 6), score=words.signed(found.score, 6))
    st.markdown(said)
    known = network()
    return SavedView(
        "gallery", say(CLAIMS["maximisation"].question), [SavedPictures(shown, SIZE), SavedWords(said)],
        {
            **known, "family": "maximisation", "test_digit": index, "class": target, "seed": 0,
            "promised": found.promised, "score": found.score,
        },
        {"x": x.numpy(), "ascent": dreamt.numpy(), "highest": found.point.numpy()},
        code=CODE.format(network=kept.NETWORK, index=index, target=target),
    )  # fmt: skip


def _logit(x: Tensor, target: int, name: str) -> str:
    return figure(f"{float(kept.answer(x, f'answer-{name}')[target]):.2f}".replace("-", MINUS))
