"""The family From change: the forest's tweak beside the network's counterfactual."""

import numpy as np
import streamlit as st
from export.view import SavedPictures, SavedView, SavedWords
from language.catalogue import figure, say
from language.mark import mark
from ui import words
from ui.digits import choose_digit, digit, enlarged

from gallery import kept
from gallery.claims import CLAIMS
from gallery.digits import KEY, SIZE, choose_class, network, show
from gallery.others import DEPTH, EPSILON, TREES, ForestChange

CODE = """
import numpy as np
from sklearn.ensemble import RandomForestClassifier

import openbox
from openbox.gallery.tweaking import tweak
from openbox.zoo import load, load_checkpoint

train = load("digits", train=True)
rows = train.batch(slice(0, len(train))).flatten(1).numpy()
x = load("digits").batch(slice({index}, {index} + 1))
net = openbox.capture(load_checkpoint({network!r}).model, x)
made = {{"x": x.numpy(), "network": net.counterfactual(x.double(), {wanted}).point.numpy()}}
forest = RandomForestClassifier({trees}, max_depth={depth}, random_state=0).fit(rows, train.labels.numpy())
if forest.predict(x.flatten(1).numpy())[0] != {wanted}:
    tweaked = tweak(forest, x.flatten().numpy(), {wanted}, {epsilon})
    if tweaked is not None:
        made["forest"] = tweaked.point.astype(np.float32).reshape(x.shape)
"""


def show_change() -> SavedView:
    """A digit, another class, and what makes the forest and the network say so."""
    with st.container(horizontal=True):
        index = choose_digit(KEY, SIZE)
        x = digit(index)
        label = int(kept.answer(x).argmax())
        wanted = choose_class(mark("Wanted instead"), 9, [digit for digit in range(10) if digit != label])
    forest, nearest = kept.forest_change(index, wanted), kept.otherwise(index, wanted)
    both = say("network “{network}”, forest “{forest}”").format(network=label, forest=forest.vote)
    shown = [(enlarged(x[0]), both)]
    if forest.point is not None:
        far = say("forest: “{name}” at distance {distance}")
        shown.append((enlarged(forest.point[0]), far.format(name=wanted, distance=words.number(forest.cost))))
    distance = float((nearest.point - x.double()).norm())
    far = say("network: “{name}” at distance {distance}")
    shown.append(
        (enlarged(nearest.point.float()[0]), far.format(name=wanted, distance=words.number(distance)))
    )
    show(st.container(horizontal=True, gap="large"), shown)
    models = say(
        "{trees} trees, {accuracy} of the test digits "
        "right. Beside it the geometry's counterfactual of the network, which walks from region to region."
    ).format(trees=TREES, accuracy=words.percent(forest.accuracy))
    said = f"{_forest(forest, wanted)} {models}"
    st.markdown(said)
    arrays: dict[str, np.ndarray] = {"x": x.numpy(), "network": nearest.point.numpy()}
    return SavedView(
        "gallery", say(CLAIMS["change"].question), [SavedPictures(shown, SIZE), SavedWords(said)],
        {
            **network(), "family": "from change", "test_digit": index, "label": label, "wanted": wanted,
            "distance_network": distance, "distance_forest": None if forest.point is None else forest.cost,
            "forest": {"trees": TREES, "depth": DEPTH, "epsilon": EPSILON, "seed": 0,
                       "vote": forest.vote, "test_accuracy": forest.accuracy},
        },
        arrays if forest.point is None else arrays | {"forest": forest.point.numpy()},
        code=CODE.format(
            network=kept.NETWORK, index=index, wanted=wanted, trees=TREES, depth=DEPTH,
            epsilon=EPSILON,
        ),
    )  # fmt: skip


def _forest(found: ForestChange, wanted: int) -> str:
    if found.vote == wanted:
        return say("The forest says “{name}” already.").format(name=wanted)
    if found.point is None:
        none = say("No path of the forest that votes for “{name}” turns its decision: it has no answer here.")
        return none.format(name=wanted)
    return say(
        "{paths} paths of the forest vote for “{name}”; {valid} of the "
        "digits moved onto them turn its decision, and this is the cheapest."
    ).format(paths=figure(f"{found.candidates:,}"), name=wanted, valid=figure(f"{found.valid:,}"))
