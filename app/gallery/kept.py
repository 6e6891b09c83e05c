"""What the Gallery asks for, in the line for long jobs, and what it is shown of digits and titles."""

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st
from torch import Tensor
from ui import waiting
from ui.loading import about, digest
from work.job import Job

from gallery import jobs, others
from gallery.jobs import Pulls
from gallery.others import AttendedTitle, ForestChange, Sweep
from openbox.gallery.maximisation import RegionMaximum
from openbox.geometry.counterfactuals.counterfactual import Counterfactual
from openbox.zoo.checkpoints import read_card
from openbox.zoo.data import load_titles

NETWORK = "digits-cnn-seed0"
KEPT = 100  # answers of a kind


def answer(x: Tensor, name: str = "answer") -> Tensor:
    """The logits (K,) of the network at x (1, 1, 8, 8). Raises ``CheckpointError``."""
    return waiting.answer_or_stop(about(jobs.logits, read_card(NETWORK), (x,), digest(x), keep=KEPT), name)


def dreamt(target: int) -> Tensor:
    """What gradient ascent makes of the mean digit."""
    return _of_network(jobs.dreamt, (target,), target, "dreamt")


def highest(index: int, target: int) -> RegionMaximum:
    """The exact maximum in the region of a test digit."""
    return _of_network(jobs.highest, (index, target), (index, target), "highest")


def influence(index: int, label: int) -> Pulls:
    """Training digits for and against a decision on a test digit."""
    return _of_network(jobs.influence, (index, label), (index, label), "influence")


def otherwise(index: int, wanted: int) -> Counterfactual:
    """The nearest picture that the network takes for another digit."""
    return _of_network(jobs.otherwise, (index, wanted), (index, wanted), "otherwise")


def forest_change(index: int, wanted: int) -> ForestChange:
    """What a forest says of a test digit, and what would change that."""
    return _waited(others.forest_change, (index, wanted), "forest")


def sweep(feature: str) -> Sweep:
    """The free and the constrained model of the patients, as one feature is swept."""
    return _waited(others.sweep, (feature,), "sweep")


def attended(title: str) -> AttendedTitle:
    """A title as the reader that attends sees it. Raises ``CheckpointError``."""
    return _waited(others.attended, (title,), "attended")


@st.cache_resource(show_spinner=False, max_entries=1)
def invented() -> tuple[str, ...]:
    """The invented titles, which come with the package."""
    return load_titles("titles").texts


def _of_network(function: Callable[..., Any], args: tuple[Any, ...], key: Hashable, name: str) -> Any:
    return waiting.answer_or_stop(about(function, read_card(NETWORK), args, key, "slow", KEPT), name)


def _waited(function: Callable[..., Any], args: tuple[Any, ...], name: str) -> Any:
    return waiting.answer_or_stop(Job(function, args, args, "slow", KEPT), name)
