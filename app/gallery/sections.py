"""One section for each family: an example to choose, its pictures, and its numbers."""

import math
from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor
from ui import figures, words
from ui.words import MINUS

from gallery import kept
from gallery.others import TREES

SIZE = 150  # pixels of a digit on the screen
FEATURES = {"bmi": "body mass index", "bp": "blood pressure"}


def show_maximisation() -> None:
    """A class by ascent, and the exact maximum inside the region of a digit."""
    with st.container(horizontal=True):
        target, index = _choose_class("Class", 3), _choose_digit()
    x = kept.picture(index)
    dreamt, found = kept.dreamt(target), kept.highest(index, target)
    row = st.container(horizontal=True, gap="large")
    images = {
        "by gradient ascent from the mean digit": dreamt,
        "the digit": x,
        "the exact maximum in the digit's region": found.point.float(),
    }
    scores = [kept.answer(image, f"answer-{place}")[target] for place, image in enumerate(images.values())]
    for (title, image), score in zip(images.items(), scores, strict=True):
        said = f"{float(score):.2f}".replace("-", MINUS)
        _picture(row, image, f"{title}: logit of “{target}” {said}")
    st.markdown(
        "In the region of this digit the network is one affine function, so the largest logit of "
        f"“{target}” is the answer of one linear programme: **{words.signed(found.promised, 6)}**. The "
        f"network itself says **{words.signed(found.score, 6)}** there."
    )


def show_data() -> None:
    """The training digits that count most."""
    index = _choose_digit()
    x = kept.picture(index)
    label = int(kept.answer(x).argmax())
    found = kept.influence(index, label)
    _picture(st.container(), x, f"the network says “{label}”")
    for title, digits in (("Most helpful", found.helpful), ("Most harmful", found.harmful)):
        st.markdown(f"**{title}** for “{label}”, of {found.of:,} training digits")
        row = st.container(horizontal=True, gap="medium")
        for digit in digits:
            _picture(row, digit.x, f"a “{digit.label}”, {words.signed(digit.value, 2)}", 100)


def show_change() -> None:
    """The forest's tweak beside the network's counterfactual."""
    with st.container(horizontal=True):
        index = _choose_digit()
        x = kept.picture(index)
        label = int(kept.answer(x).argmax())
        wanted = _choose_class("Wanted instead", 9, [digit for digit in range(10) if digit != label])
    forest, nearest = kept.forest_change(index, wanted), kept.otherwise(index, wanted)
    row = st.container(horizontal=True, gap="large")
    _picture(row, x, f"network “{label}”, forest “{forest.vote}”")
    if forest.point is not None:
        _picture(row, forest.point, f"forest: “{wanted}” at distance {words.number(forest.cost)}")
    distance = float((nearest.point - x.double()).norm())
    _picture(row, nearest.point.float(), f"network: “{wanted}” at distance {words.number(distance)}")
    if forest.vote == wanted:
        said = f"The forest says “{wanted}” already."
    elif forest.point is None:
        said = f"No path of the forest that votes for “{wanted}” turns its decision: it has no answer here."
    else:
        said = (
            f"{forest.candidates:,} paths of the forest vote for “{wanted}”; {forest.valid:,} of the "
            "digits moved onto them turn its decision, and this is the cheapest."
        )
    st.markdown(
        f"{said} {TREES} trees, {words.percent(forest.accuracy)} of the test digits right. Beside it the "
        "geometry's counterfactual of the network, which walks from region to region."
    )


def show_constraint() -> None:
    """Predictions for patients as one feature is swept."""
    feature = st.radio(
        "Feature", list(FEATURES), format_func=FEATURES.__getitem__, key="gallery_feature",
        bind="query-params", horizontal=True,
    )  # fmt: skip
    feature = feature or next(iter(FEATURES))
    found = kept.sweep(feature)
    frames = [
        pd.DataFrame({"value": found.values, "prediction": curve, "patient": str(patient), "model": name})
        for name, curves in (("free", found.free), ("constrained", found.held))
        for patient, curve in enumerate(curves)
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
    fell, never = found.fell
    st.markdown(
        f"Each patient's {FEATURES[feature]} is set to {len(found.values)} values in turn. The free model "
        f"falls in **{_share(fell)}** of the steps, the constrained one in **{_share(never)}**. What "
        f"it costs: R² on held-out patients {found.r2[0]:.3f} free, {found.r2[1]:.3f} constrained. "
        "(scikit-learn's diabetes patients, 442, three quarters of them to train on.)"
    )


def show_attention() -> None:
    """The weights of a title's words beside the size of their gradient."""
    titles = kept.invented()
    title = st.selectbox("Invented title", titles, key="gallery_title", bind="query-params")
    found = kept.attended(title or titles[0])
    order = [f"{place + 1}. {word}" for place, word in enumerate(found.words)]
    frame = pd.DataFrame(
        {
            "word": order * 2,
            "share": [*found.attention, *found.gradient],
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
        f"**{agreement}**; on average over {len(titles)} invented titles: "
        f"**{words.signed(found.mean_tau, 2)}**, where 1 is the same order. The network reads "
        f"{words.percent(found.accuracy)} of DBLP's test titles right."
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
    most = len(kept.digits()) - 1
    return int(
        st.number_input("Test digit", 0, most, 7, key="gallery_digit", bind="query-params", width=SIZE)
    )


def _choose_class(label: str, default: int, options: Sequence[int] = range(10)) -> int:
    start = options.index(default) if default in options else 0
    chosen = st.selectbox(
        label, options, start, key=f"gallery_{label.split()[0].lower()}", bind="query-params", width=SIZE
    )
    return chosen if chosen in options else options[start]


def _picture(slot: DeltaGenerator, x: Tensor, caption: str, size: int = SIZE) -> None:
    with slot, st.container(width=size + 20):
        large = figures.enlarge(figures.photograph(x[0]))
        st.image(large, caption, width=size, output_format="PNG", alt=caption)
