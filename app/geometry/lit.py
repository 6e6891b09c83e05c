"""The unit that switches where the cell begins, in the picture of its channel."""

import numpy as np
import streamlit as st
import torch
from language.catalogue import say
from torch import Tensor
from ui import figures, words

from geometry import computing
from geometry.views import Scene

SIDE = 92  # pixels on the screen
FRAME = (179, 84, 30)


def show(scene: Scene, before: Tensor, after: Tensor) -> None:
    """Its channel on both sides, at inputs (1, C, H, W); nothing where it has no rows and columns."""
    for unit in computing.changed(scene.card, before, after):
        planes = computing.channels(scene.card, unit, torch.cat((before, after)))
        if planes is None or not all(
            p < size for p, size in zip(unit.position, planes.shape[1:], strict=True)
        ):
            continue
        name = computing.facts(scene.card).layer_names[unit.layer]
        row, column = unit.position
        with st.container(width=2 * SIDE + 24, gap="xsmall"):
            st.markdown(
                say("**Channel {channel} of {layer}**").format(channel=unit.channel, layer=words.plain(name))
            )
            with st.container(horizontal=True, gap="xsmall"):
                for side, plane in zip((say("before"), say("now")), planes, strict=True):
                    alt = say(
                        "channel {channel} of {layer}, {side}, with row {row}, column {column} framed"
                    ).format(channel=unit.channel, layer=name, side=side, row=row, column=column)
                    picture = framed(plane, planes.amin(), planes.amax(), row, column)
                    st.image(picture, side, width=SIDE, output_format="PNG", alt=alt)
            said = say("Framed: the unit at row {row}, column {column}, which switches here.")
            st.caption(said.format(row=row, column=column))
        return


def framed(plane: Tensor, low: Tensor, high: Tensor, row: int, column: int) -> np.ndarray:
    """A channel (H, W) in grey from ``low`` to ``high``, one of its units in a frame."""
    scaled = (plane - low) / (high - low).clamp(min=1e-30)
    picture = figures.enlarge(figures.photograph(scaled[None]), 2 * SIDE)
    side = picture.shape[1] // plane.shape[1]
    line = max(2, side // 6)
    cell = picture[row * side : (row + 1) * side, column * side : (column + 1) * side]
    inner = cell[line:-line, line:-line].copy()
    cell[:] = FRAME
    cell[line:-line, line:-line] = inner
    return picture
