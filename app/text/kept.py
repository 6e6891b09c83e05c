"""What the page Text asks for: each question with its key, in the line for quick or for long jobs."""

import logging

import streamlit as st
from language.catalogue import say
from ui import asking
from ui.loading import about
from work.job import Job

from openbox.errors import DataNotFoundError
from openbox.explainers.explanation import Contrast
from openbox.zoo.checkpoints import Card
from openbox.zoo.data import Titles, data_root, load_titles
from text import jobs
from text.jobs import Picks, Reading, Words

INVENTED = "titles"  # the embedded data set
SLOW = ("openbox_dropouts", "shap_partition", "lime", "integrated_gradients")  # seconds a title


def test_titles(data: str) -> Titles | None:
    """The test titles, or None where there are none to read; the reason goes to the log."""
    try:
        with st.spinner(say("Reading the titles …")):
            return _test_titles(data, str(data_root()))
    except DataNotFoundError as error:
        logging.getLogger(__name__).warning("no test titles of %s: %s", data, error)
        return None


@st.cache_resource(max_entries=2, show_spinner=False)
def _test_titles(data: str, root: str) -> Titles:
    return load_titles(data, root=root)


def picks(card: Card, titles: Titles) -> Picks:
    """The titles by what the network makes of them."""
    return asking.answer(about(jobs.picks, card, (titles,), (titles.source, len(titles)), "slow"))


def read(card: Card, words: Words) -> Reading:
    """What the network says of a title; raises ``CheckpointError``."""
    return asking.answer(about(jobs.read, card, (words,), words))


def explanation(method: str, card: Card, words: Words, target: Contrast | int) -> Job:
    """The job of one explanation."""
    lane = "slow" if method in SLOW else "quick"
    return about(jobs.explain, card, (method, words, target), (method, words, str(target)), lane)


def gates(card: Card, before: Words, after: Words) -> tuple[int, int]:
    """See ``jobs.gates``."""
    return asking.answer(about(jobs.gates, card, (before, after), (before, after)))
