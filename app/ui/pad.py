"""A pad to draw a digit on, with a finger, a pen or a mouse."""

from language.catalogue import say
from streamlit.components import v2

from ui import uploads
from ui.uploads import Upload

SIDE = 224  # pixels on the screen
_CSS = """
canvas { width: 224px; height: 224px; background: black; border-radius: 6px; touch-action: none;
  cursor: crosshair; display: block; }
button { margin-top: 6px; padding: 4px 12px; border: 1px solid var(--st-border-color); border-radius: 6px;
  background: var(--st-background-color); color: var(--st-text-color); font: inherit; cursor: pointer; }
"""
_HTML = """
<canvas width="224" height="224" role="img"></canvas>
<button type="button"></button>
"""
_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas");
  canvas.setAttribute("aria-label", data.label);
  parentElement.querySelector("button").textContent = data.clear;
  if (canvas.dataset.ready) return;
  canvas.dataset.ready = "yes";
  const pen = canvas.getContext("2d");
  const clear = () => { pen.fillStyle = "black"; pen.fillRect(0, 0, 224, 224); };
  clear();
  let last = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * 224 / box.width, (event.clientY - box.top) * 224 / box.height];
  };
  canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); last = at(event); };
  canvas.onpointermove = (event) => {
    if (!last) return;
    const here = at(event);
    Object.assign(pen, { strokeStyle: "white", lineWidth: 18, lineCap: "round", lineJoin: "round" });
    pen.beginPath(); pen.moveTo(...last); pen.lineTo(...here); pen.stroke();
    last = here;
  };
  canvas.onpointerup = () => {
    if (last) setStateValue("drawn", canvas.toDataURL("image/png"));
    last = null;
  };
  parentElement.querySelector("button").onclick = () => { clear(); setStateValue("drawn", null); };
}
"""
_component = v2.component("openbox_pad", html=_HTML, css=_CSS, js=_JS)


def draw(key: str) -> Upload | None:
    """What was drawn, white on black; None while nothing is. Raises ``UploadError``."""
    data = {"label": say("Draw a digit here"), "clear": say("Clear")}
    drawn = _component(key=key, data=data, default={"drawn": None}, on_drawn_change=lambda: None).drawn
    return None if drawn is None else uploads.read_url(drawn)
