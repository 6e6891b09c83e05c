"""Two networks on one picture, or one network on two pictures: map beside map, and their difference."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from ui import asking, charts, figures, loading, prices, tiles, words
from ui.loading import Asked, Setup
from ui.sources import AnyNetwork, network_label

from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS

PINNED = "pinned picture"
SIDE = 170


@st.fragment
def show(
    subject: Asked, cards: Sequence[AnyNetwork], target: Contrast | int, methods: Sequence[str], setup: Setup
) -> None:
    """The choice of the other side, then a row for each method."""
    folded = st.expander("Compare with another network or picture", key="compare", bind="query-params")
    if not folded.open:
        return
    with folded:
        others = {
            f"network {network_label(card)}": card
            for card in cards
            if card.sha256 != subject.card.sha256 and _alike(card, subject.card)
        }
        pinned: Asked | None = st.session_state.get(PINNED)
        fits = pinned is not None and pinned.x.shape == subject.x.shape and pinned.picture != subject.picture
        with st.container(horizontal=True, vertical_alignment="bottom"):
            options = [*others, PINNED] if fits else [*others]
            chosen = (
                st.selectbox("Compare with", options, key="other_side", bind="query-params")
                if options
                else None
            )
            st.button("Pin this picture", key="pin", on_click=_pin, args=(subject,))
        if chosen is None:
            st.caption(
                "There is no other network of this data set. Pin this picture, then choose another one."
            )
            return
        if chosen == PINNED:
            assert pinned is not None
            other = Asked(subject.card, subject.references, pinned.x)
        else:
            other = Asked(others[chosen], subject.references, subject.x)
        st.markdown(f"Here: {_says(subject)} There, {words.plain(chosen)}: {_says(other)}")
        for name in methods:
            if name != prices.WHOLE_WAY:
                _row(name, subject, other, target, setup)
        if prices.WHOLE_WAY in methods:
            st.caption("Integrated gradients take too long for a second picture, and are left out here.")


def _alike(one: AnyNetwork, other: AnyNetwork) -> bool:
    """Both read the same picture, and mean the same by their outputs."""
    return (one.shape, one.classes) == (other.shape, other.classes)


def _pin(subject: Asked) -> None:
    st.session_state[PINNED] = subject


def _says(subject: Asked) -> str:
    best = charts.answers(loading.answer(subject).logits, subject.card.classes, 1)[0]
    return f"“{words.plain(best.name)}”, {words.percent(best.probability)}."


def _row(name: str, here: Asked, there: Asked, target: Contrast | int, setup: Setup) -> None:
    entry = EXPLAINERS[name]
    jobs = [loading.explanation(name, side, target, setup) for side in (here, there)]
    for job in jobs:
        asking.ask(job)
    try:
        found: list[Explanation] = [asking.answer(job) for job in jobs]
    except Exception as error:  # a method may fail in any way on one of the two
        st.error(f"{entry.title}: {error}")
        return
    planes = [figures.plane(one.values[0], one.unit) for one in found]
    limit = max(figures.limit(plane) for plane in planes)
    colour = figures.diverging if entry.signed else figures.sequential
    drawn = [colour(plane, limit) for plane in planes]
    difference = planes[0] - planes[1]
    end = figures.limit(difference)
    st.markdown(f"**{entry.title}**")
    with st.container(horizontal=True, gap="small"):
        for title, picture, scale in (
            ("here", drawn[0], tiles.scale(entry, limit, unit=False)),
            ("there", drawn[1], tiles.scale(entry, limit, unit=False)),
            ("here less there", figures.diverging(difference, end or 1.0), _scale(end)),
        ):
            with st.container(width=SIDE, gap="xsmall"):
                large = figures.enlarge(picture, SIDE)
                st.image(large, width=SIDE, output_format="PNG", alt=f"{entry.title}, {title}")
                st.html(f'<div style="font-size:0.8rem">{scale}{title}</div>')
        with st.container(width="stretch"):
            st.caption(f"{likeness(*planes)} One scale for both, in {entry.unit}.")


def _scale(end: float) -> str:
    return (
        f'<div style="height:9px;border-radius:2px;background:{figures.gradient(True)}"></div>'
        '<div style="display:flex;justify-content:space-between">'
        f"<span>{words.MINUS}{words.short(end)}</span><span>+{words.short(end)}</span></div>"
    )


def likeness(one: np.ndarray, other: np.ndarray) -> str:
    """The cosine of two maps, in words."""
    sizes = float(np.linalg.norm(one) * np.linalg.norm(other))
    if not sizes:
        return "One of them is zero everywhere."
    return f"Their cosine is {words.number(float((one * other).sum()) / sizes, 2)}."
