"""The Leaderboard page: which explainer is best by which measure, how sure that is, and on which images."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from export.offer import offer_view
from export.view import SavedChart, SavedPart, SavedWords
from language.catalogue import say
from leaderboard import charts, choices, kept_tables, pictures, records, results, saving, sentences
from ui import sources, words

from evaluation.schema import Condition, LeaderboardRow

COLUMNS = {  # the script of a page runs anew for each reader, so these are in the reader's language
    say("Rank"): st.column_config.NumberColumn(width=45, format="%d"),
    say("Value"): st.column_config.NumberColumn(width=62, format="%.3f"),
    say("95 % interval"): st.column_config.TextColumn(width=115),
    say("Group"): st.column_config.NumberColumn(width=52, format="%d", help=say("Tie group")),
    say("p vs best"): st.column_config.NumberColumn(
        width=72, format="%.2g", help=say("Wilcoxon, Holm-corrected")
    ),
    say("First"): st.column_config.NumberColumn(width=55, format="%.0f %%"),
    say("s / image"): st.column_config.NumberColumn(width=68, format="%.2g"),
    say("Calls"): st.column_config.NumberColumn(width=60, format="%,.0f"),
    say("Peak MB"): st.column_config.NumberColumn(width=66, format="%.0f"),
}


def page() -> None:
    """Find the studies, read the choices, then show chart, curves, table and images."""
    names = results.studies(results.parent())
    if not names:
        st.header(say("No results yet"), anchor=False)
        make = say("Make a small study in a few minutes: {command}")
        st.info(make.format(command=results.command("quick")))
        return
    try:
        _study(results.parent(), names)
    except results.ResultsError as error:
        st.error(str(error))


def _study(parent: Path, names: list[str]) -> None:
    with st.sidebar:
        st.markdown(say("**OpenBox** · measured"))
        folder = choices.choose_study(parent, names)
        standings = kept_tables.leaderboard(folder)
        condition = choices.choose_condition(standings)
        behind = choices.choose_behind(standings)
    here = records.of_cell(standings, condition)
    metrics = kept_tables.metrics(folder)
    st.header(words.plain(sentences.heading(condition, metrics)), anchor=False)
    if not here:
        st.info(say("The study did not measure this. Choose another fill or another score at the left."))
        return
    higher = records.higher_is_better(here)
    st.caption(sentences.reading(condition, metrics, higher))
    if warning := sentences.missing_baselines(here):
        st.warning(warning)
    ranking, curves = st.tabs([say("Ranking"), say("Curves")], key="view", bind="query-params")
    with ranking:
        st.altair_chart(charts.ranking(here, condition.metric), alt=sentences.chart(here, metrics))
    with curves:
        shown = _curves(folder, condition, here)
    _table(here, behind)
    seeds = [seed for seed in records.options(standings, "model_seed") if seed != records.MEAN]
    note = sentences.conditions(
        here, seeds if condition.model_seed == records.MEAN else [condition.model_seed], folder.name
    )
    st.caption(note)
    _images(folder, here, behind, higher)
    offer_view(saving.view(folder.name, here, metrics, shown, note))


def _table(here: Sequence[LeaderboardRow], behind: str | None) -> None:
    """The numbers; a click on a row chooses the images, and the chosen method's row is marked."""
    methods = [entry.method for entry in here]
    key = "table-" + choices.cell_key(here[0].condition)  # a mark on another cell's row means nothing here
    marked = [methods.index(behind)] if behind in methods else []
    if key in st.session_state and list(st.session_state[key]["selection"]["rows"]) != marked:
        st.session_state[key] = {"selection": {"rows": marked, "columns": [], "cells": []}}

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        st.session_state[choices.BEHIND] = methods[rows[0]] if rows else None

    st.dataframe(
        sentences.table(here), hide_index=True, height="content", column_config=COLUMNS, key=key,
        on_select=choose, selection_mode="single-row", alt=say("The numbers of the chart, by rank"),
        placeholder=words.DASH,
        selection_default={"selection": {"rows": marked, "columns": [], "cells": []}},
    )  # fmt: skip


def _images(folder: Path, here: Sequence[LeaderboardRow], behind: str | None, higher: bool | None) -> None:
    chosen = next((entry for entry in here if entry.method == behind), None)
    if chosen is None:
        st.info(say("Click a row of the table to see the images behind it, the worst ones first."))
        return
    st.subheader(say("Images behind {method}").format(method=records.title(chosen.method)), anchor=False)
    networks = sources.catalogue().networks.get(chosen.dataset, [])
    pictures.show(folder, chosen, higher, networks)


def _curves(folder: Path, condition: Condition, here: Sequence[LeaderboardRow]) -> list[SavedPart]:
    """What the score was read off, most relevant first beside least relevant first, on one scale."""
    try:
        points = kept_tables.curves(folder, condition)
    except results.ResultsError as error:
        st.error(str(error))
        return []
    if not points:
        st.info(say("This score is not read off curves."))
        return []
    methods = choices.choose_curves([entry.method for entry in here])
    shown = [point for point in points if point.method in methods]
    domain = charts.curve_domain(shown)
    panels = sorted({(point.metric, point.order) for point in points}, key=lambda panel: panel[1] != "morf")
    saved: list[SavedPart] = []
    for column, (metric, order) in zip(st.columns(len(panels)), panels, strict=True):
        part = [point for point in shown if (point.metric, point.order) == (metric, order)]
        with column:
            said = say("**{order}**, mean and 95 % band").format(order=sentences.name(order))
            seen = sentences.curves(part, methods, metric)
            chart = charts.curves(part, methods, sentences.answer(condition), domain)
            st.markdown(said)
            st.altair_chart(chart, alt=seen)
            saved += [SavedWords(said), SavedChart(chart, seen)]
    return saved


page()
