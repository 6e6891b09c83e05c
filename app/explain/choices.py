"""What the page Explain asks: by which methods, drawn how; keys are names in the link."""

import streamlit as st
from language.catalogue import say
from language.mark import mark
from ui.charts import PICKED
from ui.targets import PAIR
from ui.tiles import Look
from ui.widgets import DEFAULT_METHODS, RELATIVE

from openbox.explainers.create import Score
from openbox.explainers.families import FAMILIES
from openbox.explainers.table import EXPLAINERS

PRESETS = {
    mark("first look"): DEFAULT_METHODS,
    mark("exact"): ["openbox", "openbox_weights", "decision_features", "openbox_reference"],
    mark("gradients"): ["gradient_x_input", "smoothgrad", "guided_backprop", "lrp"],
    mark("asking"): ["lime", "kernel_shap", "occlusion", "rise"],
}


def choose_methods() -> list[str]:
    """The methods, in the order of the table of explainers, which is that of the families."""
    chosen = st.multiselect(
        say("Methods"), list(EXPLAINERS), DEFAULT_METHODS, key="methods", bind="query-params",
        format_func=lambda name: EXPLAINERS[name].title,
    )  # fmt: skip
    with st.container(horizontal=True, gap="xsmall"):
        for label, names in PRESETS.items():
            st.button(say(label), key=f"preset {label}", on_click=_preset, args=(names,), type="tertiary")
    _show_families()
    return [name for name in EXPLAINERS if name in chosen]


def _show_families() -> None:
    """What a map of each family claims, and a button that adds its methods."""
    with st.expander(say("Families of methods"), key="families", bind="query-params"):
        for key, family in FAMILIES.items():
            members = [name for name, entry in EXPLAINERS.items() if entry.family == key]
            titles = ", ".join(EXPLAINERS[name].title for name in members)
            st.caption(f"**{say(family.title)}**: {say(family.claim)}.  \n{titles}.")
            st.button(say("Add all of them"), key=f"add {key}", on_click=_add, args=(members,))


def _preset(names: list[str]) -> None:
    st.session_state["methods"] = [*names]


def _add(members: list[str]) -> None:
    chosen = st.session_state["methods"]
    st.session_state["methods"] = [name for name in EXPLAINERS if name in chosen or name in members]


def choose_score(head: str | None) -> Score:
    """Of a network that ends in a head: what lies before it, or after it."""
    if head is None:
        return "logits"
    label = say("Explain what comes after {head}").format(head=head)
    after = st.toggle(label, key="after", bind="query-params")
    return "output" if after else "logits"


def ask_why_not(classes: tuple[str, ...]) -> None:
    """A bar was clicked: why the answer rather than this class?"""
    chosen = [point["class"] for point in st.session_state["answers"]["selection"][PICKED]]
    if chosen and chosen[0] in classes:
        st.session_state["explain"] = PAIR
        st.session_state["A"], st.session_state["B"] = RELATIVE, classes.index(chosen[0])


def choose_look() -> Look:
    """How the maps are drawn; nothing is computed again."""
    shared = st.toggle(say("Shared scale per unit"), key="shared", bind="query-params")
    native = st.toggle(say("Grad-CAM on its own grid"), key="native", bind="query-params")
    return Look(shared, native)
