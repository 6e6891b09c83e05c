"""The Leaderboard's choices; each widget's key is its name in the link that restores the state."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st
from language.catalogue import say
from ui.sources import title
from ui.widgets import DEFAULT_METHODS

from evaluation.schema import Condition, LeaderboardRow
from leaderboard import records, sentences

MAIN_METRIC = "flip.abpc"
MOST_CURVES = 5  # with the first of the ranking six: each has a colour and a dash of its own
BEHIND = "behind"  # the key of the method whose images are shown; a click on a row of the table sets it


def choose_study(parent: Path, names: list[str]) -> Path:
    """The folder of results; no widget where there is only one."""
    return parent / (names[0] if len(names) == 1 else _choose(say("Study"), "study", names))


def choose_condition(standings: Sequence[LeaderboardRow]) -> Condition:
    """One network on one data set, one metric under one condition."""
    data = _choose(say("Data set"), "set", records.options(standings, "dataset"), title)
    here = [entry for entry in standings if entry.dataset == data]
    left, right = st.columns(2, gap="small")
    with left:
        model = _choose(say("Network"), "net", records.options(here, "model"))
    here = [entry for entry in here if entry.model == model]
    seeds = sorted(records.options(here, "model_seed"), key=lambda seed: (seed != records.MEAN, seed))
    with right:
        seed = _choose(say("Model seed"), "seed", seeds, sentences.name)
    metrics = records.options(here, "metric")
    first = metrics.index(MAIN_METRIC) if MAIN_METRIC in metrics else 0
    metric = _choose(say("Score"), "metric", metrics, first=first)
    measured = [entry for entry in here if entry.metric == metric]
    fill = _condition(say("Fill of altered pixels"), "fill", standings, measured)
    space = _condition(say("Measured on"), "score_space", standings, measured)
    orders = records.options(measured, "order")  # most metrics have one
    order = _condition(say("Order"), "order", measured, measured) if len(orders) > 1 else "".join(orders)
    return Condition(data, model, seed, metric, order, fill, space)


def cell_key(condition: Condition) -> str:
    """A cell as part of a widget's key."""
    return "-".join(dataclasses.astuple(condition))


def choose_behind(standings: Sequence[LeaderboardRow]) -> str | None:
    """The method whose images are shown, if any; by name, as the ranks change with the cell."""
    methods = sorted(records.options(standings, "method"), key=records.title)
    chosen = st.selectbox(
        say("Images behind"), methods, index=None, format_func=records.title, key=BEHIND, bind="query-params",
        placeholder=say("choose, or click a row"),
    )  # fmt: skip
    return chosen if chosen in methods else None


def choose_curves(ranked: list[str]) -> list[str]:
    """The methods whose curves are drawn; the first of the ranking and the baselines always are."""
    usual = [method for method in DEFAULT_METHODS if method in ranked]
    free = sorted((method for method in ranked if method not in records.BASELINES), key=records.title)
    chosen = st.multiselect(
        say("Curves of the first in the ranking, the baselines, and"), free, usual,
        format_func=records.title, key="curves", bind="query-params", max_selections=MOST_CURVES,
    )  # fmt: skip
    always = [ranked[0], *(method for method in records.BASELINES if method in ranked)]
    return list(dict.fromkeys([always[0], *(method for method in chosen if method in free), *always]))


def _choose(
    label: str, key: str, options: list[str], words: Callable[[str], str] = str, first: int = 0
) -> str:
    chosen = st.selectbox(label, options, first, format_func=words, key=key, bind="query-params")
    return chosen if chosen in options else options[first]


def _condition(
    label: str, key: str, standings: Sequence[LeaderboardRow], measured: Sequence[LeaderboardRow]
) -> str:
    """A condition of the metric, "" where it has none; a widget that is left out would forget its value.

    The conditions of the main metric come first, so that the page opens on something that was measured.
    """
    options = records.options(sorted(standings, key=lambda entry: entry.metric != MAIN_METRIC), key)
    if not options:
        return ""
    usable = records.options(measured, key)
    chosen = st.selectbox(
        label,
        options,
        format_func=sentences.name,
        key=key,
        bind="query-params",
        disabled=not usable,
    )
    return (chosen if chosen in options else options[0]) if usable else ""
