"""The nearest picture that the network decides otherwise, beside the original, and their difference."""

from functools import partial

import numpy as np
import streamlit as st
from language.catalogue import say
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor
from ui import figures, tiles, words
from ui.asking import show_standing
from ui.sources import AnyNetwork

from geometry import computing, sentences
from geometry.choices import NORMS
from openbox.explainers.table import EXPLAINERS
from openbox.geometry.counterfactuals.counterfactual import Counterfactual

TILE = 190  # pixels on the screen
UNIT = "openbox_weights"  # whose colours the difference has


def find(card: AnyNetwork, x: Tensor, norm: str, slot: DeltaGenerator) -> Counterfactual:
    """The counterfactual of x (1, C, H, W); raises ``CounterfactualNotFoundError``.

    ``slot`` says how near it is while it comes nearer, and is empty afterwards.
    """
    found = computing.counterfactual(card, x, NORMS[norm], partial(show_standing, slot))
    slot.empty()
    return found


def show_counterfactual(card: AnyNetwork, x: Tensor, norm: str) -> None:
    """Picture A, the counterfactual, and what was changed; on request if it is not there yet."""
    st.subheader(say("The nearest change of the decision"), anchor=False)
    st.caption(
        say(
            "Which small change of picture A makes the network decide otherwise? Pixels stay in [0, 1]. "
            "The search takes seconds, in linf up to a minute."
        )
    )
    slot = st.empty()
    kept = computing.counterfactual_is_kept(card, x, NORMS[norm])
    if not kept and not slot.button(say("Find the nearest change"), key="counterfactual"):
        return
    found = find(card, x, norm, slot)
    before, after = card.classes[found.original], card.classes[found.target]
    change = (found.point - x.double())[0]
    plane = figures.plane(change, "logits")
    limit = figures.limit(plane)
    with st.container(horizontal=True, gap="medium"):
        _tile(figures.photograph(x[0]), say("A: “{name}”").format(name=before))
        _tile(figures.photograph(found.point[0]), say("Counterfactual: “{name}”").format(name=after))
        with st.container(width=TILE, gap="xsmall"):
            _tile(figures.diverging(plane, limit), say("Difference"))
            scale = tiles.scale(EXPLAINERS[UNIT], limit, unit=False)
            st.html(f'<div style="width:{TILE}px;font-size:0.85rem">{scale}</div>')
        with st.container(width="stretch"):
            lead = float(found.logits[0, found.target] - found.logits[0, found.original])
            st.markdown(
                sentences.counterfactual_words(
                    before, after, found.distance, norm, lead, len(found.region_ids)
                )
            )
            st.caption(sentences.certified_words(found.certified))


def _tile(picture: np.ndarray, title: str) -> None:
    with st.container(width=TILE, gap="xsmall"):
        st.markdown(f"**{words.plain(title)}**")
        st.image(figures.enlarge(picture), width=TILE, output_format="PNG", alt=title)
