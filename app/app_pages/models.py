"""The page Models: which network to take, and what its maps look like beside another's."""

from collections.abc import Sequence

import streamlit as st
from export.offer import offer_view
from leaderboard.results import ResultsError
from models import charts, records, saving
from models.compared import NOTHING, show_maps, show_titles

from evaluation.schema import ModelRow
from openbox.errors import OpenBoxError
from openbox.zoo.data import TEXT_DATASETS

GIVEN_UP = 2  # points of the best accuracy that the slider gives up at first
QUESTION = "Which network is easy to read?"


def _page() -> None:
    studies = records.model_studies()
    with st.sidebar:
        st.markdown("**OpenBox** · the choice of a network")
        study = st.selectbox("Study", studies, key="study", bind="query-params") or studies[0]
        rows = records.read_models(study)
        criteria = {row.criterion: row.summary for row in rows}
        criterion = st.selectbox(
            "Easy to read means", list(criteria), key="criterion", bind="query-params",
            format_func=lambda name: name.replace("_", " "),
        ) or next(iter(criteria))  # fmt: skip
        usual = max(50.0, float(int(100 * records.most_accurate(rows).accuracy - GIVEN_UP)))
        least = st.slider(
            "Accuracy of at least",
            50.0,
            100.0,
            usual,
            0.1,
            key=f"least-{study}",
            format="%.1f %%",
            bind="query-params",
        )
        seeds = "1 seed" if rows[0].seeds == 1 else f"{rows[0].seeds} seeds"
        st.caption(f"Made by `{records.command(study)}`, {seeds} a network.")
    here = [row for row in rows if row.criterion == criterion]
    st.header(QUESTION, anchor=False)
    taken = records.chosen_by(here, least / 100)
    said = _choice(here, taken, least)
    st.markdown(said)
    picked = st.altair_chart(
        charts.scatter(here, taken.network if taken else None), key=f"chart-{study}-{criterion}",
        on_select="rerun", selection_mode=charts.PICKED, alt=charts.words(here),
    )  # fmt: skip
    clicked = [point["network"] for point in picked["selection"][charts.PICKED]]
    names = [row.network for row in here]
    best = records.most_accurate(here)
    first = clicked[0] if clicked else (taken or best).network
    others = [best.network, *names] if best.network != first else [n for n in names if n != first]
    second = (others or names)[0]
    left, right = st.columns(2)
    one = left.selectbox(
        "Maps of", names, names.index(first), key=f"one-{study}-{first}", bind="query-params"
    )
    other = right.selectbox(
        "beside", names, names.index(second), key=f"other-{study}-{second}", bind="query-params"
    )
    bars = " Bars are 95 % intervals over the seeds of the training." if here[0].seeds > 1 else ""
    st.caption(f"{here[0].metric}: {here[0].summary}. Click a point to see its maps.{bars}")
    chosen = {row.network: row for row in here}
    beside = [chosen[name] for name in (one, other) if name]
    try:
        shown = (show_titles if rows[0].data in TEXT_DATASETS else show_maps)(beside)
    except OpenBoxError as error:
        st.error(str(error))
        shown = NOTHING
    offer_view(saving.view(QUESTION, said, study, here, taken, least, beside, shown))


def _choice(here: Sequence[ModelRow], taken: ModelRow | None, least: float) -> str:
    best = records.most_accurate(here)
    if taken is None:
        most = f"**{best.network}** on {100 * best.accuracy:.1f} %"
        return f"No network is right on {least:.1f} % of the test inputs; {most}."
    right = f"{100 * taken.accuracy:.1f} % right"
    said = f"Of those that are right on {least:.1f} % or more, take **{taken.network}**: {right}"
    if taken.network == best.network:
        return f"{said}. It is the most accurate, too."
    cost = 100 * (best.accuracy - taken.accuracy)
    return f"{said}, {cost:.2f} points less than **{best.network}**, the most accurate."


def _guarded() -> None:
    if not records.model_studies():
        st.header("No study of networks yet", anchor=False)
        st.info(f"Make one in a quarter of an hour: `{records.command('digits')}`")
        return
    try:
        _page()
    except ResultsError as error:
        st.error(str(error))


_guarded()
