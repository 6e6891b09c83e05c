"""The Text page: one title, word by word, by several methods, and what happens when a word is dropped."""

import logging
from collections.abc import Callable

import streamlit as st
import torch
from export.offer import offer_view
from language.catalogue import say
from streamlit.delta_generator import DeltaGenerator
from text import choices, kept, rows, saving, sentences
from text.saving import ReadTitle
from ui import asking, charts, targets, words
from work.job import Job
from work.ticket import Ticket

from openbox.errors import CheckpointError, InputError, OpenBoxError
from openbox.explainers.explanation import Contrast
from openbox.text import TokenExplanation
from openbox.zoo.checkpoints import Card, list_checkpoints, read_card
from openbox.zoo.title_reader import split_titles

TRAIN = "python -m openbox.zoo.train --data dblp --network rnn"
CHART = 460


def _page() -> None:
    cards = _cards()
    if not cards:
        none = say("No network that reads titles was found. Train one: `{command}`.")
        st.error(none.format(command=TRAIN))
        return
    with st.sidebar:
        st.markdown(say("**OpenBox** · opened exactly"))
        card = choices.choose_reader(cards)
        title = choices.choose_title(card)
    try:
        tokens: tuple[str, ...] = tuple(split_titles([title.text])[0])
    except InputError as error:
        tokens, problem = (), str(error)
    else:
        problem = ""
    logits = kept.read(card, tokens).logits if tokens else torch.zeros(len(card.classes))
    with st.sidebar:  # also without a title: a widget that is left out forgets its value
        ranking = logits.argsort(descending=True).tolist()
        target = targets.choose_target(card.classes, ranking, page="text_")
        methods, alike = choices.choose_methods(), choices.choose_scale()
    if not tokens:
        st.header(say("No title to read yet"), anchor=False)
        st.error(problem)
        return
    answers = charts.answers(logits, card.classes, top=len(card.classes))
    says = say("The network says “{answer}” ({share})")
    st.header(says.format(answer=answers[0].name, share=words.percent(answers[0].probability)), anchor=False)
    label = None if title.label is None else card.classes[title.label]
    st.caption(f"{sentences.verdict(answers[0].name, label)} {_source(title.source)}")
    _chart(answers)
    adds = say("What each word adds to the {score}")
    st.subheader(adds.format(score=words.score(target, card.classes)), anchor=False)
    if not methods:
        st.info(say("Choose at least one method at the left."))
        return
    ready = _show_rows(card, tokens, target, methods, alike)
    dropped = _show_dropped(card, tokens, target, methods, alike, answers[0])
    _show_receipts(ready)
    readings = [ready] if dropped is None else [ready, dropped]
    offer_view(saving.view(card, title, target, alike, readings))
    with st.expander(say("The words of this page"), key="text_words", bind="query-params"):
        meanings = (f"- **{say(word)}**: {say(meaning)}" for word, meaning in sentences.GLOSSARY.items())
        st.markdown("\n".join(meanings))


def _cards() -> list[Card]:
    found: list[Card] = []
    for name in list_checkpoints(titles=True):
        try:
            found.append(read_card(name))
        except CheckpointError as error:
            st.warning(str(error))
    return found


def _source(source: str) -> str:
    if source == choices.YOURS:
        return ""
    return say("The title is from: {source}.").format(source=source)


def _chart(answers: list[charts.ClassAnswer]) -> None:
    with st.container(width=CHART):
        st.altair_chart(charts.answer_chart(answers), width="stretch", alt=charts.answer_words(answers))


def _show_rows(
    card: Card, tokens: tuple[str, ...], target: Contrast | int, methods: list[str], alike: bool
) -> ReadTitle:
    """The aligned rows; those of slow methods come in as they are ready."""
    slot = st.empty()
    found: dict[str, TokenExplanation | str] = dict.fromkeys(methods, say(rows.WAITING))
    for name in methods:
        asking.ask(kept.explanation(name, card, tokens, target))  # all of them wait in line at once
    for name in sorted(methods, key=lambda name: kept.SLOW.index(name) if name in kept.SLOW else -1):

        def wait(ticket: Ticket, name: str = name) -> None:
            _draw(slot, card, tokens, found | {name: asking.standing(ticket)}, alike)

        found[name] = _attempt(kept.explanation(name, card, tokens, target), wait)
    _draw(slot, card, tokens, found, alike)
    if alike:
        legend = say(
            "Red speaks for it, blue against it, purple is a size without a sign; "
            "all rows in logits share one scale. Dashed: words that the network does not know."
        )
    else:
        legend = say(
            "Red speaks for it, blue against it, purple is a size without a sign; "
            "each row has its own scale. Dashed: words that the network does not know."
        )
    st.caption(legend)
    reading = kept.read(card, tokens)
    ready = {name: one for name, one in found.items() if not isinstance(one, str)}
    return ReadTitle(tokens, reading.known, reading.logits, ready, dropped="" in tokens)


def _draw(
    slot: DeltaGenerator, card: Card, tokens: tuple[str, ...], found: dict[str, TokenExplanation | str],
    alike: bool,
) -> None:  # fmt: skip
    slot.html(rows.table(tokens, kept.read(card, tokens).known, found, alike))


def _attempt(job: Job, wait: Callable[[Ticket], None]) -> TokenExplanation | str:
    """One method; what it raises becomes its own row and touches no other."""
    try:
        return asking.answer(job, wait)
    except OpenBoxError as error:
        return str(error)
    except Exception as error:
        logging.getLogger(__name__).exception("%s failed", job.name)
        return f"{type(error).__name__}: {error}"


def _show_dropped(
    card: Card, tokens: tuple[str, ...], target: Contrast | int, methods: list[str], alike: bool,
    before: charts.ClassAnswer,
) -> ReadTitle | None:  # fmt: skip
    dropped = choices.choose_dropped(tokens)
    if not dropped:
        return None
    changed = tuple("" if place in dropped else word for place, word in enumerate(tokens))
    answers = charts.answers(kept.read(card, changed).logits, card.classes, top=len(card.classes))
    share = next(one.probability for one in answers if one.name == before.name)
    said = sentences.changed(
        before.name, answers[0].name, (before.probability, share), kept.gates(card, tokens, changed)
    )
    gone = sentences.listed(tokens[place] for place in dropped)
    without = say("Without {words}: “{name}” ({share})").format(
        words=gone, name=answers[0].name, share=words.percent(answers[0].probability)
    )
    st.subheader(without, anchor=False)
    st.markdown(said)
    _chart(answers)
    return _show_rows(card, changed, target, methods, alike)


def _show_receipts(ready: ReadTitle) -> None:
    receipts = [sentences.receipt(one) for one in ready.found.values()]
    title = say("Receipts: what each method claims, and what it cost")
    with st.expander(title, True, key="receipts", bind="query-params"):
        st.table(receipts, hide_index=True, alt=say("A receipt for each method"))


try:
    _page()
except OpenBoxError as error:
    st.error(str(error))
