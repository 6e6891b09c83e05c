"""The pictures of a test set to choose from, by what the network makes of them."""

from collections.abc import Sequence

import streamlit as st
import torch
from language.catalogue import figure, say
from language.mark import mark
from torch import Tensor
from ui import asking, figures, thumbnails
from ui.loading import about
from ui.pictures import data_url
from ui.sources import AnyNetwork
from ui.thumbnails import Thumbnail
from work import pictures
from work.pictures import SetDecisions

from openbox.zoo.data import data_root
from openbox.zoo.data.images import Images

SHOWN = 30
CHOSEN = "chosen by a click"
GROUPS = (mark("any"), mark("right, and sure"), mark("wrong"), mark("borderline"))
EVERY = mark("all classes")


@st.fragment
def choose(card: AnyNetwork, test: Images, index: int) -> None:
    """A folded grid of test pictures; a click chooses one."""
    if st.session_state.pop(CHOSEN, False):
        st.rerun()
    folded = st.expander(say("Browse the test set"), key="browse", bind="query-params")
    if not folded.open:
        return
    with folded:
        group = st.selectbox(
            say("The network is"), GROUPS, format_func=say, key="browse_group", bind="query-params"
        )
        label = st.selectbox(
            say("Labelled"), [EVERY, *test.classes], key="browse_class", bind="query-params",
            format_func=lambda name: say(name) if name == EVERY else name,
        )  # fmt: skip
        found = decisions(card)
        places = pick(found, test.labels, group, test.classes.index(label) if label != EVERY else None)
        if not places:
            st.caption(
                say("There is no such picture among the first {number}.").format(
                    number=figure(f"{len(found.decided):,}")
                )
            )
            return
        thumbnails.choose(_items(test, found, places, index), "browse_pictures", _choose)
        st.caption(say("A red bar: the network is wrong there."))


def decisions(card: AnyNetwork) -> SetDecisions:
    """What the network makes of the first test pictures."""
    root = str(data_root())
    return asking.answer(about(pictures.decisions, card, (card.data, root), root, "slow"))


def pick(found: SetDecisions, labels: Tensor, group: str, label: int | None) -> list[int]:
    """The places of the pictures to show, the plainest of their group first."""
    labels = labels[: len(found.decided)]
    right, lead = found.decided == labels, found.lead
    wanted = torch.ones_like(right) if label is None else labels == label
    if group == GROUPS[1]:
        wanted, lead = wanted & right, -lead
    elif group == GROUPS[2]:
        wanted, lead = wanted & ~right, -lead
    elif group == GROUPS[0]:
        lead = torch.arange(len(lead)).to(lead)
    places = wanted.nonzero()[:, 0]
    return places[lead[places].argsort(stable=True)][:SHOWN].tolist()


def _items(test: Images, found: SetDecisions, places: Sequence[int], index: int) -> list[Thumbnail]:
    items = []
    for place in places:
        label, decided = int(test.labels[place]), int(found.decided[place])
        wrong = label != decided
        said = (
            say("test image {index}, labelled “{label}”; the network says “{answer}”")
            if wrong
            else say("test image {index}, labelled “{label}”")
        )
        title = said.format(index=place, label=test.classes[label], answer=test.classes[decided])
        picture = figures.photograph(test.batch(slice(place, place + 1))[0])
        items.append(Thumbnail(place, data_url(picture), title, wrong, place == index))
    return items


def _choose(index: int) -> None:
    st.session_state["index"] = index
    st.session_state[CHOSEN] = True  # the page as a whole is drawn again, not only this part of it
