"""The page Whole network: what is said of all inputs, not of one."""

import dataclasses

import streamlit as st
from export.offer import offer_view
from export.view import SavedWords
from language.catalogue import say
from language.mark import mark
from whole.filters import show_paths
from whole.tree import show_tree

from openbox.errors import OpenBoxError

PARTS = {
    mark("A tree for a layer"): (
        show_tree,
        mark(
            "One small tree that answers as the network does (CNN-INTE, Liu, Wang and Matwin 2018). The "
            "features of the last hidden layer are grouped into factors, the digits into clusters on each "
            "factor; random forests say in which clusters a new digit is, and the tree reads that."
        ),
        mark(
            "It says which groups of training digits a decision looks like. It is a copy that is right as "
            "often as is said here, never the network: that is what the page Explain opens."
        ),
    ),
    mark("Paths of filters"): (
        show_paths,
        mark(
            "Each input uses only some of the filters (Li et al., ECCV 2020): a small module looks at what "
            "enters the convolution and switches filters off. The network was trained for it, so that its "
            "paths tell classes."
        ),
        mark(
            "A path is exact: with it fixed, the network is the same affine function. That a filter is used "
            "by a class does not mean that it stands for a concept: see what is lost where its path is cut."
        ),
    ),
}


def _page() -> None:
    with st.sidebar:
        st.markdown(say("**OpenBox** · opened exactly"))
        names = list(PARTS)
        chosen = st.radio(say("Question"), names, format_func=say, key="whole_part", bind="query-params")
        st.caption(say("Scikit-learn's digits and a network that comes with OpenBox; nothing is loaded."))
    show, what, claim = PARTS[chosen if chosen in PARTS else names[0]]
    st.header(say("How does the network decide, over all inputs?"), anchor=False)
    can = say("**What it can claim.** {claim}").format(claim=say(claim))
    said = f"{say(what)}\n\n{can}"
    st.markdown(said)
    try:
        view = show()
        offer_view(dataclasses.replace(view, parts=[SavedWords(said), *view.parts]))
    except OpenBoxError as error:
        st.error(str(error))


_page()
