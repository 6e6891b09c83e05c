"""One section for each family: an example to choose, its pictures, and its numbers."""

import math
from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor
from ui import figures, words
from ui.words import MINUS

from gallery import kept
from gallery.jobs import digits, picture
from openbox.gallery.attention import attend
from openbox.gallery.monotone import RISING
from openbox.gallery.tweaking import tweak

SIZE = 150  # pixels of a digit on the screen
FEATURES = {"bmi": "body mass index", "bp": "blood pressure"}


def show_maximisation() -> None:
    """A class by ascent, and the exact maximum inside the region of a digit."""
    with st.container(horizontal=True):
        target, index = _choose_class("Class", 3), _choose_digit()
    x = picture(index)
    dreamt, found = kept.dreamt(target), kept.highest(index, target)
    row = st.container(horizontal=True, gap="large")
    for title, image in (
        ("by gradient ascent from the mean digit", dreamt),
        ("the digit", x),
        ("the exact maximum in the digit's region", found.point.float()),
    ):
        _, score = _logit(image, target)
        _picture(row, image, f"{title}: logit of “{target}” {score}")
    st.markdown(
        "In the region of this digit the network is one affine function, so the largest logit of "
        f"“{target}” is the answer of one linear programme: **{words.signed(found.promised, 6)}**. The "
        f"network itself says **{words.signed(found.score, 6)}** there."
    )


def show_data() -> None:
    """The training digits that count most."""
    index = _choose_digit()
    x = picture(index)
    label, _ = kept.answer(x)
    found = kept.influence(index, label)
    train = digits(True)
    _picture(st.container(), x, f"the network says “{label}”")
    for title, positions in (("Most helpful", found.helpful), ("Most harmful", found.harmful)):
        st.markdown(f"**{title}** for “{label}”, of {len(train):,} training digits")
        row = st.container(horizontal=True, gap="medium")
        for position in positions.tolist():
            image = train.batch(slice(position, position + 1))
            value = words.signed(float(found.values[position]), 2)
            _picture(row, image, f"a “{int(train.labels[position])}”, {value}", 100)


def show_change() -> None:
    """The forest's tweak beside the network's counterfactual."""
    with st.container(horizontal=True):
        index = _choose_digit()
        x = picture(index)
        label, _ = kept.answer(x)
        wanted = _choose_class("Wanted instead", 9, [digit for digit in range(10) if digit != label])
    forest, accuracy = kept.forest()
    vote = int(forest.predict(x.flatten(1).numpy())[0])
    tweaked = tweak(forest, x.flatten().numpy(), wanted, kept.EPSILON) if vote != wanted else None
    nearest = kept.otherwise(index, wanted)
    row = st.container(horizontal=True, gap="large")
    _picture(row, x, f"network “{label}”, forest “{vote}”")
    if tweaked is not None:
        image = x.new_tensor(tweaked.point).view(x.shape)
        _picture(row, image, f"forest: “{wanted}” at distance {words.number(tweaked.cost)}")
    distance = float((nearest.point - x.double()).norm())
    _picture(row, nearest.point.float(), f"network: “{wanted}” at distance {words.number(distance)}")
    if vote == wanted:
        said = f"The forest says “{wanted}” already."
    elif tweaked is None:
        said = f"No path of the forest that votes for “{wanted}” turns its decision: it has no answer here."
    else:
        said = (
            f"{tweaked.candidates:,} paths of the forest vote for “{wanted}”; {tweaked.valid:,} of the "
            "digits moved onto them turn its decision, and this is the cheapest."
        )
    st.markdown(
        f"{said} {kept.TREES} trees, {words.percent(accuracy)} of the test digits right. Beside it the "
        "geometry's counterfactual of the network, which walks from region to region."
    )


