"""The Explain page: one picture, one network, one question, and the answers of several methods."""

from collections.abc import Mapping

import streamlit as st
from explain import (
    browsing,
    choices,
    comparing,
    deleting,
    inside,
    inspecting,
    panels,
    sentences,
    shifting,
)
from explain.saving import report
from explain.saving.view import ExportedView
from export.offer import offer_view
from language.catalogue import say
from ui import charts, figures, loading, opening, regions, sources, targets, widgets, words
from ui.loading import Asked, Setup
from ui.uploads import UploadError
from ui.widgets import Picked
from work.explaining import NetworkAnswer

from openbox.explainers.entry import CONTRIBUTION
from openbox.explainers.explanation import Explanation
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples


def _explain(catalogue: sources.Catalogue) -> None:
    """Read the choices, show the network's answer, then the maps as each becomes ready."""
    with st.sidebar:
        st.markdown(say("**OpenBox** · opened exactly"))
        card = widgets.choose_card(catalogue)
        test, samples = loading.pictures_of(card), loading.samples(card.data, card.shape)
        picked, problem = _choose_picture(card, test, samples)
    references = sources.references(card.data, test, samples)
    still = Asked(card, references, picked.x if picked else samples.batch(slice(1)))
    steps = shifting.current()
    subject = Asked(card, references, shifting.shifted(still.x, steps))
    said = loading.answer(subject)
    ranking = said.logits.argsort(descending=True).tolist()
    with st.sidebar:  # also without a picture: a widget that is left out forgets its value
        target = targets.choose_target(card.classes, ranking)
        methods = choices.choose_methods()
        setup = Setup(score=choices.choose_score(said.head))
        look = choices.choose_look()
    if picked is None:
        st.header(say("No picture to explain yet"), anchor=False)
        (st.error if problem else st.info)(problem or say("Choose a picture at the left."))
        return
    _show_answer(subject, picked, said)
    if refused := sources.refusal(card):
        st.warning(f"{say(sentences.REFUSED)} {words.plain(refused)}")
    if said.head is not None:
        st.caption(sentences.one_score(said.head, setup.score))
    st.subheader(sentences.question(target, card.classes), anchor=False)
    if not methods:
        st.info(say("Choose at least one method at the left."))
        return
    st.caption(sentences.reading_help(card.shape, look.shared, references.words, methods))
    ready = panels.show(panels.PanelQuestion(subject, target, setup, look), methods)
    shifting.show(still, steps, target, setup, ready)
    deleting.show(subject, target, setup, ready)
    if not refused:
        inspecting.show(subject, target, setup)
    inside.show(subject)
    comparing.show(subject, catalogue.networks[card.data], target, methods, setup)
    _show_regions(ready)
    if ready:
        offer_view(report.saved(ExportedView(subject, picked.words, target, setup, said.logits, ready)))
    with st.expander(say("The words of this page"), key="words", bind="query-params"):
        glossary = sentences.GLOSSARY.items()
        st.markdown("\n".join(f"- **{say(word)}**: {say(meaning)}" for word, meaning in glossary))


def _choose_picture(
    card: sources.AnyNetwork, test: Images | None, samples: Samples
) -> tuple[Picked | None, str]:
    try:
        picked = widgets.choose_picture(card, test, samples)
    except UploadError as error:
        return None, str(error)
    if picked is not None and picked.index is not None and test is not None:
        browsing.choose(card, test, picked.index)
    return picked, ""


def _show_answer(subject: Asked, picked: Picked, said: NetworkAnswer) -> None:
    classes = subject.card.classes
    answers = charts.answers(said.logits, classes)
    label = None if picked.label is None else classes[picked.label]
    st.header(sentences.answer(answers[0], label), anchor=False)
    notices = [*picked.notices, *_strange(subject, picked)]
    if notices:
        st.info(" ".join(notices))
    with st.container(horizontal=True, gap="medium"):
        if picked.original is not None:
            with st.container(width=widgets.PREVIEW):
                st.image(
                    picked.original, say("your picture"), width=widgets.PREVIEW,
                    alt=say("the picture as uploaded"),
                )  # fmt: skip
        with st.container(width=widgets.PREVIEW + 40, key="picture"):
            picture = figures.enlarge(figures.photograph(subject.x[0]))
            st.image(picture, picked.words, width=widgets.PREVIEW, output_format="PNG", alt=picked.words)
        with st.container(width=420):
            st.altair_chart(
                charts.answer_chart(answers, pick=True), width="stretch", alt=charts.answer_words(answers),
                key="answers", on_select=lambda: choices.ask_why_not(classes), selection_mode=charts.PICKED,
            )  # fmt: skip
            st.caption(say("Click a bar to ask: why the answer rather than this class?"))
    shifting.choose()


def _strange(subject: Asked, picked: Picked) -> list[str]:
    """A word about a picture that is unlike those the network knows."""
    if picked.index is not None:
        return []
    share = loading.strangeness(subject)
    return [sentences.strange(share)] if share > sentences.STRANGE else []


def _show_regions(ready: Mapping[str, Explanation]) -> None:
    if not ready:
        return
    with st.expander(say("The strongest regions as a table"), key="regions", bind="query-params"):
        rows: list[dict[str, str]] = []
        for name, explanation in ready.items():
            plane = figures.plane(explanation.values[0], explanation.unit)
            summed = explanation.unit == CONTRIBUTION
            unit = say("{unit}, sum over the region") if summed else say("{unit}, mean over the region")
            supporting, opposing = regions.strongest(plane, summed)
            for rank in range(max(len(supporting), len(opposing))):
                rows.append(
                    {
                        say("method"): EXPLAINERS[name].title,
                        say("rank"): str(rank + 1),
                        say("supports"): sentences.strength(
                            supporting[rank] if rank < len(supporting) else None
                        ),
                        say("opposes"): sentences.strength(opposing[rank] if rank < len(opposing) else None),
                        say("unit"): unit.format(unit=say(explanation.unit)),
                    }
                )
        st.table(rows, hide_index=True, alt=say("The regions that support and oppose most, by method"))


opening.with_networks(_explain)
