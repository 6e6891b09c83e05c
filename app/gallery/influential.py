"""The family Training data: the training digits that count most."""

import numpy as np
import streamlit as st
from export.view import SavedPart, SavedPictures, SavedView, SavedWords
from ui import words
from ui.digits import choose_digit, digit, enlarged

from gallery import kept
from gallery.claims import CLAIMS
from gallery.digits import KEY, SIZE, network, show

SMALL = 100  # pixels of a training digit
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
    mine = [(enlarged(x[0]), f"the network says “{label}”")]
    show(st.container(), mine)
    parts: list[SavedPart] = [SavedPictures(mine, SIZE)]
    rows = []
    for title, digits in (("Most helpful", found.helpful), ("Most harmful", found.harmful)):
        said = f"**{title}** for “{label}”, of {len(found.values):,} training digits"
        st.markdown(said)
        shown = []
        for near in digits:
            shown.append((enlarged(near.x[0]), f"a “{near.label}”, {words.signed(near.value, 2)}"))
            row = {"training_digit": near.position, "label": near.label, "influence": near.value}
            rows.append(row | {"group": title})
        show(st.container(horizontal=True, gap="medium"), shown, SMALL)
        parts += [SavedWords(said), SavedPictures(shown, SMALL)]
    groups = {"helpful": found.helpful, "harmful": found.harmful}
    arrays = {name: np.array([near.position for near in digits]) for name, digits in groups.items()}
    return SavedView(
        "gallery", CLAIMS["data"].question, parts,
        {**network(), "family": "training data", "test_digit": index, "label": label, "strongest": rows},
        {"x": x.numpy(), "values": found.values.numpy(), **arrays},
        rows=rows, code=CODE.format(network=kept.NETWORK, index=index, label=label),
    )  # fmt: skip
