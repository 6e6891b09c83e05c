"""The inside of the network: the feature maps of a layer, channel by channel."""

import numpy as np
import streamlit as st
from language.catalogue import count, say
from torch import Tensor
from ui import asking, figures
from ui.loading import Asked, about
from work import layers
from work.layers import FeatureMaps

WIDTH = 12  # channels in a row
SIDE = 56


@st.fragment
def show(subject: Asked) -> None:
    """A layer to choose, and its channels as small pictures."""
    folded = st.expander(say("Inside the network"), key="inside", bind="query-params")
    if not folded.open:
        return
    with folded:
        found: list[FeatureMaps] = asking.answer(
            about(layers.feature_maps, subject.card, (subject.x,), subject.picture, keep=8)
        )
        if not found:
            st.caption(say("No layer of this network has an output with rows and columns."))
            return
        names = [one.name for one in found]
        chosen = st.select_slider(
            say("Layer, from the picture to the answer"), names, key="layer", bind="query-params"
        )
        layer = found[names.index(chosen)]
        shown, (height, width) = len(layer.maps), layer.maps.shape[1:]
        said = (
            say(
                "{channels} of {height} x {width} numbers; each from its smallest (dark) to its largest "
                "(bright). What is off is dark."
            )
            if shown == layer.channels
            else say(
                "{channels} of {height} x {width} numbers, the first {shown} are shown; each from its "
                "smallest (dark) to its largest (bright). What is off is dark."
            )
        )
        channels = count("{number} channel", "{number} channels", layer.channels)
        st.caption(said.format(channels=channels, height=height, width=width, shown=shown))
        with st.container(key="channels"):
            for number, plane in enumerate(layer.maps):
                with st.container(gap=None, key=f"channel-{number}"):
                    alt = say("channel {number} of {layer}").format(number=number, layer=layer.name)
                    st.image(picture(plane), width="stretch", output_format="PNG", alt=alt)
                    st.caption(str(number))


def picture(plane: Tensor) -> np.ndarray:
    """One channel (H, W) in grey, from its smallest number to its largest."""
    low, high = float(plane.min()), float(plane.max())
    scaled = (plane - low) / ((high - low) or 1.0)
    return figures.enlarge(figures.photograph(scaled[None]), 2 * SIDE)
