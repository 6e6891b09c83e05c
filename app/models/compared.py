"""Networks of a study beside each other: what they say of a few images or titles, shown and kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from export.view import SavedMarkup, SavedPart, SavedPictures, SavedWords
from language.catalogue import say
from ui import figures, loading

from evaluation.schema import ModelRow
from models import kept
from openbox.display.words import coloured_words

SIDE = 76  # pixels of a picture on the screen
MAPS = """
import numpy as np
import torch

from openbox.display.colours import plane
from openbox.explainers import create
from openbox.zoo import load, load_checkpoint
from openbox.zoo.checkpoints import checkpoint_folder

made = {{}}
x = load({data!r}).batch(torch.tensor({places}))
for name, checkpoint in {checkpoints!r}.items():
    model = load_checkpoint(checkpoint, checkpoint_folder() / "models").model
    found = create("decision_features", model, x[:1]).explain(x)
    made[name] = np.stack([plane(values, found.unit) for values in found.values])
"""
TITLES = """
import numpy as np

from openbox.text.added import added_by_words, to_decision
from openbox.text.open_reader import OpenReader
from openbox.zoo import load_checkpoint
from openbox.zoo.checkpoints import checkpoint_folder

made = {{}}
titles = {titles!r}
for name, checkpoint in {checkpoints!r}.items():
    reader = OpenReader(load_checkpoint(checkpoint, checkpoint_folder() / "models").model)
    decided = reader.logits(titles).argmax(1).tolist()
    for place, (one, k) in enumerate(zip(added_by_words(reader, titles), decided)):
        made[f"{{name}} {{place}}"] = np.array(to_decision(one, k).tolist())
"""


@dataclass(frozen=True, eq=False)
class ComparedNetworks:
    """What was shown of them: parts of a report, arrays by name, and code that makes these again."""

    parts: Sequence[SavedPart]
    arrays: dict[str, np.ndarray]
    code: str


NOTHING = ComparedNetworks((), {}, "")


def show_maps(rows: Sequence[ModelRow]) -> ComparedNetworks:
    """The decision features of ten images; nothing where the images are not on this machine."""
    images = loading.test_images(rows[0].data)
    if images is None:
        missing = say("The images of {data} are not on this machine, so no maps of them can be drawn.")
        st.info(missing.format(data=rows[0].data))
        return NOTHING
    found = {row.network: kept.maps(row.checkpoint, row.data) for row in rows}
    said = say(
        "**Decision features**: how much a pixel speaks for the decision against the mean of the others, "
        "exactly; red for, blue against; each map has its own scale."
    )
    st.markdown(said)
    places = kept.ten(images)
    truths = [images.classes[int(images.labels[index])] for index in places]
    x = images.batch(torch.tensor(places))
    photographs = [figures.enlarge(figures.photograph(one), SIDE) for one in x]
    maps = {
        name: [figures.enlarge(figures.diverging(plane, figures.limit(plane)), SIDE) for plane in planes]
        for name, (_, planes) in found.items()
    }
    answers = {
        name: [_answer(name, *pair) for pair in zip(decided, truths, strict=True)]
        for name, (decided, _) in found.items()
    }
    with st.container(horizontal=True, gap="small"):
        for place, truth in enumerate(truths):
            with st.container(width=SIDE, gap="xsmall"):
                alt = say("a picture labelled {truth}").format(truth=truth)
                st.image(photographs[place], width=SIDE, output_format="PNG", alt=alt)
                for row in rows:
                    alt = say("the map of {network} for a picture labelled {truth}")
                    alt = alt.format(network=row.network, truth=truth)
                    st.image(maps[row.network][place], width=SIDE, output_format="PNG", alt=alt)
                    st.caption(answers[row.network][place])
    parts = [SavedWords(said), SavedPictures(list(zip(photographs, truths, strict=True)), SIDE)]
    parts += [SavedPictures(list(zip(maps[name], answers[name], strict=True)), SIDE) for name in found]
    code = MAPS.format(data=rows[0].data, places=places, checkpoints=_checkpoints(rows))
    return ComparedNetworks(parts, {name: np.stack(planes) for name, (_, planes) in found.items()}, code)


def show_titles(rows: Sequence[ModelRow]) -> ComparedNetworks:
    """What each word of a few titles adds to the decision."""
    titles = kept.test_titles(rows[0].data)
    found = {row.network: kept.title_maps(row.checkpoint, row.data) for row in rows}
    said = say(
        "How much each word speaks for the decision against the mean of the other classes, exactly; red for, "
        "blue against; each title has its own scale. The titles are from: {source}."
    ).format(source=titles.source)
    st.markdown(said)
    parts: list[SavedPart] = [SavedWords(said)]
    split = [tuple(titles.texts[index].split()) for index in kept.some(titles)]
    for place, index in enumerate(kept.some(titles)):
        truth = titles.classes[int(titles.labels[index])]
        st.markdown(f"**{truth}**")
        parts.append(SavedWords(f"**{truth}**"))
        for row in rows:
            decided, values = found[row.network]
            answer = _answer(row.network, decided[place], truth)
            coloured = coloured_words(split[place], values[place], signed=True)
            st.caption(answer)
            st.html(coloured)
            parts += [SavedWords(answer), SavedMarkup(lambda coloured=coloured: coloured)]
    arrays = {
        f"{name} {place}": np.array(values)
        for name, (_, titles_values) in found.items()
        for place, values in enumerate(titles_values)
    }
    return ComparedNetworks(parts, arrays, TITLES.format(titles=split, checkpoints=_checkpoints(rows)))


def _answer(network: str, decided: str, truth: str) -> str:
    if decided == truth:
        return f"{network}: {decided}"
    return say("{network}: {decided} (wrong)").format(network=network, decided=decided)


def _checkpoints(rows: Sequence[ModelRow]) -> dict[str, str]:
    return {row.network: row.checkpoint for row in rows}
