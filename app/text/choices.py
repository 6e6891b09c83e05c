"""What the page Text asks: which network, which title, by which methods; keys are names in the link."""

from dataclasses import dataclass

import streamlit as st
from language.catalogue import say
from language.mark import mark
from ui.sources import network_label

from openbox.text import TEXT_EXPLAINERS
from openbox.zoo.checkpoints import Card
from openbox.zoo.data import Titles
from text import kept
from text.jobs import Picks
from text.kept import INVENTED

DEFAULTS = ["openbox", "openbox_unknown", "lime", "shap_partition", "occlusion_unknown"]
TYPED, PICKED = mark("type one"), mark("pick one")
YOURS = "you"
GROUPS = {
    "right": mark("right, and sure"),
    "wrong": mark("wrong, and sure"),
    "borderline": mark("borderline"),
}
EXAMPLE = "efficient query processing for graph databases"


@dataclass(frozen=True)
class Title:
    """What is read: the text as it was typed or picked, its label if it has one, and where it is from."""

    text: str
    label: int | None
    source: str


def choose_reader(cards: list[Card]) -> Card:
    """One of the networks that read titles."""
    by_name = {card.name: card for card in cards}
    chosen = st.selectbox(
        say("Network"), list(by_name), format_func=lambda name: network_label(by_name[name]), key="reader",
        bind="query-params",
    )  # fmt: skip
    return by_name[chosen or cards[0].name]


def choose_title(card: Card) -> Title:
    """Typed, or picked from the test titles by what the network makes of them."""
    how = st.radio(
        say("Title"), [PICKED, TYPED], format_func=say, key="how", bind="query-params", horizontal=True
    )
    if how == TYPED:
        typed = st.text_input(say("Your title"), EXAMPLE, key="title", bind="query-params")
        if typed is not None:
            return Title(typed, None, YOURS)
    titles = _source(card)
    group = st.radio(
        say("The network is"), list(GROUPS), format_func=lambda name: say(GROUPS[name]), key="group",
        bind="query-params",
    )  # fmt: skip
    found: Picks = kept.picks(card, titles)
    options = getattr(found, group or "right")
    if not options:
        st.info(say("There is no such title."))
        options = found.borderline
    labels = dict(options)
    text = st.selectbox(say("Titles"), list(labels), key="pick", bind="query-params")
    text = text if text in labels else options[0][0]
    return Title(text, labels[text], titles.source)


def _source(card: Card) -> Titles:
    real = kept.test_titles(card.data)
    if card.data == INVENTED or real is None:
        if real is None:
            missing = say(
                "The {data} titles are not on this computer; these are invented. (`OPENBOX_DATA`)"
            ).format(data=card.data)
            st.info(missing)
        real = kept.test_titles(INVENTED)
        assert real is not None
    return real


def choose_methods() -> list[str]:
    """The methods, in the order of their table."""
    chosen = st.multiselect(
        say("Methods"), list(TEXT_EXPLAINERS), DEFAULTS, key="readings", bind="query-params",
        format_func=lambda name: TEXT_EXPLAINERS[name].title,
    )  # fmt: skip
    return [name for name in TEXT_EXPLAINERS if name in chosen]


def choose_scale() -> bool:
    """Whether all rows in logits are coloured alike."""
    return st.toggle(say("One scale for all rows in logits"), key="alike", bind="query-params")


def choose_dropped(words: tuple[str, ...]) -> list[int]:
    """The places of the words that are dropped; a word that occurs again is numbered, for the link."""
    again = [words[: place + 1].count(word) for place, word in enumerate(words)]
    labels = [word if n == 1 else f"{word} ({n})" for word, n in zip(words, again, strict=True)]
    chosen = st.pills(
        say("Click a word to drop it: it becomes the unknown word"), list(range(len(words))),
        format_func=labels.__getitem__, selection_mode="multi", key="dropped", bind="query-params",
    )  # fmt: skip
    return sorted(place for place in chosen if place < len(words))
