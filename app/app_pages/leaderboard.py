"""The Leaderboard page: which explainer is best by which measure, how sure that is, and on which images."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from ui import board, board_charts, board_images, board_widgets, board_words, loading, results, sources, words
from ui.results import Cell, Standing

COLUMNS = {
    "Rank": st.column_config.NumberColumn(width=45, format="%d"),
    "Value": st.column_config.NumberColumn(width=62, format="%.3f"),
    "95 % interval": st.column_config.TextColumn(width=115),
    "Group": st.column_config.NumberColumn(width=52, format="%d", help="Tie group"),
    "p vs best": st.column_config.NumberColumn(width=72, format="%.2g", help="Wilcoxon, Holm-corrected"),
    "First": st.column_config.NumberColumn(width=55, format="%.0f %%"),
    "s / image": st.column_config.NumberColumn(width=68, format="%.2g"),
    "Calls": st.column_config.NumberColumn(width=60, format="%,.0f"),
    "Peak MB": st.column_config.NumberColumn(width=66, format="%.0f"),
}


def page() -> None:
    """Find the studies, read the choices, then show chart, curves, table and images."""
    names = results.studies(results.parent())
    if not names:
        st.header("No results yet", anchor=False)
        st.info(f"Make a small study in a few minutes: {results.command('quick')}")
        return
    try:
        _study(results.parent(), names)
    except results.ResultsError as error:
        st.error(str(error))


def _study(parent: Path, names: list[str]) -> None:
    with st.sidebar:
        st.markdown("**OpenBox** · measured")
        folder = board_widgets.choose_study(parent, names)
        standings = loading.leaderboard(folder)
        cell = board_widgets.choose_cell(standings)
        behind = board_widgets.choose_behind(standings)
    here = board.of_cell(standings, cell)
    metrics = loading.metrics(folder)
    st.header(words.plain(board_words.heading(cell, metrics)), anchor=False)
    if not here:
        st.info("The study did not measure this. Choose another fill or another score at the left.")
        return
    higher = board.higher_is_better(here)
    st.caption(board_words.reading(cell, metrics, higher))
    if warning := board_words.missing_baselines(here):
        st.warning(warning)
    ranking, curves = st.tabs(["Ranking", "Curves"])
    with ranking:
        st.altair_chart(board_charts.ranking(here, cell.metric), alt=board_words.chart(here, metrics))
    with curves:
        _curves(folder, cell, here)
    _table(here, behind)
    seeds = [seed for seed in board.options(standings, "model_seed") if seed != board.MEAN]
    st.caption(
        board_words.conditions(
            here, seeds if cell.model_seed == board.MEAN else [cell.model_seed], folder.name
        )
    )
    _images(folder, here, behind, higher)


def _table(here: Sequence[Standing], behind: str | None) -> None:
    """The numbers; a click on a row chooses the images, and the chosen method's row is marked."""
    methods = [entry.method for entry in here]
    key = "table-" + board_widgets.cell_key(here[0].cell)  # a mark on another cell's row means nothing here
    marked = [methods.index(behind)] if behind in methods else []
    if key in st.session_state and list(st.session_state[key]["selection"]["rows"]) != marked:
        st.session_state[key] = {"selection": {"rows": marked, "columns": [], "cells": []}}

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        st.session_state[board_widgets.BEHIND] = methods[rows[0]] if rows else None

    st.dataframe(
        board_words.table(here), hide_index=True, height="content", column_config=COLUMNS, key=key,
        on_select=choose, selection_mode="single-row", alt="The numbers of the chart, by rank",
        placeholder=words.DASH,
        selection_default={"selection": {"rows": marked, "columns": [], "cells": []}},
    )  # fmt: skip


def _images(folder: Path, here: Sequence[Standing], behind: str | None, higher: bool | None) -> None:
    chosen = next((entry for entry in here if entry.method == behind), None)
    if chosen is None:
        st.info("Click a row of the table to see the images behind it, the worst ones first.")
        return
    st.subheader(f"Images behind {board.title(chosen.method)}", anchor=False)
    networks = sources.catalogue().networks.get(chosen.dataset, [])
    board_images.show(folder, chosen, higher, networks)


def _curves(folder: Path, cell: Cell, here: Sequence[Standing]) -> None:
    """What the score was read off, most relevant first beside least relevant first, on one scale."""
    try:
        points = loading.curves(folder, cell)
    except results.ResultsError as error:
        st.error(str(error))
        return
    if not points:
        st.info("This score is not read off curves.")
        return
    methods = board_widgets.choose_curves([entry.method for entry in here])
    shown = [point for point in points if point.method in methods]
    domain = board_charts.curve_domain(shown)
    panels = sorted({(point.metric, point.order) for point in points}, key=lambda panel: panel[1] != "morf")
    for column, (metric, order) in zip(st.columns(len(panels)), panels, strict=True):
        part = [point for point in shown if (point.metric, point.order) == (metric, order)]
        with column:
            st.markdown(f"**{board_words.name(order)}**, mean and 95 % band")
            st.altair_chart(
                board_charts.curves(part, methods, board_words.answer(cell), domain),
                alt=board_words.curves(part, methods, metric),
            )


page()
