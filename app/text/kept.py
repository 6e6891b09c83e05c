"""What the page Text asks for: each question with its key, in the line for quick or for long jobs."""

import logging
from collections.abc import Callable
from typing import Any

import streamlit as st
from ui import asking
from ui.loading import source
from work.job import Job, Lane

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
        return _test_titles(data, str(data_root()))
    except DataNotFoundError as error:
        logging.getLogger(__name__).warning("no test titles of %s: %s", data, error)
        return None


@st.cache_resource(max_entries=2, show_spinner="Reading the titles …")
def _test_titles(data: str, root: str) -> Titles:
    return load_titles(data, root=root)


def picks(card: Card, titles: Titles) -> Picks:
    """The titles by what the network makes of them."""
    return asking.answer(_task(jobs.picks, card, (titles,), (titles.source, len(titles)), "slow"))


def read(card: Card, words: Words) -> Reading:
    """What the network says of a title; raises ``CheckpointError``."""
    return asking.answer(_task(jobs.read, card, (words,), words))


def explanation(method: str, card: Card, words: Words, target: Contrast | int) -> Job:
    """The job of one explanation."""
    lane = "slow" if method in SLOW else "quick"
    where = source(card)
    key = (method, where, words, str(target))
    return Job(jobs.explain, (method, where, words, target), key, lane)


def gates(card: Card, before: Words, after: Words) -> tuple[int, int]:
    """See ``jobs.gates``."""
    return asking.answer(_task(jobs.gates, card, (before, after), (before, after)))


def _task(
    function: Callable[..., Any], card: Card, args: tuple[Any, ...], key: Any, lane: Lane = "quick"
) -> Job:
    where = source(card)
    return Job(function, (where, *args), (where, key), lane)
