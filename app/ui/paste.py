"""A place to paste a picture from the clipboard."""

from streamlit.components import v2

_CSS = """
.place { border: 1px dashed var(--st-border-color); border-radius: 6px; padding: 8px 12px; cursor: pointer;
  color: var(--st-text-color); font: inherit; font-size: 0.9rem; }
.place:focus { outline: 2px solid var(--st-primary-color); }
"""
_HTML = """
<div class="place" tabindex="0" role="button" aria-label="Paste a picture here">
  Or click here and paste (Ctrl+V)
</div>
"""
_JS = """
export default function ({ parentElement, setStateValue }) {
  const place = parentElement.querySelector(".place");
  place.onpaste = (event) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (!file) { place.textContent = "There is no picture in the clipboard"; return; }
    const reader = new FileReader();
    reader.onload = () => setStateValue("pasted", reader.result);
    reader.readAsDataURL(file);
    place.textContent = "Pasted; paste another one";
  };
}
"""
_component = v2.component("openbox_paste", html=_HTML, css=_CSS, js=_JS)


def take(key: str) -> str | None:
    """The picture as a data URL; None while nothing was pasted."""
    return _component(key=key, default={"pasted": None}, on_pasted_change=lambda: None).pasted
