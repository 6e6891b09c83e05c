"""The page Models: which network to take, and what its maps look like beside another's."""

from collections.abc import Sequence

import streamlit as st
from export.offer import offer_view
from language.catalogue import count, figure, say
from language.mark import mark
from leaderboard.results import ResultsError
from models import charts, records, saving
from models.compared import NOTHING, show_maps, show_titles

from evaluation.schema import ModelRow
from openbox.errors import OpenBoxError
from openbox.zoo.data import TEXT_DATASETS

GIVEN_UP = 2  # points of the best accuracy that the slider gives up at first
QUESTION = mark("Which network is easy to read?")


def _page() -> None:
    studies = records.model_studies()
    with st.sidebar:
        st.markdown(say("**OpenBox** · the choice of a network"))
        study = st.selectbox(say("Study"), studies, key="study", bind="query-params") or studies[0]
        rows = records.read_models(study)
        criteria = {row.criterion: say(row.summary) for row in rows}
        criterion = st.selectbox(
            say("Easy to read means"), list(criteria), key="criterion", bind="query-params",
            format_func=lambda name: say(str(name).replace("_", " ")),
        ) or next(iter(criteria))  # fmt: skip
        usual = max(50.0, float(int(100 * records.most_accurate(rows).accuracy - GIVEN_UP)))
        least = st.slider(
            say("Accuracy of at least"),
            50.0,
            100.0,
            usual,
            0.1,
            key=f"least-{study}",
            format="%.1f %%",
            bind="query-params",
        )
        seeds = count("{number} seed", "{number} seeds", rows[0].seeds)
        made = say("Made by `{command}`, {seeds} a network.")
        st.caption(made.format(command=records.command(study), seeds=seeds))
    here = [row for row in rows if row.criterion == criterion]
    st.header(say(QUESTION), anchor=False)
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
        say("Maps of"), names, names.index(first), key=f"one-{study}-{first}", bind="query-params"
    )
    other = right.selectbox(
        say("beside"), names, names.index(second), key=f"other-{study}-{second}", bind="query-params"
    )
    told = [say("{metric}: {summary}. Click a point to see its maps.")]
    if here[0].seeds > 1:
        told.append(say("Bars are 95 % intervals over the seeds of the training."))
    st.caption(" ".join(told).format(metric=say(here[0].metric), summary=say(here[0].summary)))
    chosen = {row.network: row for row in here}
    beside = [chosen[name] for name in (one, other) if name]
    try:
        shown = (show_titles if rows[0].data in TEXT_DATASETS else show_maps)(beside)
    except OpenBoxError as error:
        st.error(str(error))
        shown = NOTHING
    offer_view(saving.view(say(QUESTION), said, study, here, taken, least, beside, shown))


def _choice(here: Sequence[ModelRow], taken: ModelRow | None, least: float) -> str:
    best = records.most_accurate(here)
    asked = figure(f"{least:.1f}")
    if taken is None:
        none = say("No network is right on {least} % of the test inputs; **{best}** on {most} %.")
        return none.format(least=asked, best=best.network, most=figure(f"{100 * best.accuracy:.1f}"))
    right = figure(f"{100 * taken.accuracy:.1f}")
    if taken.network == best.network:
        return say(
            "Of those that are right on {least} % or more, take **{network}**: {right} % right. "
            "It is the most accurate, too."
        ).format(least=asked, network=taken.network, right=right)
    cost = figure(f"{100 * (best.accuracy - taken.accuracy):.2f}")
    return say(
        "Of those that are right on {least} % or more, take **{network}**: {right} % right, "
        "{cost} points less than **{best}**, the most accurate."
    ).format(least=asked, network=taken.network, right=right, cost=cost, best=best.network)


def _guarded() -> None:
    if not records.model_studies():
        st.header(say("No study of networks yet"), anchor=False)
        st.info(
            say("Make one in a quarter of an hour: `{command}`").format(command=records.command("digits"))
        )
        return
    try:
        _page()
    except ResultsError as error:
        st.error(str(error))


_guarded()
