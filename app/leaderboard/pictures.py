"""The images behind a row of the leaderboard: the worst, the median, the best, and those that failed."""

import html
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from language.catalogue import say
from streamlit.delta_generator import DeltaGenerator
from ui import asking, figures, loading, regions, sources, tiles, words
from work.job import Job
from work.ticket import Ticket

from evaluation.schema import LeaderboardRow
from leaderboard import kept_tables, records, results, sentences, setups
from leaderboard.records import ImageValue
from leaderboard.results import Draw, StudyRow
from openbox.errors import OpenBoxError
from openbox.explainers.explanation import Explanation
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.checkpoints import Card
from openbox.zoo.data.images import Images

WIDTH = 210  # of one card: four beside the sidebar at 1280 pixels, three at 1000
SIDE = 101  # of the picture and of its map
FAILED = 20  # rows shown of those that failed


@dataclass(frozen=True)
class PictureSource:
    """All that is needed to draw the images and to make the maps again as the study made them."""

    method: str
    card: Card
    test: Images
    references: sources.References
    setup: loading.Setup

    def subject(self, image: int) -> loading.Asked:
        """One test image before the network."""
        x = self.test.batch(slice(image, image + 1))
        return loading.Asked(self.card, self.references, x)

    def job(self, entry: ImageValue) -> Job:
        """What has to be computed for the map of one image."""
        return loading.explanation(self.method, self.subject(entry.image), entry.target, self.setup)


def show(
    folder: Path, standing: LeaderboardRow, higher: bool | None, networks: Iterable[sources.AnyNetwork]
) -> None:
    """What there is of a row: without its data set, checkpoint or method the values, but no pictures."""
    try:
        rows = kept_tables.rows(folder, standing)
        draw = results.read_draw(folder)
    except results.ResultsError as error:
        st.error(str(error))
        return
    values = records.by_image(rows)
    chosen = records.picks(values, higher)
    if not chosen:
        st.info(say("No image has a value here."))
    else:
        try:
            stage = _stage(rows, standing, draw, networks)
        except OpenBoxError as error:
            st.info(words.plain(str(error)) + " " + say("Here are the values without the pictures."))
            alt = say("Values of single test images")
            st.table(sentences.picks_table(chosen), hide_index=True, alt=alt)
        else:
            st.caption(sentences.recomputed(rows, draw, say(EXPLAINERS[standing.method].unit)))
            _pictures(chosen, stage)
    if failed := [entry for entry in values if entry.error]:
        st.markdown(say("**{failed} of {all} images failed**").format(failed=len(failed), all=len(values)))
        alt = say("Images that failed, and why")
        st.table(sentences.failures_table(failed[:FAILED]), hide_index=True, alt=alt)


def _stage(
    rows: Sequence[StudyRow], standing: LeaderboardRow, draw: Draw, networks: Iterable[sources.AnyNetwork]
) -> PictureSource:
    """Raises ``OpenBoxError`` with the reason why nothing can be drawn."""
    first = min(rows, key=lambda row: (row.model_seed, row.explainer_seed))
    method = standing.method
    card = records.find_card(networks, standing, first)
    setup = loading.Setup(first.explainer_seed, setups.settings(method, standing.params))
    test = loading.read_test_images(card.data)
    return PictureSource(method, card, test, setups.references(card.data, test, draw), setup)


def _pictures(chosen: Sequence[tuple[str, ImageValue]], stage: PictureSource) -> None:
    """All pictures at once, then the maps, each as it becomes ready."""
    slots: list[DeltaGenerator] = []
    with st.container(horizontal=True, gap="medium"):
        for number, (role, entry) in enumerate(chosen):
            subject = stage.subject(entry.image)
            with st.container(width=WIDTH, key=f"behind-{number}", gap="xsmall"):
                st.html(f"<b>{say(role)}</b>: {words.number(entry.value or 0.0)}")
                with st.container(horizontal=True, gap="xsmall"):
                    picture = figures.enlarge(figures.photograph(subject.x[0]), 2 * SIDE)
                    alt = say("test image {number}").format(number=entry.image)
                    st.image(picture, width=SIDE, output_format="PNG", alt=alt)
                    with st.container(width=SIDE):
                        slots.append(st.empty())
                _under(stage, subject, entry)
    for _, entry in chosen:
        asking.ask(stage.job(entry))  # all of them wait in line at once
    for slot, (_, entry) in zip(slots, chosen, strict=True):
        _map(slot, stage, entry)


def _under(stage: PictureSource, subject: loading.Asked, entry: ImageValue) -> None:
    predicted = int(loading.answer(subject).logits.argmax())
    text = html.escape(sentences.card(entry, stage.card.classes, predicted))
    st.html(f'<div style="font-size:0.85rem;line-height:1.35">{text}</div>')
    st.page_link(
        "app_pages/explain.py", label=say("Explain image {number} →").format(number=entry.image),
        query_params=records.explain_link(stage.card, entry.image, stage.method),
    )  # fmt: skip


def _map(slot: DeltaGenerator, stage: PictureSource, entry: ImageValue) -> None:
    """One map with its scale; what the method raises touches no other image."""
    kind = EXPLAINERS[stage.method]
    grey = figures.enlarge(figures.blank(*stage.card.shape[1:]), 2 * SIDE)

    def wait(ticket: Ticket) -> None:
        alt = say("waiting for the map: {standing}").format(standing=asking.standing(ticket))
        slot.image(grey, width=SIDE, alt=alt)

    try:
        explanation: Explanation = asking.answer(stage.job(entry), wait)
    except Exception as error:  # a method may fail in any way
        logging.getLogger(__name__).info("%s failed", stage.method, exc_info=True)
        slot.error(f"{type(error).__name__}: {error}")
        return
    plane = figures.plane(explanation.values[0], explanation.unit)
    limit = figures.limit(plane)
    noun = words.score(entry.target, stage.card.classes)
    alt = words.alt_map(kind, noun, *regions.strongest(plane, False, 1))
    with slot.container(gap=None):
        st.image(
            tiles.painted(kind, explanation, plane, limit, 2 * SIDE), width=SIDE, output_format="PNG", alt=alt
        )
        st.html(f'<div style="font-size:0.8rem">{tiles.scale(kind, limit, unit=False)}</div>')
