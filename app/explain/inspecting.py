"""Single pixels and rectangles of the exact map: what they hold, and what erasing them does."""

import streamlit as st
from language.catalogue import count, say
from torch import Tensor
from ui import asking, figures, loading, map_view, words
from ui.loading import Asked, Setup, about
from ui.map_view import Box
from work import layers

from explain.deleting import row
from openbox.explainers.explanation import Contrast, Explanation

BOX = "rectangle"


@st.fragment
def show(subject: Asked, target: Contrast | int, setup: Setup) -> None:
    """The exact map at a size at which single pixels can be pointed at."""
    folded = st.expander(say("Point at pixels of the exact map"), key="inspect", bind="query-params")
    if not folded.open:
        return
    with folded:
        exact, slopes = (
            asking.answer(loading.explanation(name, subject, target, setup))
            for name in ("openbox", "openbox_weights")
        )
        plane = figures.plane(exact.values[0], exact.unit)
        picture = figures.enlarge(figures.diverging(plane, figures.limit(plane)), 2 * map_view.SIDE)
        left, right = st.columns(2)
        box: Box | None = st.session_state.get(BOX)
        if box is not None and (box[2] > plane.shape[0] or box[3] > plane.shape[1]):
            box = None
        with left:
            lines = map_view.pixel_lines(subject.x[0], slopes.values[0], exact.values[0])
            label = say("The exact map of the {score}").format(
                score=words.score(target, subject.card.classes)
            )
            map_view.show(picture, lines, plane.shape, label, "map_view", box, _choose)
        with right:
            region = asking.answer(about(layers.region, subject.card, (subject.x,), subject.picture))
            st.caption(
                say(
                    "The picture lies in region `{region}`: the weights stay as they are, whichever pixels "
                    "change a little."
                ).format(region=region[:12])
            )
            if box is None:
                st.caption(say("Drag a rectangle over the map."))
            else:
                _say(subject, target, setup, exact, box)


def _choose(box: Box) -> None:
    st.session_state[BOX] = box


def _say(subject: Asked, target: Contrast | int, setup: Setup, exact: Explanation, box: Box) -> None:
    top, left, bottom, right = box
    inside = exact.values[0][..., top:bottom, left:right].double()
    total = float(inside.sum())
    key = subject.picture, box, setup.score
    outputs: Tensor = asking.answer(about(layers.erased, subject.card, (subject.x, box, setup.score), key))
    before, left_over = (outputs.double() @ row(target, len(subject.card.classes)).double()).tolist()
    noun, fell = words.score(target, subject.card.classes), before - left_over
    st.markdown(
        say(
            "**Rows {top} to {bottom}, columns {left} to {right}** hold {total} of the {score}: that is the "
            "exact sum of {contributions}."
        ).format(
            top=top + 1, bottom=bottom, left=left + 1, right=right, total=words.signed(total), score=noun,
            contributions=count(
                "{number} pixel's contribution", "{number} pixels' contributions", inside[0].numel()
            ),
        )
    )  # fmt: skip
    st.markdown(
        say("Erased (black), the network says {after} instead of {before}: it falls by {fall}.").format(
            after=words.number(left_over), before=words.number(before), fall=words.number(fell)
        )
    )
    answer = subject.card.classes[int(outputs[1].argmax())]
    st.markdown(say("Its answer is then “{answer}”.").format(answer=words.plain(answer)))
    if abs(fell - total) > 0.01 * max(abs(fell), abs(total), 1e-9):
        st.caption(
            say(
                "The two numbers differ because erasing leads into other regions, where the network is "
                "another affine function. The sum is exact at the picture; the fall is what really happens."
            )
        )
    else:
        st.caption(say("The two numbers agree: erasing it does not leave the region far behind."))
