"""Small pictures that are chosen by a click or by the keyboard."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st
from streamlit.components import v2

_CSS = """
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr)); gap: 4px; }
button { padding: 2px; border: 2px solid transparent; border-radius: 4px; background: none; cursor: pointer; }
button:hover, button:focus-visible { border-color: var(--st-primary-color); outline: none; }
button[aria-pressed="true"] { border-color: var(--st-text-color); }
button.wrong { box-shadow: inset 0 -4px 0 #d0563f; }
img { width: 100%; display: block; image-rendering: pixelated; }
"""
_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  grid.style.setProperty("--side", data.side + "px");
  grid.replaceChildren(...data.items.map((item) => {
    const button = document.createElement("button");
    button.title = item.title;
    button.setAttribute("aria-label", item.title);
    button.setAttribute("aria-pressed", item.chosen);
    button.className = item.wrong ? "wrong" : "";
    const image = document.createElement("img");
    image.src = item.src;
    image.alt = "";
    button.append(image);
    button.onclick = () => setTriggerValue("picked", item.index);
    return button;
  }));
}
"""
_component = v2.component(
    "openbox_thumbnails", html='<div class="grid" role="group"></div>', css=_CSS, js=_JS
)


@dataclass(frozen=True)
class Thumbnail:
    """A picture as a data URL, what it is in words, and whether the network is wrong there."""

    index: int
    src: str
    title: str
    wrong: bool = False
    chosen: bool = False


def choose(items: Sequence[Thumbnail], key: str, pick: Callable[[int], None], side: int = 44) -> None:
    """Show them ``side`` pixels wide or more; ``pick`` is called with the index of one that is clicked."""

    def picked() -> None:
        index = st.session_state[key].picked
        if index is not None:
            pick(int(index))

    _component(
        key=key, data={"side": side, "items": [asdict(item) for item in items]}, on_picked_change=picked
    )
