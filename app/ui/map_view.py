"""A map that answers: hover a pixel for its numbers, drag a rectangle for its sum."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from language.catalogue import figure, say
from streamlit.components import v2
from torch import Tensor

from ui.pictures import data_url

Box = tuple[int, int, int, int]  # top, left, bottom, right; the last two are not in it
SIDE = 420
_CSS = """
.view { position: relative; width: min(420px, 100%); cursor: crosshair; }
.view { touch-action: none; user-select: none; }
img { pointer-events: none; width: 100%; display: block; image-rendering: pixelated; border-radius: 6px; }
.box { position: absolute; border: 2px solid var(--st-text-color); pointer-events: none; display: none; }
p { font: inherit; color: var(--st-text-color); min-height: 3em; margin: 6px 0 0; }
"""
_HTML = """
<div class="view" tabindex="0" role="application"><img alt=""><div class="box"></div></div>
<p aria-live="polite"></p>
"""
_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const view = parentElement.querySelector(".view");
  const box = parentElement.querySelector(".box");
  const line = parentElement.querySelector("p");
  view.querySelector("img").src = data.src;
  view.setAttribute("aria-label", data.label);
  const { rows, columns, lines } = data;
  let cell = data.box ? [data.box[0], data.box[1]] : [0, 0];
  let from = null;
  const clamp = (value, most) => Math.max(0, Math.min(most - 1, value));
  const at = (event) => {
    const area = view.getBoundingClientRect();
    return [clamp(Math.floor((event.clientY - area.top) / area.height * rows), rows),
            clamp(Math.floor((event.clientX - area.left) / area.width * columns), columns)];
  };
  const span = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]),
                          Math.max(a[0], b[0]) + 1, Math.max(a[1], b[1]) + 1];
  const draw = ([top, left, bottom, right]) => Object.assign(box.style, {
    display: "block", top: top / rows * 100 + "%", left: left / columns * 100 + "%",
    height: (bottom - top) / rows * 100 + "%", width: (right - left) / columns * 100 + "%" });
  const say = () => { line.textContent = lines[cell[0] * columns + cell[1]]; };
  if (data.box) draw(data.box);
  line.textContent = data.hint;
  view.onpointermove = (event) => { cell = at(event); say(); if (from) draw(span(from, cell)); };
  view.onpointerdown = (event) => {
    event.preventDefault();  // the browser would begin to drag the picture
    view.focus();
    view.setPointerCapture(event.pointerId);
    from = at(event);
  };
  view.onpointerup = (event) => {
    if (from) setTriggerValue("drawn", span(from, at(event)));
    from = null;
  };
  view.onkeydown = (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Enter") setTriggerValue("drawn", span(from || cell, cell));
    if (event.key === " ") { from = cell; event.preventDefault(); }
    if (!step) return;
    event.preventDefault();
    cell = [clamp(cell[0] + step[0], rows), clamp(cell[1] + step[1], columns)];
    say();
    draw(span(from || cell, cell));
  };
}
"""
_component = v2.component("openbox_map_view", html=_HTML, css=_CSS, js=_JS)


def show(
    picture: np.ndarray, lines: list[str], shape: tuple[int, int], label: str, key: str, box: Box | None,
    pick: Callable[[Box], None],
) -> None:  # fmt: skip
    """An RGB picture of ``shape`` (H, W) cells with a line of text for each; ``pick`` gets what is drawn."""

    def drawn() -> None:
        found = st.session_state[key].drawn
        if found is not None:
            pick((int(found[0]), int(found[1]), int(found[2]), int(found[3])))

    data = {
        "src": data_url(picture), "rows": shape[0], "columns": shape[1], "lines": lines, "label": label,
        "hint": say(
            "Hover a pixel, or drag a rectangle. By keys: arrows, space to begin a rectangle, enter."
        ),
        "box": list(box) if box is not None else None,
    }  # fmt: skip
    _component(key=key, data=data, on_drawn_change=drawn)


def pixel_lines(pixels: Tensor, weights: Tensor, contributions: Tensor) -> list[str]:
    """What is said of each pixel, row by row; all (C, H, W), contributions are summed over channels."""
    channels, height, width = pixels.shape
    text = say("row {row}, column {column}: pixel {pixel}, weight {weight}, contribution {contribution}")
    lines = []
    for row in range(height):
        for column in range(width):
            values = [f"{float(v):.2f}" for v in pixels[:, row, column]]
            slopes = [f"{float(w):+.3f}" for w in weights[:, row, column]]
            total = f"{float(contributions[:, row, column].sum()):+.3f}"
            *told, total = figure(" ".join((*values, *slopes, total))).split(" ")
            pixel, weight = ", ".join(told[:channels]), ", ".join(told[channels:])
            lines.append(
                text.format(row=row + 1, column=column + 1, pixel=pixel, weight=weight, contribution=total)
            )
    return lines
