"""Two networks on one picture, or one network on two pictures: map beside map, and their difference."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from language.catalogue import say
from language.mark import mark
from ui import asking, charts, figures, loading, prices, tiles, words
from ui.loading import Asked, Setup
from ui.sources import AnyNetwork, network_name

from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS

PINNED = mark("pinned picture")
SIDE = 170


@st.fragment
def show(
    subject: Asked, cards: Sequence[AnyNetwork], target: Contrast | int, methods: Sequence[str], setup: Setup
) -> None:
    """The choice of the other side, then a row for each method."""
    folded = st.expander(say("Compare with another network or picture"), key="compare", bind="query-params")
    if not folded.open:
        return
    with folded:
        others = {
            f"network {network_name(card)}": card
            for card in cards
            if card.sha256 != subject.card.sha256 and _alike(card, subject.card)
        }
        names = {
            option: say("network {name}").format(name=network_name(card)) for option, card in others.items()
        } | {PINNED: say(PINNED)}
        pinned: Asked | None = st.session_state.get(PINNED)
        fits = pinned is not None and pinned.x.shape == subject.x.shape and pinned.picture != subject.picture
        with st.container(horizontal=True, vertical_alignment="bottom"):
            options = [*others, PINNED] if fits else [*others]
            chosen = (
                st.selectbox(
                    say("Compare with"),
                    options,
                    format_func=lambda option: names.get(str(option), str(option)),
                    key="other_side",
                    bind="query-params",
                )
                if options
                else None
            )
            st.button(say("Pin this picture"), key="pin", on_click=_pin, args=(subject,))
        if chosen is None:
            st.caption(
                say("There is no other network of this data set. Pin this picture, then choose another one.")
            )
            return
        if chosen == PINNED:
            assert pinned is not None
            other = Asked(subject.card, subject.references, pinned.x)
        else:
            other = Asked(others[chosen], subject.references, subject.x)
        (answer, share), (other_answer, other_share) = _says(subject), _says(other)
        st.markdown(
            say("Here: “{answer}”, {share}. There, {where}: “{other_answer}”, {other_share}.").format(
                answer=answer, share=share, where=words.plain(names[chosen]),
                other_answer=other_answer, other_share=other_share,
            )
        )  # fmt: skip
        for name in methods:
            if name != prices.WHOLE_WAY:
                _row(name, subject, other, target, setup)
        if prices.WHOLE_WAY in methods:
            st.caption(say("Integrated gradients take too long for a second picture, and are left out here."))


def _alike(one: AnyNetwork, other: AnyNetwork) -> bool:
    """Both read the same picture, and mean the same by their outputs."""
    return (one.shape, one.classes) == (other.shape, other.classes)


def _pin(subject: Asked) -> None:
    st.session_state[PINNED] = subject


def _says(subject: Asked) -> tuple[str, str]:
    """The answer, and how sure the network is of it."""
    best = charts.answers(loading.answer(subject).logits, subject.card.classes, 1)[0]
    return words.plain(best.name), words.percent(best.probability)


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
            (say("here"), drawn[0], tiles.scale(entry, limit, unit=False)),
            (say("there"), drawn[1], tiles.scale(entry, limit, unit=False)),
            (say("here less there"), figures.diverging(difference, end or 1.0), _scale(end)),
        ):
            with st.container(width=SIDE, gap="xsmall"):
                large = figures.enlarge(picture, SIDE)
                st.image(large, width=SIDE, output_format="PNG", alt=f"{entry.title}, {title}")
                st.html(f'<div style="font-size:0.8rem">{scale}{title}</div>')
        with st.container(width="stretch"):
            scales = say("One scale for both, in {unit}.").format(unit=say(entry.unit))
            st.caption(f"{likeness(*planes)} {scales}")


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
        return say("One of them is zero everywhere.")
    cosine = float((one * other).sum()) / sizes
    return say("Their cosine is {cosine}.").format(cosine=words.number(cosine, 2))
