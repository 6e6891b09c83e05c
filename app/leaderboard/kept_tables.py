"""The files of a study's results, kept between reruns as long as they do not change."""

from pathlib import Path

import streamlit as st
from language.catalogue import say

from evaluation.schema import Condition, CurvePoint, LeaderboardRow, MetricRow
from leaderboard import results


def leaderboard(folder: Path) -> tuple[LeaderboardRow, ...]:
    """The leaderboard of a study; raises ``ResultsError``."""
    with st.spinner(say("Reading the leaderboard …")):
        return _leaderboard(folder, results.stamp(folder / results.LEADERBOARD))


@st.cache_resource(max_entries=4, show_spinner=False)
def _leaderboard(folder: Path, stamp: tuple[int, int]) -> tuple[LeaderboardRow, ...]:
    del stamp  # part of the key: a file that was written again is another one
    return results.read_leaderboard(folder)


def metrics(folder: Path) -> dict[str, MetricRow]:
    """What the metrics of a leaderboard are; raises ``ResultsError``."""
    return _metrics(folder, results.stamp(folder / results.METRICS))


@st.cache_data(max_entries=4, show_spinner=False)
def _metrics(folder: Path, stamp: tuple[int, int]) -> dict[str, MetricRow]:
    del stamp
    return results.read_metrics(folder)


def curves(folder: Path, condition: Condition) -> tuple[CurvePoint, ...]:
    """The mean curves of a cell; raises ``ResultsError``."""
    with st.spinner(say("Reading the curves …")):
        return _curves(folder, results.stamp(folder / results.CURVES), condition)


@st.cache_resource(max_entries=30, show_spinner=False)
def _curves(folder: Path, stamp: tuple[int, int], condition: Condition) -> tuple[CurvePoint, ...]:
    del stamp
    return results.read_curves(folder, condition)


def rows(folder: Path, standing: LeaderboardRow) -> tuple[results.StudyRow, ...]:
    """The rows per image behind a row of the leaderboard; raises ``ResultsError``."""
    return _rows(folder, results.stamp(folder / results.ROWS), standing)


@st.cache_resource(max_entries=30, show_spinner=False)
def _rows(folder: Path, stamp: tuple[int, int], standing: LeaderboardRow) -> tuple[results.StudyRow, ...]:
    del stamp
    return results.read_rows(folder, standing)
