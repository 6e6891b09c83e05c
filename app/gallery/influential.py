"""The family Training data: the training digits that count most."""

import numpy as np
import streamlit as st
from export.view import SavedPart, SavedPictures, SavedView, SavedWords
from language.catalogue import figure, say
from language.mark import mark
from ui import words
from ui.digits import choose_digit, digit, enlarged

from gallery import kept
from gallery.claims import CLAIMS
from gallery.digits import KEY, SIZE, network, show

SMALL = 100  # pixels of a training digit
MOST = {
    "Most helpful": mark("**Most helpful** for “{name}”, of {number} training digits"),
    "Most harmful": mark("**Most harmful** for “{name}”, of {number} training digits"),
}
CODE = """
import numpy as np
from torch import nn

from openbox.gallery.influence import influence
from openbox.zoo import load, load_checkpoint

model = load_checkpoint({network!r}).model
last = [part for part in model.modules() if isinstance(part, nn.Linear)][-1]
x = load("digits").batch(slice({index}, {index} + 1))
found = influence(model, last, load("digits", train=True), x, {label})
names = ("values", "helpful", "harmful")
made = {{"x": x.numpy(), **{{name: getattr(found, name).numpy() for name in names}}}}
"""


def show_data() -> SavedView:
    """A digit, and the training digits that helped and harmed its decision most."""
    index = choose_digit(KEY, SIZE)
    x = digit(index)
    label = int(kept.answer(x).argmax())
    found = kept.influence(index, label)
    mine = [(enlarged(x[0]), say("the network says “{name}”").format(name=label))]
    show(st.container(), mine)
    parts: list[SavedPart] = [SavedPictures(mine, SIZE)]
    rows = []
    for title, digits in zip(MOST, (found.helpful, found.harmful), strict=True):
        said = say(MOST[title]).format(name=label, number=figure(f"{len(found.values):,}"))
        st.markdown(said)
        shown = []
        for near in digits:
            pull = say("a “{name}”, {pull}").format(name=near.label, pull=words.signed(near.value, 2))
            shown.append((enlarged(near.x[0]), pull))
            row = {"training_digit": near.position, "label": near.label, "influence": near.value}
            rows.append(row | {"group": title})
        show(st.container(horizontal=True, gap="medium"), shown, SMALL)
        parts += [SavedWords(said), SavedPictures(shown, SMALL)]
    groups = {"helpful": found.helpful, "harmful": found.harmful}
    arrays = {name: np.array([near.position for near in digits]) for name, digits in groups.items()}
    return SavedView(
        "gallery", say(CLAIMS["data"].question), parts,
        {**network(), "family": "training data", "test_digit": index, "label": label, "strongest": rows},
        {"x": x.numpy(), "values": found.values.numpy(), **arrays},
        rows=rows, code=CODE.format(network=kept.NETWORK, index=index, label=label),
    )  # fmt: skip
