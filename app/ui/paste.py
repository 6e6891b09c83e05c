"""A place to paste a picture from the clipboard."""

from language.catalogue import say
from streamlit.components import v2

_CSS = """
.place { border: 1px dashed var(--st-border-color); border-radius: 6px; padding: 8px 12px; cursor: pointer;
  color: var(--st-text-color); font: inherit; font-size: 0.9rem; }
.place:focus { outline: 2px solid var(--st-primary-color); }
"""
_HTML = """
<div class="place" tabindex="0" role="button"></div>
"""
_JS = """
export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".place");
  if (place.dataset.hint !== data.hint) {  // at first, and in another language
    place.dataset.hint = place.textContent = data.hint;
    place.setAttribute("aria-label", data.label);
  }
  place.onpaste = (event) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (!file) { place.textContent = data.missing; return; }
    const reader = new FileReader();
    reader.onload = () => setStateValue("pasted", reader.result);
    reader.readAsDataURL(file);
    place.textContent = data.pasted;
  };
}
"""
_component = v2.component("openbox_paste", html=_HTML, css=_CSS, js=_JS)


def take(key: str) -> str | None:
    """The picture as a data URL; None while nothing was pasted."""
    data = {
        "label": say("Paste a picture here"), "hint": say("Or click here and paste (Ctrl+V)"),
        "missing": say("There is no picture in the clipboard"), "pasted": say("Pasted; paste another one"),
    }  # fmt: skip
    return _component(key=key, data=data, default={"pasted": None}, on_pasted_change=lambda: None).pasted
