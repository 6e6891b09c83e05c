"""The Explain page: one picture, one network, one question, and the answers of several methods."""

import streamlit as st
from explain import choices, panels, sentences
from torch import Tensor
from ui import charts, figures, loading, opening, regions, sources, targets, widgets, words
from ui.uploads import UploadError

from openbox.explainers.entry import CONTRIBUTION
from openbox.explainers.explanation import Explanation
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples


def _explain(catalogue: sources.Catalogue) -> None:
    """Read the choices, show the network's answer, then the maps as each becomes ready."""
    with st.sidebar:
        st.markdown("**OpenBox** · opened exactly")
        card = widgets.choose_card(catalogue)
        test, samples = loading.test_images(card.data), loading.samples(card.shape)
        picked, problem = _choose_picture(card, test, samples)
    references = sources.references(card.data, test, samples)
    subject = loading.Asked(card, references, picked.x if picked else samples.batch(slice(1)))
    said = loading.answer(subject)
    logits, head = said.logits, said.head
    with st.sidebar:  # also without a picture: a widget that is left out forgets its value
        target = targets.choose_target(card.classes, logits.argsort(descending=True).tolist())
        methods = choices.choose_methods()
        score = choices.choose_score(head)
        look = choices.choose_look()
    if picked is None:
        st.header("No picture to explain yet", anchor=False)
        (st.error if problem else st.info)(problem or "Choose a picture file at the left.")
        return
    _show_answer(card, picked, logits)
    if head is not None:
        st.caption(sentences.one_score(head, score))
    _show_maps(panels.PanelQuestion(subject, target, loading.Setup(score=score), look), methods)


def _choose_picture(
    card: sources.AnyNetwork, test: Images | None, samples: Samples
) -> tuple[widgets.Picked | None, str]:
    try:
        return widgets.choose_picture(card, test, samples), ""
    except UploadError as error:
        return None, str(error)


def _show_answer(card: sources.AnyNetwork, picked: widgets.Picked, logits: Tensor) -> None:
    answers = charts.answers(logits, card.classes)
    st.header(f"The network says “{answers[0].name}” ({words.percent(answers[0].probability)})", anchor=False)
    if picked.notices:
        st.info(" ".join(picked.notices))
    with st.container(horizontal=True, gap="medium"):
        if picked.original is not None:
            with st.container(width=widgets.PREVIEW):
                st.image(
                    picked.original, "your picture", width=widgets.PREVIEW, alt="the picture as uploaded"
                )
        with st.container(width=widgets.PREVIEW + 40, key="picture"):
            picture = figures.enlarge(figures.photograph(picked.x[0]))
            st.image(picture, picked.words, width=widgets.PREVIEW, output_format="PNG", alt=picked.words)
        with st.container(width=420):
            st.altair_chart(charts.answer_chart(answers), width="stretch", alt=charts.answer_words(answers))


def _show_maps(question: panels.PanelQuestion, methods: list[str]) -> None:
    subject = question.subject
    st.subheader(sentences.question(question.target, subject.card.classes), anchor=False)
    if not methods:
        st.info("Choose at least one method at the left.")
        return
    shared, references = question.look.shared, subject.references.words
    st.caption(sentences.reading_help(subject.card.shape, shared, references, methods))
    _show_regions(panels.show(question, methods))
    with st.expander("The words of this page"):
        st.markdown("\n".join(f"- **{word}**: {meaning}" for word, meaning in sentences.GLOSSARY.items()))


def _show_regions(ready: dict[str, Explanation]) -> None:
    if not ready:
        return
    with st.expander("The strongest regions as a table"):
        rows: list[dict[str, str]] = []
        for name, explanation in ready.items():
            plane = figures.plane(explanation.values[0], explanation.unit)
            summed = explanation.unit == CONTRIBUTION
            supporting, opposing = regions.strongest(plane, summed)
            for rank in range(max(len(supporting), len(opposing))):
                rows.append(
                    {
                        "method": EXPLAINERS[name].title,
                        "rank": str(rank + 1),
                        "supports": sentences.strength(supporting[rank] if rank < len(supporting) else None),
                        "opposes": sentences.strength(opposing[rank] if rank < len(opposing) else None),
                        "unit": f"{explanation.unit}, {'sum' if summed else 'mean'} over the region",
                    }
                )
        st.table(rows, hide_index=True, alt="The regions that support and oppose most, by method")


opening.with_networks(_explain)
