"""The Explain page: one picture, one network, one question, and the answers of several methods."""

import logging

import streamlit as st
from explain import choices, sentences
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor
from ui import charts, figures, loading, opening, regions, sources, targets, tiles, widgets, words
from ui.uploads import UploadError

from openbox.errors import OpenBoxError
from openbox.explainers.entry import CONTRIBUTION
from openbox.explainers.explanation import Contrast, Explanation
from openbox.explainers.table import EXPLAINERS
from openbox.zoo.data.images import Images
from openbox.zoo.data.pictures import Samples

SLOW = (
    "openbox_noise",
    "openbox_expected",
    "openbox_neighbourhood",
    "shap",
    "score_cam",
    "occlusion",
    "meaningful_perturbation",
    "kernel_shap",
    "rise",
    "lime",
    "shap_partition",
    "integrated_gradients",
)  # computed last, in this order


def _explain(catalogue: sources.Catalogue) -> None:
    """Read the choices, show the network's answer, then the maps as each becomes ready."""
    with st.sidebar:
        st.markdown("**OpenBox** · opened exactly")
        card = widgets.choose_card(catalogue)
        test, samples = loading.test_images(card.data), loading.samples(card.shape)
        picked, problem = _choose_picture(card, test, samples)
    model = loading.network(card)
    references = sources.references(card.data, test, samples)
    subject = loading.Asked(card, model, references, picked.x if picked else samples.batch(slice(1)))
    logits = loading.logits(subject)
    with st.sidebar:  # also without a picture: a widget that is left out forgets its value
        target = targets.choose_target(card.classes, logits.argsort(descending=True).tolist())
        methods = choices.choose_methods()
        head = loading.head(subject)
        score = choices.choose_score(head)
        look = choices.choose_look()
    if picked is None:
        st.header("No picture to explain yet", anchor=False)
        (st.error if problem else st.info)(problem or "Choose a picture file at the left.")
        return
    _show_answer(card, picked, logits)
    if head is not None:
        st.caption(sentences.one_score(head, score))
    _show_maps(subject, target, methods, look, loading.Setup(score=score))


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


def _show_maps(
    subject: loading.Asked, target: Contrast | int, methods: list[str], look: tiles.Look, setup: loading.Setup
) -> None:
    classes = subject.card.classes
    st.subheader(sentences.question(target, classes), anchor=False)
    if not methods:
        st.info("Choose at least one method at the left.")
        return
    slots = tiles.place(methods, subject.card.shape)
    st.caption(sentences.reading_help(subject.card.shape, look.shared, subject.references.words, methods))
    ready: dict[str, Explanation] = {}
    for name in sorted(methods, key=lambda name: SLOW.index(name) if name in SLOW else -1):
        explanation = _attempt(name, subject, target, setup, slots[name])
        if explanation is not None:
            ready[name] = explanation
            tiles.draw(slots[name], name, explanation, target, classes, look)
    if look.shared:
        for name, limit in _shared_limits(ready, look).items():
            tiles.draw(slots[name], name, ready[name], target, classes, look, limit)
    _show_regions({name: ready[name] for name in methods if name in ready})
    with st.expander("The words of this page"):
        st.markdown("\n".join(f"- **{word}**: {meaning}" for word, meaning in sentences.GLOSSARY.items()))


def _attempt(
    name: str, subject: loading.Asked, target: Contrast | int, setup: loading.Setup, slot: DeltaGenerator
) -> Explanation | None:
    """One method; what it raises becomes its own tile and touches no other."""
    try:
        return loading.explain(name, subject, target, setup)
    except OpenBoxError as error:
        tiles.fail(slot, name, str(error))
    except Exception as error:
        logging.getLogger(__name__).exception("%s failed", name)
        tiles.fail(slot, name, f"{type(error).__name__}: {error}")
    return None


def _shared_limits(ready: dict[str, Explanation], look: tiles.Look) -> dict[str, float]:
    """For each signed map the largest limit among the maps of its unit."""
    signed = {name: entry for name in ready if (entry := EXPLAINERS[name]).signed}
    own = {name: figures.limit(tiles.shown(ready[name], look)[0]) for name in signed}
    return {
        name: max(own[other] for other in signed if signed[other].unit == entry.unit)
        for name, entry in signed.items()
    }


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