def show_constraint() -> None:
    """Predictions for patients as one feature is swept."""
    feature = st.radio(
        "Feature", list(RISING), format_func=FEATURES.__getitem__, key="gallery_feature", bind="query-params",
        horizontal=True,
    )  # fmt: skip
    found = kept.comparison()
    feature = feature or RISING[0]
    values, free, held = found.curves[feature]
    shown = np.argsort(np.diff(free).min(1))[:5]  # where the free model falls most
    frames = [
        pd.DataFrame({"value": values, "prediction": curves[patient], "patient": str(patient), "model": name})
        for name, curves in (("free", free), ("constrained", held))
        for patient in shown
    ]
    chart = (
        alt.Chart(pd.concat(frames))
        .mark_line()
        .encode(
            x=alt.X("value", title=f"{FEATURES[feature]} (scaled)", scale=alt.Scale(nice=False)),
            y=alt.Y("prediction", title="predicted progression", scale=alt.Scale(zero=False)),
            color=alt.Color("patient", legend=None), column=alt.Column("model", title=None, sort=["free"]),
        )
        .properties(width=330, height=240)
    )  # fmt: skip
    st.altair_chart(
        chart, alt=f"Predictions for five patients as the {FEATURES[feature]} rises, by both models"
    )
    fell, never = found.violations[feature]
    st.markdown(
        f"Each patient's {FEATURES[feature]} is set to {len(values)} values in turn. The free model falls in "
        f"**{_share(fell)}** of the steps, the constrained one in **{_share(never)}**. What "
        f"it costs: R² on held-out patients {found.r2[0]:.3f} free, {found.r2[1]:.3f} constrained. "
        "(scikit-learn's diabetes patients, 442, three quarters of them to train on.)"
    )


def show_attention() -> None:
    """The weights of a title's words beside the size of their gradient."""
    kept_reader = kept.attention()
    if isinstance(kept_reader, str):
        st.error(words.plain(kept_reader))
        return
    reader, accuracy, tau = kept_reader
    title = st.selectbox("Invented title", kept.invented(), key="gallery_title", bind="query-params")
    found = attend(reader, title or kept.invented()[0])
    share = found.gradient / found.gradient.sum()
    order = [f"{place + 1}. {word}" for place, word in enumerate(found.words)]
    frame = pd.DataFrame(
        {
            "word": order * 2,
            "share": [*found.attention.tolist(), *share.tolist()],
            "of": ["attention"] * len(order) + ["|gradient x input|"] * len(order),
        }
    )
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            y=alt.Y("word", sort=order, title=None), x=alt.X("share", title="share of the title"),
            column=alt.Column("of", title=None),
        )
        .properties(width=260)
    )  # fmt: skip
    st.altair_chart(chart, alt="Each word's share of the attention, and of the gradient's size")
    agreement = "undefined" if math.isnan(found.tau) else words.signed(found.tau, 2)
    st.markdown(
        f"The network says “{found.answer}”. Rank correlation (Kendall's tau) of the two on this title: "
        f"**{agreement}**; on average over {len(kept.invented())} invented titles: "
        f"**{words.signed(tau, 2)}**, where 1 is the same order. The network reads "
        f"{words.percent(accuracy)} of DBLP's test titles right."
    )


SECTIONS = {
    "maximisation": show_maximisation,
    "data": show_data,
    "change": show_change,
    "constraint": show_constraint,
    "attention": show_attention,
}


def _share(part: float) -> str:
    return words.percent(part) if part else "none"


def _choose_digit() -> int:
    most = len(digits(False)) - 1
    return int(
        st.number_input("Test digit", 0, most, 7, key="gallery_digit", bind="query-params", width=SIZE)
    )


def _choose_class(label: str, default: int, options: Sequence[int] = range(10)) -> int:
    start = options.index(default) if default in options else 0
    chosen = st.selectbox(
        label, options, start, key=f"gallery_{label.split()[0].lower()}", bind="query-params", width=SIZE
    )
    return chosen if chosen in options else options[start]


def _logit(x: Tensor, target: int) -> tuple[int, str]:
    logits = kept.logits(x)
    return int(logits.argmax()), f"{float(logits[target]):.2f}".replace("-", MINUS)


def _picture(slot: DeltaGenerator, x: Tensor, caption: str, size: int = SIZE) -> None:
    with slot, st.container(width=size + 20):
        large = figures.enlarge(figures.photograph(x[0]))
        st.image(large, caption, width=size, output_format="PNG", alt=caption)
