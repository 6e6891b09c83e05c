"""Shift the picture by the arrow keys, and see which maps move with it."""

from collections.abc import Mapping

import streamlit as st
import torch
from language.catalogue import say
from language.mark import mark
from torch import Tensor
from ui import asking, figures, linked, loading, prices, words
from ui.loading import Asked, Setup

from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS

SHIFT = "shift"  # the name in the link: rows, columns
MOST = 8  # pixels in one direction
_KEYS = {
    mark("left"): ("Left", 0, -1),
    mark("up"): ("Up", -1, 0),
    mark("down"): ("Down", 1, 0),
    mark("right"): ("Right", 0, 1),
}
Steps = tuple[int, int]


def choose() -> None:
    """A button for each direction, and one for where it was."""
    now = current()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(say("Shift the picture:"), width="content")
        for label, (key, down, right) in _KEYS.items():
            st.button(
                say(label), key=f"shift_{label}", shortcut=key, on_click=_move, args=(down, right),
                type="tertiary",
            )  # fmt: skip
        if now != (0, 0):
            back = -now[0], -now[1]
            st.button(say("back"), key="shift_back", on_click=_move, args=back, type="tertiary")
            said = say("{rows} rows, {columns} columns").format(rows=f"{now[0]:+d}", columns=f"{now[1]:+d}")
            st.caption(said, width="content")


def current() -> Steps:
    """The shift that the link says; none, if it says nonsense."""
    down, comma, right = linked.read(SHIFT).partition(",")
    try:
        steps = int(down), int(right)
    except ValueError:
        return 0, 0
    return steps if comma and max(map(abs, steps)) <= MOST else (0, 0)


def _move(down: int, right: int) -> None:
    now = current()
    then = [max(-MOST, min(MOST, here + step)) for here, step in zip(now, (down, right), strict=True)]
    linked.write(SHIFT, f"{then[0]},{then[1]}" if any(then) else "")


def shifted(x: Tensor, steps: Steps) -> Tensor:
    """x (..., H, W) moved down and to the right; what comes in is black."""
    moved = torch.zeros_like(x)
    (down, right), (height, width) = steps, x.shape[-2:]
    rows, columns = slice(max(0, down), height + min(0, down)), slice(max(0, right), width + min(0, right))
    source = (slice(max(0, -down), height - max(0, down)), slice(max(0, -right), width - max(0, right)))
    moved[..., rows, columns] = x[..., source[0], source[1]]
    return moved


@st.fragment
def show(
    before: Asked, steps: Steps, target: Contrast | int, setup: Setup, ready: Mapping[str, Explanation]
) -> None:
    """How much each map moved with the picture ``before``: the cosine with its own shifted map."""
    if steps == (0, 0) or not ready:
        return
    found: dict[str, float] = {}
    for name, now in ready.items():
        if name == prices.WHOLE_WAY:
            continue
        then: Explanation = asking.answer(loading.explanation(name, before, target, setup))
        moved, here = (
            torch.from_numpy(figures.plane(values, now.unit)).flatten().double()
            for values in (shifted(then.values[0], steps), now.values[0])
        )
        found[name] = float(torch.nn.functional.cosine_similarity(moved, here, 0))
    said = ", ".join(
        f"{EXPLAINERS[name].title} {words.number(value, 2)}"
        for name, value in sorted(found.items(), key=lambda entry: -entry[1])
    )
    text = say(
        "Moved with the picture (cosine of the shifted old map and the new one, 1 is perfectly): {cosines}."
    ).format(cosines=said)
    if prices.WHOLE_WAY in ready:
        text += " " + say("Integrated gradients take too long to be asked twice.")
    st.caption(text)
